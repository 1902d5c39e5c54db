// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/elementwise.hpp>

namespace hillock {
inline namespace HILLOCK_ABI {

/// hard_swish(x) = x min(max(x + 3, 0), 6) / 6
///
/// The silu drawn with ruler and parabola.
///
/// Use         Hidden layers in place of silu where exponentials are too dear or arithmetic is of
///             low precision.
/// Domain      every real x; the value lies in [-3/8, infinity]. Up to -3 it is -0.
/// Derivative  0 below -3, x/3 + 1/2 between, 1 above 3; at the kinks x = -3: 0, and x = 3: 1.
///             (PyTorch up to 2.6 has -0.5 and 1.5 there, oneDNN 0 and 0.) f'' = 1/3 between.
/// Evaluation  x g with a gate g = x/6 + 1/2, of 1/6 to twice the digits, which g has all of near
///             -3 then; the square of x is never taken. A value below the smallest normal number is
///             a zero of the sign of x.
/// Error       2 ulp, f' 3 ulp, f'' 1 ulp.
/// Source      Howard et al., "Searching for MobileNetV3", ICCV 2019.
template <typename T>
struct hard_swish : elementwise<hard_swish<T>> {
  template <typename V>
  HILLOCK_INLINE V value(V x) const {
    using S = typename V::scalar;
    constexpr S least = 2 * (std::numeric_limits<S>::min)();  // whose half is a normal number
    const V z = maximum(V(-3), select(abs(x) < least, copysign(0, x), x));
    const V inner = minimum(V(3), z);
    if constexpr (math::is_native<V>) {
      const V line = fma(inner, V(sixth_rest<S>), fma(inner, V(sixth<S>), V(0.5)));
      return z * maximum(V(0), line);
    } else {
      return z * ((inner + 3) / 6);
    }
  }

  template <typename V>
  HILLOCK_INLINE V prime(V x) const {
    const V slope = (x + x + 3) * V(typename V::scalar(1) / 6);
    return select(x <= -3, V(0), select(x >= 3, V(1), slope));
  }

  template <typename V>
  HILLOCK_INLINE V double_prime(V x) const {
    return propagate_nan(x, select(abs(x) < 3, V(typename V::scalar(1) / 3), V(0)));
  }

  static constexpr std::string_view name = "hard_swish";
  static constexpr ulps value_error{2}, derivative_error{3}, second_derivative_error{1};
  static constexpr auto smooth = smoothness::continuous;
  static constexpr bool is_piecewise_polynomial = true;
  constexpr limits value_limits() const { return {-0., infinity}; }
  constexpr limits derivative_limits() const { return {0, 1}; }
  constexpr interval range() const { return {-0.375, infinity}; }
  constexpr kink_list kinks() const { return {{-3, 0}, {3, 1}}; }
  constexpr bool monotone() const { return false; }

 private:
  /// 1/6, rounded up: so no value comes below -3/8. (Of 1/6 rounded to nearest doubles do.)
  template <typename S>
  static constexpr S sixth = S(sizeof(S) == sizeof(float) ? 0x1.555556p-3 : 0x1.5555555555556p-3);
  /// What is lacking then, and so little more that the line is not above 0 at -3.
  template <typename S>
  static constexpr S sixth_rest = S(sizeof(S) == sizeof(float) ? -0x1.555554p-28
                                                               : -0x1.5555555555555p-56);
};

}  // namespace HILLOCK_ABI
}  // namespace hillock
