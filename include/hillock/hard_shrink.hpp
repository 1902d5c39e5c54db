// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/elementwise.hpp>

namespace hillock {
inline namespace HILLOCK_ABI {

/// hard_shrink(x) = |x| > lambda ? x : 0
///
/// Denoises: what is small is taken for noise and becomes 0, the rest stays.
///
/// Use         Sparse coding and denoising where what is kept must not be biased. To train through
///             it, soft_shrink is the better one, since it does not jump.
/// Domain      every real x; lambda >= 0, finite, by default 0.5. The function jumps at -lambda and
///             lambda. It is odd: its zeros have the sign of x.
/// Derivative  1 for |x| > lambda, else 0, also at -lambda and lambda.
/// Error       none.
/// Elsewhere   ONNX's Shrink with bias = 0.
/// Source      Donoho and Johnstone, "Ideal Spatial Adaptation by Wavelet Shrinkage", Biometrika
///             81, 1994.
template <typename T>
struct hard_shrink : elementwise<hard_shrink<T>, 1> {
  using elementwise<hard_shrink<T>, 1>::elementwise;

  constexpr real<T> lambda() const { return this->template get<0>(); }
  hard_shrink with_lambda(real<T> lambda) const { return this->template with<0>(lambda); }

  template <typename V>
  HILLOCK_INLINE V value(V x) const {
    return select(abs(x) <= lambda(), copysign(0, x), x);
  }

  template <typename V>
  HILLOCK_INLINE V prime(V x) const {
    return step_above(V(lambda()), abs(x));
  }

  template <typename V>
  HILLOCK_INLINE V double_prime(V x) const {
    return propagate_nan(x, V(0));
  }

  static constexpr std::string_view name = "hard_shrink";
  static constexpr std::array parameters{parameter{"lambda", 0.5, domain::nonnegative}};
  static constexpr ulps value_error{0}, derivative_error{0}, second_derivative_error{0};
  static constexpr auto smooth = smoothness::jump;
  static constexpr bool is_piecewise_polynomial = true;
  static constexpr bool uses_fma = false;
  constexpr limits value_limits() const { return {-infinity, infinity}; }
  constexpr limits derivative_limits() const { return {1, 1}; }
  constexpr interval range() const { return {-infinity, infinity}; }
  constexpr kink_list kinks() const {
    if (lambda() == 0) return {};
    return {{-static_cast<double>(lambda()), 0}, {static_cast<double>(lambda()), 0}};
  }
  constexpr bool monotone() const { return true; }
  constexpr bool odd() const { return true; }
};

}  // namespace HILLOCK_ABI
}  // namespace hillock
