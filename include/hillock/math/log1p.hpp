// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/math/reduce.hpp>

namespace hillock {
inline namespace HILLOCK_ABI {
namespace math {

namespace detail {

/// A mantissa of 1 + log1p_split or more counts as the half of itself, with n one higher: so log(1
/// + f) is about as large on either side. From softplus f comes a little further.
inline constexpr double log1p_split = 0.3535;

/// Q of log(1 + f) = f + f^2 Q(f) for -0.3233 < f < 0.3537, by tools/coefficients/log1p.sollya. Its
/// error is at most 2^-26.8 (float), 2^-55.8 (double) of log(1 + f).
template <typename R>
HILLOCK_INLINE lanes<R> log1p_polynomial(const lanes<R>& f) {
  if constexpr (sizeof(typename lanes<R>::scalar) == sizeof(float))
    return polynomial_by_pairs(f, f * f, -0x1p-1F, 0x1.55552ep-2F, -0x1.00005ap-2F, 0x1.99be3cp-3F,
                               -0x1.553754p-3F, 0x1.200116p-3F, -0x1.003ecp-3F, 0x1.1884ep-3F,
                               -0x1.cbf8aap-4F);
  else
    return polynomial_by_pairs(f, f * f, -0x1.fffffffffffffp-2, 0x1.5555555555576p-2,
                               -0x1.00000000004e2p-2, 0x1.9999999990a92p-3, -0x1.55555554afc1bp-3,
                               0x1.2492492a3f333p-3, -0x1.00000047ee541p-3, 0x1.c71c6e8d5baafp-4,
                               -0x1.9999791fea1ccp-4, 0x1.745d939736e93p-4, -0x1.555998353e9c5p-4,
                               0x1.3b09177058875p-4, -0x1.243aaabdf74c9p-4, 0x1.119340d7f975fp-4,
                               -0x1.0459f4bcdee3p-4, 0x1.dbbef3ef46064p-5, -0x1.8508255dcc9a9p-5,
                               0x1.b442b8d85b779p-5, -0x1.52157e602891cp-4, 0x1.fd607be781b0fp-5);
}

}  // namespace detail

/// log(1 + f + low) - f for f as log1p_polynomial takes it and low small against it.
template <typename R>
HILLOCK_INLINE lanes<R> log1p_rest(const lanes<R>& f, const lanes<R>& low) {
  using V = lanes<R>;
  // What is added keeps the product from being denormal.
  const V tiny = detail::imperceptible<typename V::scalar>;
  return fma(f, fma(f, detail::log1p_polynomial(f), tiny), low);
}

/// log(1 + f) for such f: error 0.8 ulp.
template <typename R>
HILLOCK_INLINE lanes<R> reduced_log1p(const lanes<R>& f) {
  return log1p_rest(f, f);
}

/// log(1 + x): -infinity at -1, NaN below.
///
/// 1 + x = 2^n (1 + f) with such an f, which takes back what rounding 1 + x lost; then
/// n ln 2 + log(1 + f). Error 2 ulp.
template <typename R>
HILLOCK_INLINE lanes<R> log1p(const lanes<R>& x) {
  using V = lanes<R>;
  using T = typename V::scalar;
  if constexpr (is_native<V>) {
    using bits = format<T>;
    using integer = typename bits::integer;
    constexpr int digits = bits::mantissa_bits;
    constexpr integer bias = bits::exponent_bias, one = integer{1} << digits;
    constexpr T tiny = detail::power_of_two<T, -2 * digits>;  // log(1 + x) = x up to here

    const mask<R> is_tiny = abs(x) < tiny;
    const V argument = select(is_tiny, V(tiny), x);
    const V sum = 1 + argument;
    const V lost = select(argument < 1, argument - (sum - 1), 1 - (sum - argument));

    // bias + n: the exponent of sum, and one more where its mantissa reaches the split.
    constexpr auto carry = static_cast<integer>((1 - detail::log1p_split) * double(one));
    const integers<R> biased = (as_integers(sum) + carry) >> digits;
    const V n = (biased | as_integers(V(T(one)))).as_lanes() - (T(one) + T(bias));
    const V power = ((integers<R>(2 * bias) - biased) << digits).as_lanes();  // 2^-n
    const V mantissa = (as_integers(sum) - ((biased - bias) << digits)).as_lanes();
    const V f = (mantissa - 1) + select(argument < T(one), lost * power, V(0));
    const V y = fma(n, V(exp_constants<T>::ln2), reduced_log1p(f));

    constexpr T infinite = std::numeric_limits<T>::infinity();
    const V end = select(x == -1, V(-infinite), select(x == infinite, x, V(infinite) - infinite));
    return select(is_tiny, x, select((x > -1) & (x < infinite), y, end));
  } else {
    return V(std::log1p(x.bits()));
  }
}

}  // namespace math
}  // namespace HILLOCK_ABI
}  // namespace hillock
