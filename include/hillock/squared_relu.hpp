// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/elementwise.hpp>

namespace hillock {
inline namespace HILLOCK_ABI {

/// squared_relu(x) = max(x, 0)^2
///
/// A relu that sets out slowly and then outgrows every line.
///
/// Use         Feed-forward layers of transformers, with normalization: it outgrows its input.
/// Domain      every real x. A square too large for T is infinite.
/// Derivative  2 max(x, 0); f'' jumps at 0 and is 0 there.
/// Evaluation  A square, or a derivative, below the smallest normal number is 0.
/// Error       rounded once, f' and f'' none.
/// Source      So et al., "Primer: Searching for Efficient Transformers for Language Modeling",
///             NeurIPS 2021.
template <typename T>
struct squared_relu : elementwise<squared_relu<T>> {
  template <typename V>
  HILLOCK_INLINE V value(V x) const {
    const V base = select(x < math::least_root<real<T>>, V(0), x);
    return base * base;
  }

  template <typename V>
  HILLOCK_INLINE V prime(V x) const {
    return select(x < smallest / 2, V(0), x + x);
  }

  template <typename V>
  HILLOCK_INLINE V double_prime(V x) const {
    return propagate_nan(x, select(x <= 0, V(0), V(2)));
  }

  template <typename V>
  HILLOCK_INLINE V prime_from_output(V y) const {
    return 2 * sqrt(y);
  }

  static constexpr std::string_view name = "squared_relu";
  static constexpr ulps value_error{1}, derivative_error{0}, second_derivative_error{0};
  static constexpr auto smooth = smoothness::once;
  static constexpr bool is_piecewise_polynomial = true;
  static constexpr bool uses_fma = false;
  constexpr limits value_limits() const { return {0, infinity}; }
  constexpr limits derivative_limits() const { return {0, infinity}; }
  constexpr limits second_derivative_limits() const { return {0, 2}; }
  constexpr interval range() const { return {0, infinity}; }
  constexpr bool monotone() const { return true; }

 private:
  static constexpr real<T> smallest = (std::numeric_limits<real<T>>::min)();
};

}  // namespace HILLOCK_ABI
}  // namespace hillock
