// SPDX-License-Identifier: MIT
// Where f, f' or f'' ceases to be a normal number, for parameters of any size: each number round
// there, since a threshold may be wrong for but one of them.
#include "accuracy.hpp"

namespace {

/// Numbers of T numbered in rising order; 0 is number 0.
template <typename T>
T number(std::int64_t i) {
  const T size = support::from_bits<T>(static_cast<support::bits_of<T>>(std::abs(i)));
  return i < 0 ? -size : size;
}

/// The numbers round one, as far as f, f' or f'' is no normal number there.
template <typename T>
void check_around(const support::activation<T>& f, const oracle::formulas<long double>& formulas,
                  std::int64_t middle, reference::order k) {
  constexpr std::int64_t reach = 512;
  support::array<T> x(2 * reach);
  for (Eigen::Index i = 0; i < x.size(); ++i) x[i] = number<T>(middle - reach + i);
  const auto got = accuracy::evaluate(f, x);
  support::worst_error worst;
  for (Eigen::Index i = 0; i < x.size(); ++i) {
    const long double at = x[i], t = formulas.all(at)[k];
    const auto floor = oracle::floor_at(formulas, at, k);
    if (std::abs(t) < 1.0001L * support::smallest_normal<T>)
      worst.meet(static_cast<double>(reference::ulps_off(got[k][i], t, floor)), x[i], got[k][i], t);
  }
  INFO(support::describe(f) << ", " << reference::order_names[k] << ": " << worst.where());
  CHECK(worst.ulps <= accuracy::stated_bounds(f)[k]);
}

/// Looks for the places by steps, and by halves within a step.
template <typename T>
void check_setting(std::string_view name, const std::vector<double>& parameters) {
  const std::int64_t infinity = static_cast<std::int64_t>(support::to_bits(support::infinity<T>));
  const std::int64_t step = infinity >> 13;
  const auto f = support::make_activation<T>(name, parameters);
  const auto formulas = oracle::find<long double>(
      name, std::vector<long double>(parameters.begin(), parameters.end()));
  for (const reference::order k : reference::orders) {
    const auto is_normal = [&](std::int64_t i) {
      return std::abs(formulas->all(number<T>(i))[k]) >= support::smallest_normal<T>;
    };
    bool was_normal = is_normal(-infinity + 1);
    for (std::int64_t end = -infinity + 1 + step; end < infinity; end += step) {
      if (is_normal(end) == was_normal) continue;
      std::int64_t from = end - step, to = end;
      while (to - from > 1) {
        const std::int64_t middle = from + (to - from) / 2;
        (is_normal(middle) == was_normal ? from : to) = middle;
      }
      check_around(*f, *formulas, to, k);
      was_normal = !was_normal;
    }
  }
}

TEST_CASE("results are right where they cease to be normal numbers, for any parameter") {
  support::for_each_real([](auto zero) {
    using T = decltype(zero);
    std::mt19937 generator;
    support::for_each_activation<T>([&](const support::activation<T>& f) {
      if (f.parameters.empty()) check_setting<T>(f.name, {});
      if (f.parameters.size() != 1) return;
      for (int i = 0; i < 15; ++i) {
        const double most = i % 3 ? 3 : 30;
        const double exponent = std::uniform_real_distribution<>(-most, most)(generator);
        check_setting<T>(f.name, {static_cast<double>(static_cast<T>(std::pow(10, exponent)))});
      }
    });
  });
}

}  // namespace
