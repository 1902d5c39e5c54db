// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/elementwise.hpp>

namespace hillock {
inline namespace HILLOCK_ABI {

/// soft_shrink(x) = sign(x) max(|x| - lambda, 0)
///
/// Denoises without a jump: every |x| shrinks by lambda, or to 0.
///
/// Use         Sparse coding and denoising: the step that a penalty lambda |x| asks for.
/// Domain      every real x; lambda >= 0, finite, by default 0.5. It is odd: its zeros have the
///             sign of x.
/// Derivative  1 for |x| > lambda, else 0, also at the kinks -lambda and lambda.
/// Error       rounded once.
/// Elsewhere   ONNX's Shrink with bias = lambda.
/// Source      Donoho, "De-Noising by Soft-Thresholding", IEEE Transactions on Information Theory
///             41, 1995.
template <typename T>
struct soft_shrink : elementwise<soft_shrink<T>, 1> {
  using elementwise<soft_shrink<T>, 1>::elementwise;

  constexpr real<T> lambda() const { return this->template get<0>(); }
  soft_shrink with_lambda(real<T> lambda) const { return this->template with<0>(lambda); }

  template <typename V>
  HILLOCK_INLINE V value(V x) const {
    return copysign(maximum(V(0), abs(x) - lambda()), x);
  }

  template <typename V>
  HILLOCK_INLINE V prime(V x) const {
    return step_above(V(lambda()), abs(x));
  }

  template <typename V>
  HILLOCK_INLINE V double_prime(V x) const {
    return propagate_nan(x, V(0));
  }

  template <typename V>
  HILLOCK_INLINE V prime_from_output(V y) const {
    return select(y == 0, V(0), constant_or_nan(V(1), y));
  }

  static constexpr std::string_view name = "soft_shrink";
  static constexpr std::array parameters{parameter{"lambda", 0.5, domain::nonnegative}};
  static constexpr ulps value_error{1}, derivative_error{0}, second_derivative_error{0};
  static constexpr auto smooth = smoothness::continuous;
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
