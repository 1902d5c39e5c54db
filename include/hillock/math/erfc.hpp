// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/math/reduce.hpp>

// erfc and the normal distribution. With the density phi(a) = e^(-a^2/2) / sqrt(2 pi) and its tail
// Q(a) = erfc(a / sqrt 2) / 2, for a >= 0,
//
//   Q(a) = phi(a) y(a),   y(a) = 1 / (a + 3/4 + N(a) / D(a)).
//
// y is Mills' ratio: it varies slowly, from sqrt(pi / 2) at 0 towards 1 / a, and a + 3/4 comes so
// near to 1 / y that N / D, and with it all that rounding does to N and D, is at most 1/6 of it.

namespace hillock {
inline namespace HILLOCK_ABI {
namespace math {

/// 2^margin phi(a) = scale (1 + s), with s in [-0.3, 0.42]. The margin keeps scale normal wherever
/// a product with phi(a) is.
template <typename R>
struct normal_density {
  using V = lanes<R>;
  using T = typename V::scalar;
  static constexpr int margin = sizeof(T) == sizeof(float) ? 64 : 256;
  static constexpr T unit = detail::power_of_two<T>(-margin);
  /// s = r slope + offset.
  static constexpr T offset = sizeof(T) == sizeof(float) ? T(-0x1.d92d04p-18) : T(-0x1.d92ce345b0652p-18);

  V scale, r, slope;

  /// 2^margin h phi(a).
  HILLOCK_INLINE V times(const V& h) const {
    const V high = h * scale;
    return multiply_add(high, fma(r, slope, V(offset)), high);
  }

  /// (1 + s) (1 + correction) - 1, for a correction of few ulp: so 1 + s = e^(-r/2) need only be
  /// had to a twentieth.
  HILLOCK_INLINE V corrected(const V& correction) const {
    const V about = multiply_add(r, V(-0.5), V(1));
    return fma(r, slope, multiply_add(correction, about, V(offset)));
  }
};

/// The density at a, given two factors of a^2 that are not negative, not denormal, and whose product
/// is at most 184 (float), 1500 (double).
///
/// n 2 ln 2 is subtracted from a^2 in full; a^2 rounded would cost 44 ulp at the far end. So is
/// the center, which balances s: 2 phi(0) is nearly e^(-center / 2). Error of the density 1.1 ulp.
template <typename R>
HILLOCK_INLINE normal_density<R> reduce_normal(const lanes<R>& factor, const lanes<R>& other) {
  using V = lanes<R>;
  using T = typename V::scalar;
  using constants = exp_constants<T>;
  using bits = format<T>;
  constexpr T center = T(0x1.ce68p-2);  // of so few bits that the sums with n 2 ln 2 are exact
  // Its last bit counts ones; the bias makes its low bits the exponent field of scale.
  constexpr T large = 3 * detail::power_of_two<T>(bits::mantissa_bits - 1) +
                      T(bits::exponent_bias - 1 + normal_density<R>::margin);
  const V square = multiply_add(factor, other, V(center));
  const V shifted = detail::opaque(multiply_add(square, V(-constants::log2_e / 2), V(large)));
  const V n = shifted - large;
  const V high = fma(factor, other, multiply_add(n, V(2 * constants::ln2_high), V(center)));
  const V r = multiply_add(n, V(2 * constants::ln2_low), high);
  const V scale = (as_integers(shifted) << bits::mantissa_bits).as_lanes();
  // 2 phi(0) e^((center - r) / 2) = 1 + offset + r slope, by tools/coefficients/erfc.sollya; this
  // adds 2^-28 (float), 2^-57 (double).
  if constexpr (sizeof(T) == sizeof(float)) {
    const V slope = polynomial(r, -0x1.ffff14p-2F, 0x1.ffff14p-4F, -0x1.5553aep-6F, 0x1.5553d2p-9F,
                               -0x1.1254cep-12F, 0x1.6da3cep-16F);
    return {scale, r, slope};
  } else {
    const V slope = polynomial_by_pairs(
        r, r * r, -0x1.ffff13698e5d2p-2, 0x1.ffff13698e5f4p-4, -0x1.5554b79bb44dbp-6,
        0x1.5554b79bade9bp-9, -0x1.111092e2cfd6bp-12, 0x1.6c16194aa72d2p-16,
        -0x1.a0194205e9763p-20, 0x1.a018d10d06d1fp-24, -0x1.71dc23109ac4bp-28,
        0x1.28b3cabcdcdf5p-32, -0x1.b10550a21d592p-37);
    return {scale, r, slope};
  }
}

/// The parts of Mills' ratio y = Q(a) / phi(a) for 0 <= a <= 13.6 (float), 38 (double), a not
/// denormal.
template <typename R>
struct mills_parts {
  using V = lanes<R>;
  using T = typename V::scalar;

  V a, numerator, rest, denominator;  // a, D(a), N(a), D(a) (a + 3/4) + N(a)

  HILLOCK_INLINE explicit mills_parts(const V& x)
      : a(x), numerator(evaluate_numerator(x)), rest(evaluate_rest(x)),
        denominator(multiply_add(x, numerator, multiply_add(numerator, V(0.75), rest))) {}

  /// y, by division: error 3 ulp.
  HILLOCK_INLINE V ratio() const { return numerator / denominator; }

 private:
  // By tools/coefficients/erfc.sollya; N / D adds 2^-25.5 (float), 2^-56.4 (double) to y.
  static HILLOCK_INLINE V evaluate_numerator(const V& x) {
    if constexpr (sizeof(T) == sizeof(float))
      return polynomial(x, 1, 0x1.d1fcc6p-1F, 0x1.90f12p-2F, 0x1.6fbc32p-4F, 0x1.37ab6cp-7F);
    else
      return polynomial(x, 1, 0x1.aca83e1c8197fp+0, 0x1.63694b38f1d7fp+0, 0x1.79742dfce0249p-1,
                        0x1.19c5bf418bae1p-2, 0x1.33aaa527a77f7p-4, 0x1.f113643a08709p-7,
                        0x1.25c7f57543aebp-9, 0x1.e852fa2e1a3e9p-13, 0x1.03a20e84389a9p-16,
                        0x1.0fd5b1081a381p-21);
  }
  static HILLOCK_INLINE V evaluate_rest(const V& x) {
    if constexpr (sizeof(T) == sizeof(float))
      return polynomial(x, 0x1.88452cp-5F, -0x1.47792cp-2F, -0x1.9fb1aap-3F, -0x1.da147ep-5F,
                        -0x1.d36eb6p-8F);
    else
      return polynomial(x, 0x1.884533d436509p-5, -0x1.21ff425f1f16ap-2, -0x1.bb5d478ebd0c0p-2,
                        -0x1.392172fbe885fp-2, -0x1.15b0608866fb4p-3, -0x1.550127e1667a0p-5,
                        -0x1.2c602fa419439p-7, -0x1.7be58661d86c6p-10, -0x1.4dc9f9d0777a3p-13,
                        -0x1.7475bab6171cep-17, -0x1.97c0898c1d02ep-22);
  }
};

namespace detail {

/// 2^margin h Q(a + low) for an exact h: error 2 ulp.
///
/// Mills' ratio is y (1 + correction). The correction is 1 - y (a + 3/4 + N / D), whose first terms
/// cancel exactly: it takes back what rounding D, N, their quotient and a did.
template <typename R, typename Low>
HILLOCK_INLINE lanes<R> tail_product(const lanes<R>& h, const normal_density<R>& density,
                                     const lanes<R>& a, const Low& low) {
  using V = lanes<R>;
  const mills_parts<R> mills(a);
  const V inverse = 1 / mills.denominator;
  const V y = mills.numerator * inverse;
  // Neither product is near 1: so neither difference is rounded much.
  V unfilled = fma(-y, V(0.75), V(0.5)) + fma(-y, a, V(0.5));
  if constexpr (std::is_same_v<Low, V>) unfilled = fma(-y, low, unfilled);
  const V correction = fma(-inverse, mills.rest, unfilled);
  // h scale y (1 + s) (1 + correction), rounded last in the leading term.
  const V growth = density.corrected(correction);
  const V high = h * density.scale;
  return fma(high, y, high * (y * growth));
}

struct nothing {};

}  // namespace detail

/// 2^margin h Q(a) for h that is exact, and 0 <= a <= 13.6 (float), 38 (double), not denormal: error
/// 2 ulp.
template <typename R>
HILLOCK_INLINE lanes<R> times_normal_tail(const lanes<R>& h, const lanes<R>& a) {
  return detail::tail_product(h, reduce_normal(a, a), a, detail::nothing{});
}

/// erfc(x) = 1 - erf(x) = 2 Q(x sqrt 2).
///
/// Error 2 ulp; 0 where the value is below the smallest normal number; 2 for negative x from some
/// size on.
template <typename R>
HILLOCK_INLINE lanes<R> erfc(const lanes<R>& x) {
  using V = lanes<R>;
  using T = typename V::scalar;
  if constexpr (is_native<V>) {
    constexpr bool is_float = sizeof(T) == sizeof(float);
    constexpr T last = is_float ? T(0x1.2639bep+3) : T(0x1.a8b12fc6e4891p+4);  // beyond, 0
    constexpr T root = is_float ? T(0x1.6a09e6p+0) : T(0x1.6a09e667f3bcdp+0);
    constexpr T root_low = is_float ? T(0x1.9fcef4p-26) : T(-0x1.bdd3413b26456p-54);
    const V size = abs(x) + detail::imperceptible<T>;
    const mask<R> gone = size > last;
    const V t = select(gone, V(0), size);
    const V a = t * root, low = fma(t, V(root), -a) + t * root_low;
    const V tail = detail::tail_product(V(2), reduce_normal(t + t, t), a, low);
    constexpr T unit = normal_density<R>::unit;
    const V known = select(gone, V(0), tail);
    return fma(known, select(x < 0, V(-unit), V(unit)), select(x < 0, V(2), V(0)));
  } else {
    return V(std::erfc(x.bits()));
  }
}

}  // namespace math
}  // namespace HILLOCK_ABI
}  // namespace hillock
