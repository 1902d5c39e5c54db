// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/math/reduce.hpp>

namespace hillock {
inline namespace HILLOCK_ABI {
namespace math {

namespace detail {

/// What math::tanh is made of; the polynomials by tools/coefficients/tanh.sollya.
template <typename T>
struct tanh_parts;

template <>
struct tanh_parts<float> {
  static constexpr float most = 9.1F;  // tanh x = 1 from here on, at least
  static constexpr float tiny = 0x1p-28F;

  /// D of z = -x^2, to 2^-23.4 for |x| <= 0.625: tanh x to 2^-25.7.
  template <typename V>
  static HILLOCK_INLINE V divisor(const V& z) {
    return polynomial(z, 0x1.800004p1F, -0x1.3331d2p0F, -0x1.6cfc9ap-8F);
  }
  /// e^(2r), to 2^-27.4 for |r| <= 0.174.
  template <typename V>
  static HILLOCK_INLINE V exp_of_twice(const V& r) {
    return polynomial_by_pairs(r, r * r, 1.0F, 0x1p1F, 0x1.fffffep0F, 0x1.5554aap0F, 0x1.555714p-1F,
                               0x1.122c06p-2F, 0x1.6b796cp-4F);
  }
};

template <>
struct tanh_parts<double> {
  static constexpr double most = 19.1, tiny = 0x1p-57;

  /// To 2^-54 for |x| <= 0.625: tanh x to 2^-56.5.
  template <typename V>
  static HILLOCK_INLINE V divisor(const V& z) {
    return polynomial_by_pairs(z, z * z, 0x1.8p1, -0x1.3333333333283p0, -0x1.767dce4123bbap-8,
                               -0x1.0a4e1346228fcp-12, -0x1.997a8ff392dc8p-17,
                               -0x1.40ef337ac8cfep-21, -0x1.db77e1ad55b1cp-26);
  }
  /// To 2^-56.7.
  template <typename V>
  static HILLOCK_INLINE V exp_of_twice(const V& r) {
    return polynomial_by_pairs(r, r * r, 1.0, 0x1p1, 0x1.0000000000005p1, 0x1.555555555553dp0,
                               0x1.5555555552022p-1, 0x1.111111111808cp-2, 0x1.6c16c17f8af45p-4,
                               0x1.a01a017ab66cdp-6, 0x1.a019a54cceac1p-8, 0x1.71de79f98741ep-10,
                               0x1.28a411f611e7dp-12, 0x1.ae8499058c4d4p-15);
  }
};

}  // namespace detail

namespace detail {

/// 1 + e^(2 size).
template <typename R>
HILLOCK_INLINE lanes<R> one_plus_exp_of_twice(const lanes<R>& size) {
  using V = lanes<R>;
  using T = typename V::scalar;
  const rounded_exponent<R> e(size, T(0), 2 * exp_constants<T>::log2_e);
  const V r = register_ops<R>::fused ? multiply_add(e.n, V(-exp_constants<T>::ln2 / 2), size)
                                     : e.rest(size + size) * T(0.5);
  return multiply_add(exp_parts<R>{e.shifted, r}.scale(), tanh_parts<T>::exp_of_twice(r), V(1));
}

}  // namespace detail

/// tanh x.
///
/// x - x^3 / D(x^2) for |x| < 0.625, with D almost a straight line, else 1 - 2 / (1 + e^(2|x|)):
/// both are b + b q with a quotient |q| < 1/2, whose rounding errors hardly matter, so the two
/// share a division. Error 1.5 ulp; odd, monotone, in [-1, 1].
template <typename R>
HILLOCK_INLINE lanes<R> tanh(const lanes<R>& x) {
  using V = lanes<R>;
  using T = typename V::scalar;
  if constexpr (is_native<V>) {
    using parts = detail::tanh_parts<T>;
    // What is added changes nothing but numbers whose square would be denormal.
    const V size = minimum(V(parts::most), abs(x)) + parts::tiny;

    const V grown = detail::one_plus_exp_of_twice(size);

    // Both branches are b + b q. +0 where x is denormal, which costs nothing as a factor of 0, and
    // keeps the sign of -0.
    const V minus_square = multiply_add(-size, size, V(parts::tiny * parts::tiny));
    const mask<R> large = size >= T(0.625);
    const V base = select(large, copysign(1, x), x);
    const V q =
        select(large, V(-2), minus_square) / select(large, grown, parts::divisor(minus_square));
    return multiply_add(base, q, base);
  } else {
    return V(std::tanh(x.bits()));
  }
}

namespace detail {

/// Enough that rounding errors of (2^margin x)^3 are normal numbers wherever x^3 / 3 is.
template <typename T>
inline constexpr int tanh_rest_margin = sizeof(T) == sizeof(float) ? 40 : 80;

/// What math::tanh_rest is made of; D by tools/coefficients/tanh.sollya.
template <typename T>
struct tanh_rest_parts;

template <>
struct tanh_rest_parts<float> {
  static constexpr float least = 0x1.713744p-42F;  // of smaller x, x^3 / 3 is no normal number

  /// (D(x^2) - 3) / x^2, such that D is good to 2^-28.3 for |x| <= 1.25.
  template <typename V>
  static HILLOCK_INLINE V slope(const V& square) {
    return polynomial(square, 0x1.33333p0F, -0x1.76693cp-8F, 0x1.07b70ap-12F, -0x1.5689eep-17F);
  }
};

template <>
struct tanh_rest_parts<double> {
  static constexpr double least = 0x1.d12ed0af1a27fp-341;

  /// To 2^-57.3.
  template <typename V>
  static HILLOCK_INLINE V slope(const V& square) {
    // The number added keeps x^4 from being denormal.
    const V fourth_power = multiply_add(square, square, V(imperceptible<double>));
    return polynomial_by_pairs(square, fourth_power, 0x1.333333333332dp0, -0x1.767dce43401f2p-8,
                               0x1.0a4e157f21eedp-12, -0x1.997cb5498c4e3p-17, 0x1.41754613fe094p-21,
                               -0x1.fbd22d66779e4p-26, 0x1.90834a0ef386ep-30,
                               -0x1.2fdc263b1c97fp-34, 0x1.5d26407f3888p-39);
  }
};

}  // namespace detail

/// x - tanh x.
///
/// x^3 / D(x^2) for |x| < 1.25, with D almost a straight line, else |x| - 1 + 2 / (1 + e^(2|x|)):
/// where the latter's terms no longer cancel. The two share a division. Error 2 ulp; odd, monotone;
/// a zero of x's sign where the value is below the smallest normal number.
template <typename R>
HILLOCK_INLINE lanes<R> tanh_rest(const lanes<R>& x) {
  using V = lanes<R>;
  using T = typename V::scalar;
  using parts = detail::tanh_parts<T>;
  using rest_parts = detail::tanh_rest_parts<T>;
  constexpr int margin = detail::tanh_rest_margin<T>;
  const V size = maximum(V(rest_parts::least), abs(x)), shortened = minimum(V(parts::most), size);

  const V grown = detail::one_plus_exp_of_twice(shortened);

  const V square = shortened * shortened;
  const V enlarged = shortened * detail::power_of_two<T, margin>,
          dividend_small = enlarged * enlarged;
  const mask<R> large = size >= T(1.25);
  const V dividend = select(large, V(2), dividend_small);
  // D = 3 + x^2 slope to more digits than its own: just above 4 the last is worth two of y's.
  const V slope = rest_parts::slope(square), near_divisor = multiply_add(square, slope, V(3));
  const V divisor_lost = fma(square, slope, 3 - near_divisor);
  const V divisor = select(large, grown, near_divisor);
  // The quotient to twice the digits, but for the divisor's error.
  const V inverse = 1 / divisor, quotient = dividend * inverse;
  const V square_lost = fma(enlarged, enlarged, -dividend_small);
  const V lost = fma(-quotient, divisor, dividend) +
                 select(large, V(-0.0), fma(-quotient, divisor_lost, square_lost));
  const V factor = select(large, V(1), enlarged);
  const V base = select(large, size - 1, V(0));
  const V y = fma(factor, quotient, fma(factor, lost * inverse, base));
  const V unit = select(abs(x) < rest_parts::least, V(0), V(detail::power_of_two<T, -3 * margin>));
  return copysign(y * select(large, V(1), unit), x);
}

}  // namespace math
}  // namespace HILLOCK_ABI
}  // namespace hillock
