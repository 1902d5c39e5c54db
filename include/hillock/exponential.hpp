// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/elementwise.hpp>
#include <hillock/math/exp.hpp>

namespace hillock {
inline namespace HILLOCK_ABI {

/// exponential(x) = e^x
///
/// The inverse link of Poisson and gamma regression: a rate or a scale, whose logarithm is x.
///
/// Use         The output of a model of counts, rates or scales, which are positive. Not for hidden
///             layers: it overflows.
/// Domain      every real x; the value lies in [0, infinity], 0 below -87.3 (double: -708.4), where
///             it is no normal number, and infinity above 88.7 (709.8), where it overflows.
/// Derivative  f' = f'' = f; from the output, y.
/// Evaluation  2^n (1 + s) with |s| < 0.42.
/// Error       2 ulp, f' and f'' 4 ulp.
/// Source      Nelder and Wedderburn, "Generalized Linear Models", Journal of the Royal Statistical
///             Society A 135, 1972.
template <typename T>
struct exponential : elementwise<exponential<T>> {
  template <typename V>
  HILLOCK_INLINE V value(V x) const {
    return math::exp(x);
  }

  template <typename V>
  HILLOCK_INLINE V prime(V x) const {
    return math::exp(x);
  }

  template <typename V>
  HILLOCK_INLINE V double_prime(V x) const {
    return math::exp(x);
  }

  template <typename V>
  HILLOCK_INLINE V prime_from_output(V y) const {
    return y;
  }

  static constexpr std::string_view name = "exponential";
  static constexpr ulps value_error{2}, derivative_error{4}, second_derivative_error{4};
  static constexpr auto smooth = smoothness::analytic;
  static constexpr bool has_short_output_form = true;
  constexpr limits value_limits() const { return {0, infinity}; }
  constexpr limits derivative_limits() const { return {0, infinity}; }
  constexpr limits second_derivative_limits() const { return {0, infinity}; }
  constexpr interval range() const { return {0, infinity}; }
  constexpr bool monotone() const { return true; }
};

}  // namespace HILLOCK_ABI
}  // namespace hillock
