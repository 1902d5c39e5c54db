// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/elementwise.hpp>

namespace hillock {
inline namespace HILLOCK_ABI {

/// sparse_sigmoid(x) = min(max((x + 1) / 2, 0), 1)
///
/// The derivative of sparse_plus: a sigmoid that reaches 0 and 1.
///
/// Use         Gates and probabilities that should reach 0 and 1 exactly; units beyond its kinks do
///             not learn.
/// Domain      every real x.
/// Derivative  1/2 for |x| < 1, else 0, also at the kinks -1 and 1.
/// Error       rounded once.
/// Elsewhere   JAX, Keras.
/// Source      Martins and Astudillo, "From Softmax to Sparsemax", ICML 2016: the sparsemax of
///             (x, 0), twice as wide.
template <typename T>
struct sparse_sigmoid : elementwise<sparse_sigmoid<T>> {
  template <typename V>
  HILLOCK_INLINE V value(V x) const {
    return select(x <= -1, V(0), minimum(V(1), (x + 1) * V(0.5)));
  }

  template <typename V>
  HILLOCK_INLINE V prime(V x) const {
    return step(1 - abs(x), V(0.5));
  }

  template <typename V>
  HILLOCK_INLINE V double_prime(V x) const {
    return propagate_nan(x, V(0));
  }

  template <typename V>
  HILLOCK_INLINE V prime_from_output(V y) const {
    return step(minimum(y, 1 - y), V(0.5));
  }

  static constexpr std::string_view name = "sparse_sigmoid";
  static constexpr ulps value_error{1}, derivative_error{0}, second_derivative_error{0};
  static constexpr auto smooth = smoothness::continuous;
  static constexpr bool is_piecewise_polynomial = true;
  static constexpr bool uses_fma = false;
  constexpr limits value_limits() const { return {0, 1}; }
  constexpr limits derivative_limits() const { return {0, 0}; }
  constexpr interval range() const { return {0, 1}; }
  constexpr kink_list kinks() const { return {{-1, 0}, {1, 0}}; }
  constexpr bool monotone() const { return true; }
};

}  // namespace HILLOCK_ABI
}  // namespace hillock
