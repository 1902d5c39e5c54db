// SPDX-License-Identifier: MIT
#include "layouts.hpp"

TEST_CASE("float: every size and offset") {
  layouts::sizes_and_offsets<float>();
}
TEST_CASE("float: long arrays") {
  layouts::long_arrays<float>();
}
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
TEST_CASE("float: lone numbers, packets and the loop") {
  layouts::registers<float>();
}
