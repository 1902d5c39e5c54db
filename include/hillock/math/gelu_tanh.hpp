// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/math/gate.hpp>

// The argument z = a x + b x^3 of gelu_tanh(x) = x logistic(z), a = sqrt(8/pi), b = 0.044715 a, and
// what its derivatives have beside e^-|z|.

namespace hillock {
inline namespace HILLOCK_ABI {
namespace math {

/// Constants by tools/coefficients/gates.sollya. For other scalars than float and double those
/// of plain formulas alone.
template <typename T>
struct gelu_tanh_parts {
  static constexpr T a = T(1.595769121605730711759784239737527474L);
  static constexpr T b = T(0.0713548162726002487763387522798635410L);
  /// Where f, f' and f'' have long been no normal numbers.
  static constexpr T least[] = {-60, -60, -60};
};

template <>
struct gelu_tanh_parts<float> {
  static constexpr float a = 0x1.988454p+0F, b = 0x1.2444f2p-4F;
  static constexpr float a_rest = -0x1.857936p-25F, b_rest = 0x1.49b16ap-29F;  // what these lose
  // a in two parts; the high one has 12 bits, so that sums with it lose none.
  static constexpr float a_high = 0x1.988p+0F, a_low = 0x1.14cf5p-14F;
  static constexpr float c = 0x1.b6676cp-3F, c_rest = -0x1.175e2p-32F;  // 3 b
  // f, f' and f'' are normal numbers from here up, f'' to -least.
  static constexpr float least[] = {-0x1.43386ap+3F, -0x1.47851ep+3F, -0x1.4bc50ap+3F};
  static constexpr float opened = 7.7F;  // from here on, 1 + x z' e^-z is 1
};

template <>
struct gelu_tanh_parts<double> {
  static constexpr double a = 0x1.9884533d43651p+0, b = 0x1.2444f2a4d8b4bp-4;
  static constexpr double a_rest = -0x1.cbc0d30ebfd15p-54, b_rest = -0x1.6c843a29d1c7p-61;
  // The high part has 26 bits.
  static constexpr double a_high = 0x1.988453p+0, a_low = 0x1.ea1b284687e5ap-27;
  static constexpr double c = 0x1.b6676bf7450fp-3, c_rest = 0x1.bba7351828aabp-57;
  static constexpr double least[] = {-0x1.52d480630b9ccp+4, -0x1.539497992a40cp+4,
                                     -0x1.54542c25115e7p+4};
  static constexpr double opened = 7.7;
};

/// z + low = x (a + b x^2) and its derivative a + c x^2 = slope + slope_low, to twice the digits of
/// V, or nearly so, for |x| < 30: the variable of a gate.
template <typename V>
struct gelu_tanh_argument {
  using parts = gelu_tanh_parts<typename V::scalar>;
  static constexpr bool is_exact = false;
  V z, low, slope, slope_low;

  HILLOCK_INLINE explicit gelu_tanh_argument(const V& x)
      // What is added keeps the low part of x^2 from being denormal.
      : gelu_tanh_argument(x, multiply_add(x, x, V(detail::imperceptible<typename V::scalar>))) {}

  /// The parts of e^-z ...
  HILLOCK_INLINE auto exp_of_minus() const { return reduce_exp_closely(-z, -low); }
  /// ... and of e^-|z|.
  HILLOCK_INLINE auto exp_of_minus_size() const {
    return reduce_exp_closely(-abs(z), copysign(1, -z) * low);
  }

 private:
  HILLOCK_INLINE gelu_tanh_argument(const V& x, const V& square)
      : gelu_tanh_argument(x, square, fma(V(parts::b), square, V(parts::a))) {}

  HILLOCK_INLINE gelu_tanh_argument(const V& x, const V& square, const V& factor)
      : z(x * factor), low(0), slope(fma(V(parts::c), square, V(parts::a))), slope_low(0) {
    const V square_low = fma(x, x, -square);
    const V factor_rest = fma(V(parts::b_rest), square, V(parts::a_low));
    const V factor_low = fma(V(parts::b), square, parts::a_high - factor) +
                         multiply_add(V(parts::b), square_low, factor_rest);
    low = multiply_add(x, factor_low, fma(x, factor, -z));
    const V slope_rest = fma(V(parts::c_rest), square, V(parts::a_low));
    slope_low = fma(V(parts::c), square, parts::a_high - slope) +
                multiply_add(V(parts::c), square_low, slope_rest);
  }
};

/// p (1 + t) - q (1 - t) for p = 2 z' + x z'' = 4 z' - 2 a and q = x z'^2, both to twice the
/// digits of V.
template <typename V>
HILLOCK_INLINE V gelu_tanh_bend(const V& x, const gelu_tanh_argument<V>& z, const V& t) {
  using parts = gelu_tanh_parts<typename V::scalar>;
  const V p = fma(V(4), z.slope, V(-2 * parts::a));
  const V p_low =
      fma(V(4), z.slope_low, (fma(V(4), z.slope, -p) - 2 * parts::a) - 2 * parts::a_rest);
  const V square = z.slope * z.slope, q = x * square;
  const V square_low = fma(z.slope, z.slope, -square) + 2 * z.slope * z.slope_low;
  const V q_low = multiply_add(x, square_low, fma(x, square, -q));
  const V low = fma(t, p_low + q_low, p_low - q_low);
  return fma(t, p + q, (p - q) + low);
}

}  // namespace math
}  // namespace HILLOCK_ABI
}  // namespace hillock
