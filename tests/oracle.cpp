// SPDX-License-Identifier: MIT
// May the other tests take the oracle (textbook formulas in double and long double) for the truth?
// Here it meets the tables (the same formulas in 60 digits, proved by differences).
#include "reference/oracle.hpp"
#include "catch.hpp"
#include "reference.hpp"

#include <hillock/activations.hpp>

#include <algorithm>

namespace {

/// The most that the oracle in W is off, as a share of the spacing of T.
template <typename T, typename W>
double worst_share(std::string_view name) {
  double worst = 0;
  for (const reference::table& table : reference::read(name).settings) {
    const std::vector<W> parameters(table.parameters.begin(), table.parameters.end());
    const auto formulas = oracle::find<W>(name, parameters);
    for (const reference::row& row : table.rows) {
      const W x = static_cast<W>(row.x);
      const bool representable = static_cast<double>(static_cast<T>(row.x)) == row.x;
      if (!representable || std::isinf(row.x)) continue;
      const std::array<W, 3> got = formulas->all(x);
      for (const reference::order k : reference::orders) {
        const long double truth = row.truth[k];
        if (std::abs(truth) > static_cast<long double>((std::numeric_limits<T>::max)())) continue;
        const long double floor = static_cast<long double>(oracle::floor_at(*formulas, x, k));
        const long double scale = (std::max)(std::abs(truth), floor);
        const auto share = static_cast<double>(std::abs(static_cast<long double>(got[k]) - truth) /
                                               reference::ulp<T>(scale));
        INFO(name << ", parameters " << Catch::Detail::stringify(table.parameters) << ": "
                  << reference::order_names[k] << " at " << row.x);
        REQUIRE(share <= 1);
        worst = (std::max)(worst, share);
      }
    }
  }
  return worst;
}

template <typename T, typename W>
void check_all(double share) {
  const auto check = [&](std::string_view name) {
    CAPTURE(name);
    CHECK(worst_share<T, W>(name) <= share);
  };
  std::apply([&](auto... f) { (check(f.name), ...); }, hillock::activations<T>{});
}

}  // namespace

TEST_CASE("the oracle in double knows what float should give") {
  check_all<float, double>(1e-6);
}

TEST_CASE("the oracle in long double knows what double should give") {
  if (std::numeric_limits<long double>::digits >= 64) check_all<double, long double>(1e-2);
}

TEST_CASE("an error is counted in spacings of the true value") {
  using reference::ulps_off;
  const double infinite = std::numeric_limits<double>::infinity();
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const float smallest = (std::numeric_limits<float>::min)();
  const float largest = (std::numeric_limits<float>::max)();
  const float step = std::numeric_limits<float>::denorm_min();

  CHECK(ulps_off(1.0f, 1.0) == 0);
  CHECK(ulps_off(1.0f, 1 + 0x1p-24) == 0.5);
  CHECK(ulps_off(1 + 0x1p-22f, 1.0) == 2);
  CHECK(ulps_off(1.0f, 1 - 0x1p-24) == 1);  // the spacing below 1 is half that above
  CHECK(ulps_off(std::nanf(""), 1.0) == infinite);
  CHECK(ulps_off(1.0f, nan) == infinite);
  CHECK(ulps_off(-1.0f, 1.0) == 0x1p24);

  CHECK(ulps_off(0x1p-30f, 0.0, 0.125) == 0x1p-4);
  CHECK(ulps_off(0.0f, 0x1p-30, 0.125) == 0x1p-4);

  CHECK(ulps_off(0.0f, 0.5 * smallest) == 0);  // flushed
  CHECK(ulps_off(-0.0f, -0.5 * smallest) == 0);
  CHECK(ulps_off(-0.0f, 0.5 * smallest) == infinite);
  CHECK(ulps_off(3 * step, 2.5 * step) == 0.5);
  CHECK(ulps_off(4 * step, 2.5 * step) == infinite);
  CHECK(ulps_off(0.0f, 1.5 * smallest) == 0x1.8p23);
  CHECK(ulps_off(step, 0.0) == infinite);
  CHECK(ulps_off(-0.0f, 0.0) == 0);

  CHECK(ulps_off(float(infinite), 1e39) == 0);
  CHECK(ulps_off(-float(infinite), 1e39) == infinite);
  CHECK(ulps_off(float(infinite), double(largest)) == 1);
  CHECK(ulps_off(largest, infinite) == infinite);
}
