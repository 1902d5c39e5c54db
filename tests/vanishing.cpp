// SPDX-License-Identifier: MIT
// Where f, f' or f'' ceases to be a normal number, for parameters of any size: each float round
// there, since a threshold may be wrong for but one of them.
#include "accuracy.hpp"

namespace {

/// Floats numbered in rising order; 0 is number 0.
float float_number(std::int64_t i) {
  const float size = support::from_bits<float>(static_cast<std::uint32_t>(std::abs(i)));
  return i < 0 ? -size : size;
}

constexpr double smallest = 0x1p-126;

template <typename W>
W truth(const oracle::formulas<W>& f, W x, reference::order k) {
  return k == reference::order::value        ? f.value(x)
         : k == reference::order::derivative ? f.derivative(x)
                                             : f.second_derivative(x);
}

/// The floats round a number, as far as f, f' or f'' is no normal number there.
void check_around(const support::activation<float>& f, const std::vector<double>& parameters,
                  std::int64_t middle, reference::order k) {
  constexpr std::int64_t reach = 512;
  const auto formulas = oracle::find<long double>(
      f.name, std::vector<long double>(parameters.begin(), parameters.end()));
  support::array<float> x(2 * reach);
  for (Eigen::Index i = 0; i < x.size(); ++i) x[i] = float_number(middle - reach + i);
  const auto got = accuracy::evaluate(f, x);
  support::worst_error worst;
  for (Eigen::Index i = 0; i < x.size(); ++i) {
    const long double at = x[i], t = truth(*formulas, at, k);
    const auto floor = oracle::floor_at(*formulas, at, k);
    if (std::abs(t) < 1.0001 * smallest)
      worst.meet(static_cast<double>(reference::ulps_off(got[k][i], t, floor)), x[i], got[k][i], t);
  }
  INFO(support::describe(f) << ", " << reference::order_names[k] << ": " << worst.where);
  CHECK(worst.ulps <= accuracy::stated_bounds(f)[k]);
}

/// Looks for the places by steps, and by halves within a step.
void check_setting(std::string_view name, float parameter) {
  constexpr std::int64_t infinity = 0x7f800000, step = 1 << 16;
  const auto f = support::make_activation<float>(name, {parameter});
  const std::vector<double> parameters{parameter};
  const auto formulas = oracle::find<double>(name, parameters);
  for (const reference::order k : reference::orders) {
    const auto is_normal = [&](std::int64_t i) {
      return std::abs(truth<double>(*formulas, float_number(i), k)) >= smallest;
    };
    for (std::int64_t low = -infinity + 1; low + step < infinity; low += step) {
      std::int64_t from = low, to = low + step;
      if (is_normal(from) == is_normal(to)) continue;
      while (to - from > 1) {
        const std::int64_t middle = (from + to) / 2;
        (is_normal(middle) == is_normal(from) ? from : to) = middle;
      }
      check_around(*f, parameters, to, k);
    }
  }
}

TEST_CASE("results are right where they cease to be normal numbers, for any parameter") {
  std::mt19937 generator;
  support::for_each_activation<float>([&](const support::activation<float>& f) {
    if (f.parameters.size() != 1) return;
    for (int i = 0; i < 30; ++i) {
      const double most = i % 3 ? 3 : 30;
      const double exponent = std::uniform_real_distribution<>(-most, most)(generator);
      check_setting(f.name, static_cast<float>(std::pow(10, exponent)));
    }
  });
}

}  // namespace
