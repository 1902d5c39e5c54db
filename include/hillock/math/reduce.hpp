// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/lanes.hpp>

// What all functions made of e^a share: e^a = 2^n (1 + s), with n = round(a / ln 2), s = expm1(r)
// and r = a - n ln 2 in [-ln 2 / 2, ln 2 / 2].
//
// Keeping 2^n and s apart saves roundings: 2^n and products with it are exact, so that e^a, h e^a,
// 1 + e^a and e^a - 1 are one fma of s each.
//
// No product of two small numbers is formed alone, for a denormal one costs a hundred cycles.

namespace hillock {
inline namespace HILLOCK_ABI {
namespace math {

/// The constants of the reduction, and of the range of e^a.
template <typename T>
struct exp_constants;

template <>
struct exp_constants<float> {
  static constexpr float log2_e = 1.44269504F;
  static constexpr float ln2 = 0.693147182464599609375F;
  // ln 2 in two parts; the high one has 16 bits, so that n times it is exact.
  static constexpr float ln2_high = 0.693145751953125F, ln2_low = 1.42860676533E-6F;
  // e^a is a normal number for least <= a <= greatest, and 2^k e^-a is for a <= fading[k].
  static constexpr float least = -87.3365402F, greatest = 88.7228317F;
  static constexpr float fading[] = {87.3365402F, 88.029686F, 88.7228317F, 89.4159851F};
};

template <>
struct exp_constants<double> {
  static constexpr double log2_e = 1.4426950408889634;
  static constexpr double ln2 = 0.69314718055994529;
  // The high part has 42 bits.
  static constexpr double ln2_high = 0x1.62e42fefa38p-1, ln2_low = 0x1.ef35793c7673p-45;
  static constexpr double least = -708.39641853226408, greatest = 709.78271289338397;
  static constexpr double fading[] = {708.39641853226408, 709.08956571282397, 709.78271289338397,
                                      710.47586007394386};
};

namespace detail {

/// 2^k.
template <typename T>
constexpr T two_to(int k) {
  T power = 1;
  for (; k > 0; --k) power *= 2;
  for (; k < 0; ++k) power /= 2;
  return power;
}
/// 2^K, which no compiler leaves for run time.
template <typename T, int K>
inline constexpr T power_of_two = two_to<T>(K);

/// Added to an argument of e^a, it changes nothing but denormal numbers, which cost a hundred
/// cycles in a product.
template <typename T>
inline constexpr T imperceptible = power_of_two<T, sizeof(T) == sizeof(float) ? -60 : -200>;

}  // namespace detail

/// c + c1 x + c2 x^2 + ..., for x2 = x^2: pairs of terms beside each other, summed by Horner's rule
/// in x^2, which takes half as long as in x.
template <typename R, typename C>
HILLOCK_INLINE lanes<R> polynomial_by_pairs(const lanes<R>&, const lanes<R>&, C c) {
  return lanes<R>(c);
}
template <typename R, typename C, typename... Cs>
HILLOCK_INLINE lanes<R> polynomial_by_pairs(const lanes<R>& x, const lanes<R>& x2, C c, C c1,
                                            Cs... higher) {
  const lanes<R> pair = multiply_add(lanes<R>(c1), x, lanes<R>(c));
  if constexpr (sizeof...(Cs) == 0)
    return pair;
  else
    return multiply_add(polynomial_by_pairs(x, x2, higher...), x2, pair);
}

namespace detail {

/// P of expm1(r) = r + r^2 P(r) for |r| <= 0.347, by tools/coefficients/exp.sollya. Its error is at
/// most 2^-25.3 (float), 2^-54.5 (double) of expm1(r). sum_up(coefficients...) is the polynomial.
template <typename T, typename Sum>
HILLOCK_INLINE auto expm1_polynomial(const Sum& sum_up) {
  if constexpr (sizeof(T) == sizeof(float))
    return sum_up(0.5F, 0x1.5554dcp-3F, 0x1.55556ap-5F, 0x1.120c8ep-7F, 0x1.6cad2ap-10F);
  else
    return sum_up(0x1.0000000000001p-1, 0x1.555555555554dp-3, 0x1.5555555553c8cp-5,
                  0x1.11111111144f2p-7, 0x1.6c16c178d08bp-10, 0x1.a01a018c3cc4bp-13,
                  0x1.a019b819e6bc7p-16, 0x1.71de5980cf7f9p-19, 0x1.289297e85e764p-22,
                  0x1.aead6d9012dcp-26);
}

/// P with one term more: its error is at most 2^-30 (float), 2^-60 (double).
template <typename R>
HILLOCK_INLINE lanes<R> close_expm1_polynomial(const lanes<R>& r, const lanes<R>& r2) {
  if constexpr (sizeof(typename lanes<R>::scalar) == sizeof(float))
    return polynomial_by_pairs(r, r2, 0.5F, 0x1.555556p-3F, 0x1.5555p-5F, 0x1.110ff2p-7F,
                               0x1.6d30d4p-10F, 0x1.a26762p-13F);
  else
    return polynomial_by_pairs(r, r2, 0.5, 0x1.5555555555557p-3, 0x1.5555555555551p-5,
                               0x1.1111111110031p-7, 0x1.6c16c16c1918ep-10, 0x1.a01a01ac37451p-13,
                               0x1.a01a0194e29e4p-16, 0x1.71de014e1b0b5p-19, 0x1.27e5072783d9ep-22,
                               0x1.af4fa3c303f3bp-26, 0x1.1f294a8455efp-29);
}

/// expm1(high + low), rounded only once, for a sum of at most 0.347 and low small against it.
template <typename R>
HILLOCK_INLINE lanes<R> close_exp_minus_1(const lanes<R>& high, const lanes<R>& low) {
  const lanes<R> r = high + low;
  const lanes<R> r2 =
      multiply_add(r, r, lanes<R>(detail::imperceptible<typename lanes<R>::scalar>));
  return r + multiply_add(close_expm1_polynomial(r, r2), r2, low - (r - high));
}

}  // namespace detail

/// expm1(r) for |r| <= 0.347: error 0.6 ulp, but where r is so tiny that 1 + r is 1. Asked for, the
/// last sum is rounded Once on processors without fma, too.
template <bool Once = false, typename R>
HILLOCK_INLINE lanes<R> reduced_exp_minus_1(const lanes<R>& r) {
  using T = typename lanes<R>::scalar;
  // The number added keeps r^2 from being denormal.
  const lanes<R> r2 = multiply_add(r, r, lanes<R>(detail::imperceptible<T>));
  const auto by_pairs = [&](auto... c)
                            HILLOCK_INLINE_LAMBDA { return polynomial_by_pairs(r, r2, c...); };
  const lanes<R> p = detail::expm1_polynomial<T>(by_pairs);
  return Once ? fma(p, r2, r) : multiply_add(p, r2, r);
}

/// 2^k e^a = 2^(n + k) (1 + s), where k is 0 unless asked for.
template <typename R>
struct exp_parts {
  using V = lanes<R>;
  using bits = format<typename V::scalar>;

  V shifted;  // a large constant + bias + n + k: its low bits are the exponent field of 2^(n + k)
  V s;        // expm1(r)

  /// 2^(n + k) for -bias < n + k <= bias; 0 where n + k = -bias, infinity where it is bias + 1
  /// (bias: 127 or 1023); beyond, anything.
  HILLOCK_INLINE V scale() const {
    return (as_integers(shifted) << bits::mantissa_bits).as_lanes();
  }

  /// v 2^(n + k + more) where v and the result are normal numbers, for any n; elsewhere, and where
  /// v or a is NaN, anything.
  HILLOCK_INLINE V shift(const V& v, int more = 0) const {
    const auto one = static_cast<typename bits::integer>(bits::exponent_bias - more)
                     << bits::mantissa_bits;
    return (as_integers(v) + ((as_integers(shifted) << bits::mantissa_bits) - one)).as_lanes();
  }

  /// 1 + 2^k e^a: error 0.8 ulp; monotone in a.
  ///
  /// 1 + 2^n alone would not be exact for n > 23; so there the odd part of it is added to 2^n s,
  /// and few enough bits are kept back that for n < 0 the last sum alone is rounded.
  HILLOCK_INLINE V plus_one() const {
    const V power = scale();
    return (power - V(0.1875)) + multiply_add(power, s, V(1.1875));
  }
  /// one + 2^k e^a, rounded once whatever n is, for a power of two. Two operations more.
  HILLOCK_INLINE V plus(const V& one) const {
    const V power = scale(), sum = power + one;
    return sum + multiply_add(power, s, one - (sum - power));
  }

  /// h 2^k e^a, rounded once, where scale() holds and h scale() is a normal number.
  HILLOCK_INLINE V times(const V& h) const {
    if constexpr (register_ops<R>::fused) {
      const V high = h * scale();
      return fma(high, s, high);
    } else {  // rounded twice, but no product underflows that the result does not
      return (h * s + h) * scale();
    }
  }
};

/// The parts of 2^k e^a where s is good to 0.7 ulp however small it is: what e^a - 1 needs.
template <typename R>
struct expm1_parts : exp_parts<R> {
  using V = lanes<R>;
  V r, share;  // s = r + share r

  HILLOCK_INLINE expm1_parts(const V& shifted_, const V& r_)
      : exp_parts<R>{shifted_, r_}, r(r_), share(share_of(r_)) {
    this->s = multiply_add(share, r, r);
  }

 private:
  /// Here r^2 is not had anyway, and Horner's rule saves it.
  static HILLOCK_INLINE V share_of(const V& r) {
    using T = typename V::scalar;
    const auto by_horner = [&](auto... c) HILLOCK_INLINE_LAMBDA { return polynomial(r, c...); };
    // The number added keeps r P(r) from being denormal.
    return multiply_add(detail::expm1_polynomial<T>(by_horner), r, V(detail::imperceptible<T>));
  }
};

namespace detail {

/// x, behind which -ffast-math on GCC cannot see to rearrange sums. (hillock's own vector only
/// occurs in loops that are compiled without.)
template <typename R>
HILLOCK_INLINE lanes<R> opaque(const lanes<R>& x) {
  if constexpr (std::is_class_v<R>) {
    return x;
  } else {
    R r = x.bits();
    seal(r);
    return lanes<R>::from(r);
  }
}

/// n = rate a rounded to an integer, by adding a number so large that its last bit counts ones.
template <typename R>
struct rounded_exponent {
  using V = lanes<R>;
  using T = typename V::scalar;
  using constants = exp_constants<T>;
  V shifted, n;

  HILLOCK_INLINE rounded_exponent(const V& a, T k, T rate = constants::log2_e)
      : shifted(opaque(multiply_add(a, V(rate), V(shift(k))))), n(shifted - shift(k)) {}

  /// shifted - n.
  static HILLOCK_INLINE constexpr T shift(T k) {
    return 3 * power_of_two<T, format<T>::mantissa_bits - 1> + (T(format<T>::exponent_bias) + k);
  }

  /// r = a - n ln 2. The first difference is exact, as the product is, and by Sterbenz.
  HILLOCK_INLINE V rest(const V& a) const {
    return multiply_add(n, V(-constants::ln2_low), high_rest(a));
  }
  /// high + low - n ln 2.
  HILLOCK_INLINE V rest(const V& high, const V& low) const {
    return high_rest(high) + multiply_add(n, V(-constants::ln2_low), low);
  }
  /// a - n ln 2 but for the low part of ln 2.
  HILLOCK_INLINE V high_rest(const V& a) const {
    return opaque(multiply_add(n, V(-constants::ln2_high), a));
  }
  /// a - n ln 2, for few n.
  HILLOCK_INLINE V short_rest(const V& a) const { return multiply_add(n, V(-constants::ln2), a); }
};

}  // namespace detail

/// The parts of 2^k e^a. s is good to 2^-24.8 (float), 2^-53.8 (double), absolutely: what 1 + s
/// needs. |a| < 2^20, or NaN, which makes s NaN; so callers clamp a to where their result no longer
/// changes.
template <bool Once = false, typename R>
HILLOCK_INLINE exp_parts<R> reduce_exp(const lanes<R>& a, typename lanes<R>::scalar k = 0) {
  const detail::rounded_exponent<R> e(a, k);
  return {e.shifted, reduced_exp_minus_1<Once>(e.rest(a))};
}

/// The parts of 2^k e^(high + low), |low| small against 1.
template <bool Once = false, typename R>
HILLOCK_INLINE exp_parts<R> reduce_exp(const lanes<R>& high, const lanes<R>& low,
                                       typename lanes<R>::scalar k = 0) {
  const detail::rounded_exponent<R> e(high, k);
  return {e.shifted, reduced_exp_minus_1<Once>(e.rest(high, low))};
}

/// A divisor t > 0 of exponents, and what the reduction of a / t needs.
template <typename T>
struct exp_divisor {
  T divisor, inverse, inverse_low = 0, rate = 0, ln2_high = 0, ln2_low = 0;
  T least = 0;  // where e^(a / t) ceases to be a normal number, or a to be finite

  HILLOCK_INLINE explicit exp_divisor(T t, T t_low = 0)
      : divisor((std::max)(t, (std::numeric_limits<T>::min)())), inverse(1 / divisor) {
    if constexpr (is_native<lanes<T>>) {
      using constants = exp_constants<T>;
      rate = constants::log2_e * inverse;
      least = (std::max)(constants::least * divisor, -(std::numeric_limits<T>::max)());
      // t ln 2, the high part with so few bits that n times it is exact.
      using bits = format<T>;
      constexpr int bits_of_n = 8 * sizeof(T) - bits::mantissa_bits + 1;
      const T product = divisor * constants::ln2_high;
      ln2_high = bit_cast<T>(bit_cast<typename bits::integer>(product) >> bits_of_n << bits_of_n);
      ln2_low = std::fma(divisor, constants::ln2_high, -ln2_high) + divisor * constants::ln2_low +
                t_low * constants::ln2_high;
    }
  }
  /// t = 1 / (rate + rate_low), to twice the digits of T.
  static exp_divisor inverse_of(T rate, T rate_low) {
    const T t = 1 / rate;
    exp_divisor d(t, t * (std::fma(-rate, t, T(1)) - t * rate_low));
    d.inverse = rate;
    d.inverse_low = rate_low;
    return d;
  }

  /// a - n t ln 2, if that is no larger than t.
  template <typename R>
  HILLOCK_INLINE lanes<R> rest(const lanes<R>& a, const lanes<R>& n) const {
    return multiply_add(n, lanes<R>(-ln2_low), high_rest(a, n));
  }
  /// The same but for the low part of t ln 2.
  template <typename R>
  HILLOCK_INLINE lanes<R> high_rest(const lanes<R>& a, const lanes<R>& n) const {
    return detail::opaque(multiply_add(n, lanes<R>(-ln2_high), a));
  }
};

/// The parts of 2^k e^(high + low), |low| small against 1, with s rounded only once. Four
/// operations more.
template <typename R>
HILLOCK_INLINE exp_parts<R> reduce_exp_closely(const lanes<R>& high, const lanes<R>& low) {
  using V = lanes<R>;
  const detail::rounded_exponent<R> e(high, 0);
  const V rest = e.high_rest(high);
  const V lower = multiply_add(e.n, V(-exp_constants<typename V::scalar>::ln2_low), low);
  return {e.shifted, detail::close_exp_minus_1(rest, lower)};
}

/// The parts of e^(a / t).
template <typename R>
HILLOCK_INLINE exp_parts<R> reduce_exp(const lanes<R>& a,
                                       const exp_divisor<typename lanes<R>::scalar>& t) {
  using V = lanes<R>;
  const detail::rounded_exponent<R> e(a, 0, t.rate);
  const V rest = t.high_rest(a, e.n), low = e.n * (-t.ln2_low * t.inverse);
  if constexpr (register_ops<R>::fused) {
    return {e.shifted, reduced_exp_minus_1(fma(rest, V(t.inverse), low))};
  } else {  // makes up for the roundings of products
    const V product = rest * t.inverse, lost = fma(rest, V(t.inverse), -product);
    return {e.shifted, detail::close_exp_minus_1(product, lost + low)};
  }
}

/// The parts of 2^k e^a for e^a - 1. One operation more. A denormal a costs a hundred cycles.
template <typename R>
HILLOCK_INLINE expm1_parts<R> reduce_expm1(const lanes<R>& a, typename lanes<R>::scalar k = 0) {
  const detail::rounded_exponent<R> e(a, k);
  return {e.shifted, e.rest(a)};
}

/// As reduce_expm1, for a <= 0 that is no less than where 1 - e^a becomes 1. There ln 2 in one part
/// will do: its error moves 1 - e^a by 2^-29 (2^-56).
template <typename R>
HILLOCK_INLINE expm1_parts<R> reduce_short_expm1(const lanes<R>& a,
                                                 typename lanes<R>::scalar k = 0) {
  const detail::rounded_exponent<R> e(a, k);
  return {e.shifted, e.short_rest(a)};
}

template <typename R>
HILLOCK_INLINE expm1_parts<R> reduce_short_expm1(const lanes<R>& high, const lanes<R>& low,
                                                 typename lanes<R>::scalar k = 0) {
  const detail::rounded_exponent<R> e(high, k);
  return {e.shifted, e.short_rest(high) + low};
}

}  // namespace math
}  // namespace HILLOCK_ABI
}  // namespace hillock
