// SPDX-License-Identifier: MIT
#include "layouts.hpp"

TEST_CASE("float: strides") {
  layouts::strides<float>();
}
TEST_CASE("float: storage orders and kinds") {
  layouts::storage_orders<float>();
}
TEST_CASE("float: fixed sizes") {
  layouts::fixed_sizes<float>();
}
TEST_CASE("float: blocks, rows, columns, refs") {
  layouts::parts<float>();
}
TEST_CASE("float: inside larger expressions") {
  layouts::in_expressions<float>();
}
TEST_CASE("float: in place") {
  layouts::in_place<float>();
}
