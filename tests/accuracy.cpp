// SPDX-License-Identifier: MIT
// f, f' and f'' of every activation are within their stated bounds, and these are the promised
// ones.
#include "accuracy.hpp"

namespace {

template <typename T>
void check_promises() {
  support::for_each_activation<T>([](const auto& f) {
    INFO(support::describe(f));
    const auto bounds = accuracy::stated_bounds(f);
    CHECK(bounds[0] <= 2);
    CHECK(bounds[1] <= 4);
    CHECK(bounds[2] <= 4);
  });
}

}  // namespace

TEST_CASE("no stated bound exceeds what is promised for all") {
  check_promises<float>();
  check_promises<double>();
}

TEST_CASE("float and double are right to the stated bounds in the tables") {
  accuracy::check_tables<float, accuracy::as_it_is>();
  accuracy::check_tables<double, accuracy::as_it_is>();
}

TEST_CASE("float is right to the stated bounds at a million numbers") {
  accuracy::check_spreads<float, double, accuracy::as_it_is>(500000);
}

TEST_CASE("double is right to the stated bounds at a quarter million numbers") {
  if (accuracy::long_double_is_wider)
    accuracy::check_spreads<double, long double, accuracy::as_it_is>(120000);
}
