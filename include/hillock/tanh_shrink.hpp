// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/elementwise.hpp>
#include <hillock/math/logistic.hpp>
#include <hillock/math/tanh.hpp>

namespace hillock {
inline namespace HILLOCK_ABI {

/// tanh_shrink(x) = x - tanh(x)
///
/// Shrinks small numbers towards 0, as their cubes, and large ones by 1; from sparse coding.
///
/// Use         Sparse coding where small numbers should fade without a kink.
/// Domain      every real x. Where |x| < 3.3e-13 (double: 4.1e-103) the value is no normal number,
///             and a zero of the sign of x.
/// Derivative  tanh(x)^2; f'' = 2 tanh(x) (1 - tanh(x)^2). Neither can be had from the output.
/// Evaluation  x^3 / D(x^2) for |x| < 1.25, with D almost a straight line, whose quotient is
///             rounded last; |x| - 1 + 2 / (1 + e^(2|x|)) beyond.
/// Error       2 ulp, f' and f'' 4 ulp.
/// Source      PyTorch, torch.nn.Tanhshrink.
template <typename T>
struct tanh_shrink : elementwise<tanh_shrink<T>> {
  template <typename V>
  HILLOCK_INLINE V value(V x) const {
    if constexpr (math::is_native<V>)
      return math::tanh_rest(x);
    else
      return V(rest(x.bits()));
  }

  template <typename V>
  HILLOCK_INLINE V prime(V x) const {
    const V y = math::tanh(squarable(x));
    return y * y;
  }

  template <typename V>
  HILLOCK_INLINE V double_prime(V x) const {
    return -math::logistic_second_derivative<3>(x + x);
  }

  static constexpr std::string_view name = "tanh_shrink";
  static constexpr ulps value_error{2}, derivative_error{4}, second_derivative_error{4};
  static constexpr auto smooth = smoothness::analytic;
  constexpr limits value_limits() const { return {-infinity, infinity}; }
  constexpr limits derivative_limits() const { return {1, 1}; }
  constexpr interval range() const { return {-infinity, infinity}; }
  constexpr bool monotone() const { return true; }
  constexpr bool odd() const { return true; }

 private:
  /// By the continued fraction near 0, whose terms are all positive.
  template <typename S>
  static S rest(S x) {
    if (!(std::abs(x) < 1)) return x - std::tanh(x);
    const S square = x * x;
    S fraction = 0;
    for (int n = 31; n >= 3; n -= 2) fraction = square / (n + fraction);
    return x * (fraction / (1 + fraction));
  }
};

}  // namespace HILLOCK_ABI
}  // namespace hillock
