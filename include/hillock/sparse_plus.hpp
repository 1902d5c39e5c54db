// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/sparse_sigmoid.hpp>

namespace hillock {
inline namespace HILLOCK_ABI {

/// sparse_plus(x) = 0 for x <= -1, (x + 1)^2 / 4 between, x for x >= 1
///
/// A softplus that reaches 0 and x: the integral of sparse_sigmoid.
///
/// Use         In place of softplus where zeros should be exact; in place of relu where f' should
///             be continuous.
/// Domain      every real x.
/// Derivative  sparse_sigmoid(x); f'' jumps at -1 and 1 and is 0 there.
/// Evaluation  ((x + 1) / 2)^2.
/// Error       2 ulp, f' rounded once.
/// Elsewhere   JAX, Keras.
/// Source      Martins and Astudillo, "From Softmax to Sparsemax", ICML 2016: what is to its
///             sparsemax as softplus is to the sigmoid.
template <typename T>
struct sparse_plus : elementwise<sparse_plus<T>> {
  template <typename V>
  HILLOCK_INLINE V value(V x) const {
    const V root = maximum(V(0), (x + 1) * V(0.5));
    return select(x >= 1, x, root * root);
  }

  template <typename V>
  HILLOCK_INLINE V prime(V x) const {
    return sparse_sigmoid<T>{}.value(x);
  }

  template <typename V>
  HILLOCK_INLINE V double_prime(V x) const {
    return sparse_sigmoid<T>{}.prime(x);
  }

  template <typename V>
  HILLOCK_INLINE V prime_from_output(V y) const {
    return minimum(V(1), sqrt(y));
  }

  static constexpr std::string_view name = "sparse_plus";
  static constexpr ulps value_error{2}, derivative_error{1}, second_derivative_error{0};
  static constexpr auto smooth = smoothness::once;
  static constexpr bool is_piecewise_polynomial = true;
  static constexpr bool uses_fma = false;
  constexpr limits value_limits() const { return {0, infinity}; }
  constexpr limits derivative_limits() const { return {0, 1}; }
  constexpr interval range() const { return {0, infinity}; }
  constexpr bool monotone() const { return true; }
};

}  // namespace HILLOCK_ABI
}  // namespace hillock
