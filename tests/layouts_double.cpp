// SPDX-License-Identifier: MIT
#include "layouts.hpp"

TEST_CASE("double: strides") {
  layouts::strides<double>();
}
TEST_CASE("double: storage orders and kinds") {
  layouts::storage_orders<double>();
}
TEST_CASE("double: fixed sizes") {
  layouts::fixed_sizes<double>();
}
TEST_CASE("double: blocks, rows, columns, refs") {
  layouts::parts<double>();
}
TEST_CASE("double: inside larger expressions") {
  layouts::in_expressions<double>();
}
TEST_CASE("double: in place") {
  layouts::in_place<double>();
}
