// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/math/reduce.hpp>

// erfc and the normal distribution. With the density phi(a) = e^(-a^2/2) / sqrt(2 pi) and its tail
// Q(a) = erfc(a / sqrt 2) / 2, for a >= 0,
//
//   Q(a) = phi(a) y(a),   y(a) = 1 / (a + 5/8 + N(a) / D(a)).
//
// y is Mills' ratio: it varies slowly, from sqrt(pi / 2) at 0 towards 1 / a, and a + 5/8 comes so
// near to 1 / y that N / D, and with it what rounding does to N and D, is a tenth of it, or near 0
// a fifth.

namespace hillock {
inline namespace HILLOCK_ABI {
namespace math {

/// 2^margin phi(a) = scale (1 + s), with s in [-1/4, 1/2]. The margin keeps scale normal wherever
/// a product with phi(a) is.
template <typename R>
struct normal_density {
  using V = lanes<R>;
  using T = typename V::scalar;
  static constexpr int margin = sizeof(T) == sizeof(float) ? 64 : 256;
  static constexpr T unit = detail::power_of_two<T, -margin>;
  /// s = r slope + offset.
  static constexpr T offset =
      sizeof(T) == sizeof(float) ? T(-0x1.d94ec2p-18) : T(-0x1.d92ce345af01dp-18);

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

/// The density at a, given two factors of a^2 that are not negative, not denormal, and have a
/// product of at most 184 (float), 1500 (double).
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
  // Where n changes 1 + s falls from 3/2 to 3/4: below 1 its last bit counts more.
  constexpr T turn = center + T(0.1178);
  // Its last bit counts ones; the bias makes its low bits the exponent field of scale.
  constexpr T large = 3 * detail::power_of_two<T, bits::mantissa_bits - 1> +
                      T(bits::exponent_bias - 1 + normal_density<R>::margin);
  const V square = multiply_add(factor, other, V(turn));
  const V shifted = detail::opaque(multiply_add(square, V(-constants::log2_e / 2), V(large)));
  const V n = shifted - large;
  const V high = fma(factor, other, multiply_add(n, V(2 * constants::ln2_high), V(center)));
  const V r = multiply_add(n, V(2 * constants::ln2_low), high);
  const V scale = (as_integers(shifted) << bits::mantissa_bits).as_lanes();
  // 2 phi(0) e^((center - r) / 2) = 1 + offset + r slope, by tools/coefficients/erfc.sollya; this
  // adds 2^-28 (float), 2^-57 (double).
  if constexpr (sizeof(T) == sizeof(float)) {
    const V slope = polynomial(r, -0x1.ffff14p-2F, 0x1.ffff2ep-4F, -0x1.55541p-6F, 0x1.553c06p-9F,
                               -0x1.11fbeap-12F, 0x1.8397d4p-16F);
    return {scale, r, slope};
  } else {
    const V slope =
        polynomial_by_pairs(r, r * r, -0x1.ffff13698e5d2p-2, 0x1.ffff13698e5cp-4,
                            -0x1.5554b79bb463ep-6, 0x1.5554b79bb770fp-9, -0x1.111092e255c34p-12,
                            0x1.6c16192426fe5p-16, -0x1.a019459b0154ap-20, 0x1.a0194f017edc9p-24,
                            -0x1.71d0ec1b03f23p-28, 0x1.28240834ee71p-32, -0x1.ca1c232c85b1bp-37);
    return {scale, r, slope};
  }
}

namespace detail {

/// D and N of Mills' ratio.
template <typename R>
HILLOCK_INLINE lanes<R> mills_numerator(const lanes<R>& a) {
  if constexpr (sizeof(typename lanes<R>::scalar) == sizeof(float))
    return polynomial(a, 1, 0x1.d13e76p-1F, 0x1.8fc4fap-2F, 0x1.6e1402p-4F, 0x1.358a8p-7F);
  else
    return polynomial(a, 1, 0x1.aca92c9473b6p+0, 0x1.636ac633eec47p+0, 0x1.7976806e10ba2p-1,
                      0x1.19c80f9e74d1fp-2, 0x1.33add8798a871p-4, 0x1.f119be02e2d9ap-7,
                      0x1.25cc7b5206c2ap-9, 0x1.e85bef96067f5p-13, 0x1.03a7b4e9e3446p-16,
                      0x1.0fdcbbe75d793p-21);
}
template <typename R>
HILLOCK_INLINE lanes<R> mills_rest(const lanes<R>& a) {
  if constexpr (sizeof(typename lanes<R>::scalar) == sizeof(float))
    return polynomial(a, 0x1.62114cp-3F, -0x1.a677a4p-3F, -0x1.3ac83ap-3F, -0x1.7c9e5ep-5F,
                      -0x1.82dap-8F);
  else
    return polynomial(a, 0x1.62114cf50d942p-3, -0x1.2ea9f99f8441ap-4, -0x1.09a8f67c642e2p-2,
                      -0x1.b58ab1a62797bp-3, -0x1.9e80bbdd96923p-4, -0x1.0818f9efe0ac6p-5,
                      -0x1.dc813ed3368b4p-8, -0x1.3278136e345b7p-10, -0x1.10c47f1ef2b77p-13,
                      -0x1.3393d6662a0d5p-17, -0x1.53d3eae12a87bp-22);
}

}  // namespace detail

/// Mills' ratio Q(a) / phi(a) as y (1 + correction), good to 0.8 ulp.
template <typename R>
struct mills_ratio {
  lanes<R> y, correction;
};

/// Mills' ratio at a + low, for 0 <= a <= 13.6 (float), 38 (double), a not denormal; low is a
/// rounding error of a's, or 0 given as an int, which costs nothing.
///
/// The correction is 1 - y (a + 5/8 + N / D), whose first terms cancel exactly: it takes back what
/// rounding D, N and their quotient did. N and D are by tools/coefficients/erfc.sollya; they add
/// 2^-25.9 (float), 2^-56.9 (double).
template <typename R, typename Low = int>
HILLOCK_INLINE mills_ratio<R> divide_normal_tail(const lanes<R>& a, const Low& low = 0) {
  using V = lanes<R>;
  const V offset = 0.625;
  const V numerator = detail::mills_numerator(a), rest = detail::mills_rest(a);
  const V denominator = multiply_add(a, numerator, multiply_add(numerator, offset, rest));
  const V inverse = 1 / denominator, y = numerator * inverse;
  // The 1 is shared between the products, of which one is near 0 where the other is near 1: their
  // differences are rounded the less the smaller they are.
  if constexpr (std::is_same_v<Low, V>) {
    const V share = select(a < 0.6, V(0.25), V(0.75));
    const V unfilled = fma(-y, offset, 1 - share) + fma(-y, a, share);
    return {y, fma(-inverse, rest, fma(-y, low, unfilled))};
  } else {
    const V unfilled = fma(-y, offset, V(0.5)) + fma(-y, a, V(0.5));
    return {y, fma(-inverse, rest, unfilled)};
  }
}

namespace detail {

/// 2^margin h Q for an exact h: the leading product is rounded last.
template <typename R>
HILLOCK_INLINE lanes<R> tail_product(const lanes<R>& h, const normal_density<R>& density,
                                     const mills_ratio<R>& ratio) {
  const lanes<R> high = h * density.scale;
  return fma(high, ratio.y, high * (ratio.y * density.corrected(ratio.correction)));
}

}  // namespace detail

/// The normal distribution at a, for 0 <= a <= 13.6 (float), 38 (double), a not denormal.
template <typename R>
struct normal_tail {
  using V = lanes<R>;
  normal_density<R> density;
  mills_ratio<R> mills;

  HILLOCK_INLINE explicit normal_tail(const lanes<R>& a)
      : density(reduce_normal(a, a)), mills(divide_normal_tail(a)) {}

  /// 2^margin h Q(a) for an exact h: error 2 ulp.
  HILLOCK_INLINE V times(const V& h) const { return detail::tail_product(h, density, mills); }

  /// a - Q(a) / phi(a).
  HILLOCK_INLINE V rise(const V& a) const { return fma(-mills.y, mills.correction, a - mills.y); }
};

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
    const V tail = detail::tail_product(V(2), reduce_normal(t + t, t), divide_normal_tail(a, low));
    constexpr T unit = normal_density<R>::unit;
    const V known = select(gone, V(0), tail);
    return multiply_add(known, select(x < 0, V(-unit), V(unit)), select(x < 0, V(2), V(0)));
  } else {
    return V(std::erfc(x.bits()));
  }
}

}  // namespace math
}  // namespace HILLOCK_ABI
}  // namespace hillock
