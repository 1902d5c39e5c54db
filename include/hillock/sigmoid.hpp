// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/elementwise.hpp>
#include <hillock/math/logistic.hpp>

namespace hillock {
inline namespace HILLOCK_ABI {

/// sigmoid(x) = 1 / (1 + e^-x)
///
/// The logistic function: a probability of log odds x, a gate.
///
/// Use         The output for two classes, or for several that do not exclude each other, trained
///             with sigmoid_cross_entropy on its input; gates. In hidden layers rather tanh, whose
///             outputs have mean 0 and whose slope is steeper, or relu.
/// Domain      every real x; the value lies in [0, 1], 0 below -87.3 (double: -708.4), where it is
///             no normal number, and 1 from 17.4 (37.5) on.
/// Derivative  t / (1 + t)^2 with t = e^-|x|, good in both tails; f'' = -f' tanh(x/2).
///             From the output, y (1 - y): 0 from x = 17.4 (37.5) on, where y = 1, and of few
///             digits before.
/// Evaluation  As written, with a denominator that is rounded about once.
/// Error       2 ulp, f' and f'' 4 ulp.
/// Source      Verhulst, "Notice sur la loi que la population suit dans son accroissement", 1838;
///             Rumelhart, Hinton and Williams, "Learning representations by back-propagating
///             errors", Nature 323, 1986.
template <typename T>
struct sigmoid : elementwise<sigmoid<T>> {
  template <typename V>
  HILLOCK_INLINE V value(V x) const {
    return math::logistic(x);
  }

  template <typename V>
  HILLOCK_INLINE V prime(V x) const {
    return math::logistic_derivative(x);
  }

  template <typename V>
  HILLOCK_INLINE value_and_prime<V> both(V x) const {
    if constexpr (math::is_native<V>) {
      const math::logistic_and_slope at(x);
      return {at.value(), at.slope()};
    } else {
      return {value(x), prime(x)};
    }
  }

  template <typename V>
  HILLOCK_INLINE V double_prime(V x) const {
    return math::logistic_second_derivative(x);
  }

  template <typename V>
  HILLOCK_INLINE V prime_from_output(V y) const {
    return y * (1 - y);
  }

  static constexpr std::string_view name = "sigmoid";
  static constexpr ulps value_error{2}, derivative_error{4}, second_derivative_error{4};
  static constexpr auto smooth = smoothness::analytic;
  static constexpr bool has_short_output_form = true;
  constexpr limits value_limits() const { return {0, 1}; }
  constexpr limits derivative_limits() const { return {0, 0}; }
  constexpr interval range() const { return {0, 1}; }
  constexpr bool monotone() const { return true; }
};

}  // namespace HILLOCK_ABI
}  // namespace hillock
