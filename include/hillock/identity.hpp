// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/elementwise.hpp>

namespace hillock {
inline namespace HILLOCK_ABI {

/// identity(x) = x
///
/// What a layer without an activation applies: the output of a regression. "linear" elsewhere.
///
/// Use         The output of a regression, whose targets may be any number. Not between two linear
///             layers, which would be one.
/// Domain      every real x.
/// Derivative  1.
/// Error       none.
template <typename T>
struct identity : elementwise<identity<T>> {
  template <typename V>
  HILLOCK_INLINE V value(V x) const {
    return x;
  }

  template <typename V>
  HILLOCK_INLINE V prime(V x) const {
    return constant_or_nan(V(1), x);
  }

  template <typename V>
  HILLOCK_INLINE V double_prime(V x) const {
    return propagate_nan(x, V(0));
  }

  template <typename V>
  HILLOCK_INLINE V prime_from_output(V y) const {
    return prime(y);
  }

  static constexpr std::string_view name = "identity";
  static constexpr ulps value_error{0}, derivative_error{0}, second_derivative_error{0};
  static constexpr auto smooth = smoothness::analytic;
  static constexpr bool is_piecewise_polynomial = true;
  static constexpr bool uses_fma = false;
  constexpr limits value_limits() const { return {-infinity, infinity}; }
  constexpr limits derivative_limits() const { return {1, 1}; }
  constexpr interval range() const { return {-infinity, infinity}; }
  constexpr bool monotone() const { return true; }
  constexpr bool odd() const { return true; }
};

}  // namespace HILLOCK_ABI
}  // namespace hillock
