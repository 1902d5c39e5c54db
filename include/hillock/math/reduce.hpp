// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/lanes.hpp>

// What all functions made of e^a share: e^a = 2ⁿ (1 + s), with n = round(a / ln 2), s = expm1(r)
// and r = a − n ln 2 in [−ln 2 / 2, ln 2 / 2].
//
// Keeping 2ⁿ and s apart saves roundings: 2ⁿ is exact and products with it are, so that e^a, h e^a,
// 1 + e^a and e^a − 1 are one fma of s each.

namespace hillock {
inline namespace HILLOCK_ABI {
namespace math {

/// The constants of the reduction, and of the range of e^a.
template <typename T>
struct exp_constants;

template <>
struct exp_constants<float> {
  static constexpr float log2_e = 1.44269504F;
  // ln 2 in two parts; the high one has 16 bits, so that n times it is exact.
  static constexpr float ln2_high = 0.693145751953125F;
  static constexpr float ln2_low = 1.42860676533E-6F;
  // The least a whose e^a is a normal number, and the greatest whose e^a is finite.
  static constexpr float least = -87.3365402F;
  static constexpr float greatest = 88.7228394F;
};

template <>
struct exp_constants<double> {
  static constexpr double log2_e = 1.4426950408889634074;
  // The high part has 42 bits.
  static constexpr double ln2_high = 0.693147180559890330187;
  static constexpr double ln2_low = 5.49792301870850242E-14;
  static constexpr double least = -708.396418532264106224;
  static constexpr double greatest = 709.782712893383973096;
};

/// expm1(r) for |r| <= 0.347, as r + r² P(r): error 0.6 ulp.
///
/// P by tools/coefficients/exp.sollya; it adds at most 2^-25.3 (float), 2^-54.5 (double) of s.
template <typename R>
HILLOCK_INLINE lanes<R> reduced_expm1(const lanes<R>& r) {
  using V = lanes<R>;
  if constexpr (sizeof(typename V::scalar) == sizeof(float)) {
    return multiply_add(
        r * r, polynomial(r, 0.5F, 0x1.5554dcp-3F, 0x1.55556ap-5F, 0x1.120c8ep-7F, 0x1.6cad2ap-10F),
        r);
  } else {
    return multiply_add(
        r * r,
        polynomial(r, 0x1.0000000000001p-1, 0x1.555555555554dp-3, 0x1.5555555553c8cp-5,
                   0x1.11111111144f2p-7, 0x1.6c16c178d08bp-10, 0x1.a01a018c3cc4ap-13,
                   0x1.a019b819e6bd3p-16, 0x1.71de5980cfc56p-19, 0x1.289297e85ce14p-22,
                   0x1.aead6d8f79f8dp-26),
        r);
  }
}

/// e^a = 2ⁿ (1 + s).
template <typename R>
struct exp_parts {
  using V = lanes<R>;
  using bits = format<typename V::scalar>;

  V shifted;  // 1.5 2^m + bias + n with m mantissa bits: the low bits are the exponent field of 2ⁿ
  V s;        // expm1(r), which is r itself where n = 0 and r is tiny

  /// 2ⁿ for −bias < n <= bias; 0 for n = −bias, infinity for n = bias + 1 (bias: 127, 1023).
  HILLOCK_INLINE V scale() const {
    return (as_integers(shifted) << bits::mantissa_bits).as_lanes();
  }

  /// 2ⁿ v for any n, where both v and the result are normal numbers; elsewhere nothing is promised,
  /// not even that a NaN stays one.
  HILLOCK_INLINE V shift(const V& v) const {
    constexpr auto one = static_cast<typename bits::integer>(bits::exponent_bias)
                         << bits::mantissa_bits;
    return (as_integers(v) + ((as_integers(shifted) << bits::mantissa_bits) - one)).as_lanes();
  }

  /// h e^a, rounded once: for −bias < n <= bias. Where h 2ⁿ is not normal the result is not either,
  /// or nearly so. A NaN of h or a stays one.
  HILLOCK_INLINE V times(const V& h) const {
    const V high = h * scale();
    return multiply_add(high, s, high);
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

/// a / ln 2, rounded to an integer n by adding a number so large that the last bit counts ones.
template <typename R>
struct rounded_exponent {
  using V = lanes<R>;
  using T = typename V::scalar;
  static constexpr T large =
      T(3 * (typename format<T>::integer{1} << (format<T>::mantissa_bits - 1)) +
        typename format<T>::integer{format<T>::exponent_bias});
  V shifted, n;

  HILLOCK_INLINE explicit rounded_exponent(const V& a)
      : shifted(opaque(multiply_add(a, V(exp_constants<T>::log2_e), V(large)))),
        n(shifted - V(large)) {}

  /// a − n times the high part of ln 2: exact, as the product is, and by Sterbenz.
  HILLOCK_INLINE V rest(const V& a) const {
    return opaque(multiply_add(n, V(-exp_constants<T>::ln2_high), a));
  }
};

}  // namespace detail

/// The parts of e^a: s to 2^-24.8 (float) or 2^-53.8 (double). |a| < 2^20, or NaN, which makes s
/// NaN; so callers clamp a to where their result no longer changes.
template <typename R>
HILLOCK_INLINE exp_parts<R> reduce_exp(const lanes<R>& a) {
  using V = lanes<R>;
  const detail::rounded_exponent<R> e(a);
  const V r = multiply_add(e.n, V(-exp_constants<typename V::scalar>::ln2_low), e.rest(a));
  return {e.shifted, reduced_expm1(r)};
}

/// The parts of e^(high + low), |low| small against 1.
template <typename R>
HILLOCK_INLINE exp_parts<R> reduce_exp(const lanes<R>& high, const lanes<R>& low) {
  using V = lanes<R>;
  const detail::rounded_exponent<R> e(high);
  const V r = e.rest(high) + multiply_add(e.n, V(-exp_constants<typename V::scalar>::ln2_low), low);
  return {e.shifted, reduced_expm1(r)};
}

}  // namespace math
}  // namespace HILLOCK_ABI
}  // namespace hillock
