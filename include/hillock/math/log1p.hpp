// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/math/reduce.hpp>

namespace hillock {
inline namespace HILLOCK_ABI {
namespace math {

namespace detail {

/// Q of log(1 + f) = f + f^2 Q(f) for -1/4 <= f <= 1/2, by tools/coefficients/log1p.sollya. Its
/// error is at most 2^-26.4 (float), 2^-55.3 (double) of log(1 + f).
template <typename R>
HILLOCK_INLINE lanes<R> log1p_polynomial(const lanes<R>& f) {
  if constexpr (sizeof(typename lanes<R>::scalar) == sizeof(float))
    return polynomial_by_pairs(f, f * f, -0x1p-1F, 0x1.55557ep-2F, -0x1.00006cp-2F, 0x1.9978a2p-3F,
                               -0x1.54ee82p-3F, 0x1.27a03p-3F, -0x1.0cd8bp-3F, 0x1.b4b376p-4F,
                               -0x1.8749a6p-5F);
  else
    return polynomial_by_pairs(f, f * f, -0x1.fffffffffffffp-2, 0x1.5555555555568p-2,
                               -0x1.0000000000554p-2, 0x1.9999999995ba4p-3, -0x1.55555554a593fp-3,
                               0x1.24924925ccb32p-3, -0x1.0000004795b48p-3, 0x1.c71c721488f21p-4,
                               -0x1.99997d264de7dp-4, 0x1.745cd70f1bb5cp-4, -0x1.5558313a0f86bp-4,
                               0x1.3b1ef96feebb5p-4, -0x1.247387f48f979p-4, 0x1.1031aab1aef22p-4,
                               -0x1.ff50d2ff7523p-5, 0x1.f0482819baed7p-5, -0x1.e919faef6507dp-5,
                               0x1.a6b80f44ce89cp-5, -0x1.f6aa8fd15fbd3p-6, 0x1.1c7764bd0fdb5p-7);
}

}  // namespace detail

/// log(1 + f + low) - f for -1/4 <= f <= 1/2 and low small against it.
template <typename R>
HILLOCK_INLINE lanes<R> log1p_rest(const lanes<R>& f, const lanes<R>& low) {
  using V = lanes<R>;
  // What is added keeps the product from being denormal.
  const V tiny = detail::imperceptible<typename V::scalar>;
  return fma(f, fma(f, detail::log1p_polynomial(f), tiny), low);
}

/// log(1 + f) for -1/4 <= f <= 1/2: error 0.8 ulp.
template <typename R>
HILLOCK_INLINE lanes<R> reduced_log1p(const lanes<R>& f) {
  return log1p_rest(f, f);
}

/// log(1 + x): -infinity at -1, NaN below.
///
/// 1 + x = 2^n (1 + f) with -1/4 <= f < 1/2, where f takes back what rounding 1 + x lost; then
/// n ln 2 + log(1 + f). Error 1.2 ulp.
template <typename R>
HILLOCK_INLINE lanes<R> log1p(const lanes<R>& x) {
  using V = lanes<R>;
  using T = typename V::scalar;
  if constexpr (is_native<V>) {
    using bits = format<T>;
    using integer = typename bits::integer;
    constexpr int digits = bits::mantissa_bits;
    constexpr integer bias = bits::exponent_bias, one = integer{1} << digits;
    constexpr T tiny = detail::power_of_two<T>(-2 * digits);  // log(1 + x) = x up to here

    const mask<R> is_tiny = abs(x) < tiny;
    const V argument = select(is_tiny, V(tiny), x);
    const V sum = 1 + argument;
    const V lost = select(argument < 1, argument - (sum - 1), 1 - (sum - argument));

    // bias + n, from the exponent of sum / (3/4).
    const integers<R> biased = (as_integers(sum) + one / 2) >> digits;
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
