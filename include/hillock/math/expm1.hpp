// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/math/reduce.hpp>

namespace hillock {
inline namespace HILLOCK_ABI {
namespace math {

namespace detail {

/// Where 1 - e^a has become 1.
template <typename T>
inline constexpr T saturated_exp = sizeof(T) == sizeof(float) ? T(-18) : T(-38);

/// The k of the parts that scaled_minus_1 takes. Without bias, low bits of `shifted` are those of n
/// alone, and of NaN 0: so m 2^n is m there, and not denormal, which would cost a hundred cycles.
template <typename T>
inline constexpr T minus_bias = -format<T>::exponent_bias;

/// h (e^a - 1) for n >= -60; -0 where r is. Unless h = 1 it is h 2^n (r + share r) - h (1 - 2^n),
/// where share r is summed with what the leading product and difference have rounded away.
template <typename R>
HILLOCK_INLINE lanes<R> scaled_minus_1(const expm1_parts<R>& e, typename lanes<R>::scalar h) {
  using V = lanes<R>;
  using T = typename V::scalar;
  if (h == 1) {
    const V scale = e.shift(V(1), format<T>::exponent_bias);
    return multiply_add(scale, e.s, -(1 - scale));
  }
  constexpr T least_unit = power_of_two<T, sizeof(T) == sizeof(float) ? -64 : -128>;
  const T unit = h < least_unit ? least_unit : T(1), m = h / unit;  // so that m 2^n is normal
  const V slope = e.shift(V(m), format<T>::exponent_bias);
  const V rest = opaque(m - slope), rest_low = (m - rest) - slope;
  const V product = slope * e.r, excess = fma(-slope, e.r, product);
  return ((product + multiply_add(product, e.share, -(excess + rest_low))) - rest) * unit;
}

}  // namespace detail

/// h (e^x - 1) for x <= 0 and h > 0, which lies in [-h, 0]; -0 at -0, -h at -infinity.
///
/// Error 1.4 ulp; monotone. A denormal x costs a hundred cycles. For x > 0 the result is anything;
/// a NaN stays one.
template <typename R>
HILLOCK_INLINE lanes<R> scaled_expm1_of_negative(typename lanes<R>::scalar h, const lanes<R>& x) {
  using V = lanes<R>;
  using T = typename V::scalar;
  if constexpr (is_native<V>)
    return detail::scaled_minus_1(
        reduce_short_expm1(maximum(V(detail::saturated_exp<T>), x), detail::minus_bias<T>), h);
  else
    return h * V(std::expm1(x.bits()));
}

/// h (e^(high + low) - 1) for high <= 0, where low is finite and a rounding error of high's; as
/// above.
template <typename R>
HILLOCK_INLINE lanes<R> scaled_expm1_of_negative(typename lanes<R>::scalar h, const lanes<R>& high,
                                                 const lanes<R>& low) {
  using V = lanes<R>;
  using T = typename V::scalar;
  if constexpr (is_native<V>)
    return detail::scaled_minus_1(
        reduce_short_expm1(maximum(V(detail::saturated_exp<T>), high), low, detail::minus_bias<T>),
        h);
  else
    return h * V(std::expm1(high.bits() + low.bits()));
}

/// expm1(x) = e^x - 1.
///
/// Error 2.3 ulp, for x < 0.34 1.2 ulp; denormal x becomes a zero of its sign. expm1(-infinity) =
/// -1; infinity where e^x overflows.
template <typename R>
HILLOCK_INLINE lanes<R> expm1(const lanes<R>& x) {
  using V = lanes<R>;
  if constexpr (is_native<V>) {
    using T = typename V::scalar;
    // Halved, so that 2^n does not overflow before e^x does.
    const V clamped = minimum(V(exp_constants<T>::greatest + T(0.25)),
                              maximum(V(detail::saturated_exp<T>), flush(x)));
    const expm1_parts<R> e = reduce_expm1(clamped, T(-1));
    const V half = e.scale();
    return copysign(2 * multiply_add(half, e.s, half - T(0.5)), x);
  } else {
    return V(std::expm1(x.bits()));
  }
}

}  // namespace math
}  // namespace HILLOCK_ABI
}  // namespace hillock
