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

/// 1 - e^a = (1 - 2^n) - 2^n s: one rounding, as 1 - 2^n is exact.
template <typename R>
HILLOCK_INLINE lanes<R> one_minus(const exp_parts<R>& e) {
  const lanes<R> scale = e.scale();
  return multiply_add(-scale, e.s, 1 - scale);
}

}  // namespace detail

/// 1 - e^x for x <= 0, which lies in [0, 1]; 0 at -0, 1 at -infinity.
///
/// Error 1 ulp; monotone. x must be no denormal number, or costs a hundred cycles. For x > 0 the
/// result is anything; a NaN stays one.
template <typename R>
HILLOCK_INLINE lanes<R> one_minus_exp(const lanes<R>& x) {
  using V = lanes<R>;
  if constexpr (is_native<V>)
    return detail::one_minus(
        reduce_short_expm1(maximum(V(detail::saturated_exp<typename V::scalar>), x)));
  else
    return -V(std::expm1(x.bits()));
}

/// 1 - e^(high + low) for high <= 0, where low is finite and a rounding error of high's; as
/// one_minus_exp(x).
template <typename R>
HILLOCK_INLINE lanes<R> one_minus_exp(const lanes<R>& high, const lanes<R>& low) {
  using V = lanes<R>;
  if constexpr (is_native<V>)
    return detail::one_minus(
        reduce_short_expm1(maximum(V(detail::saturated_exp<typename V::scalar>), high), low));
  else
    return -V(std::expm1(high.bits() + low.bits()));
}

/// expm1(x) = e^x - 1.
///
/// Error 1.1 ulp; denormal x becomes a zero of its sign. expm1(-infinity) = -1; infinity where e^x
/// overflows.
template <typename R>
HILLOCK_INLINE lanes<R> expm1(const lanes<R>& x) {
  using V = lanes<R>;
  if constexpr (is_native<V>) {
    using T = typename V::scalar;
    // Halved, so that 2^n does not overflow before e^x does.
    const V clamped = minimum(V(exp_constants<T>::greatest + T(0.25)),
                              maximum(V(detail::saturated_exp<T>), flush(x)));
    const exp_parts<R> e = reduce_expm1(clamped, T(-1));
    const V half = e.scale();
    return copysign(2 * multiply_add(half, e.s, half - T(0.5)), x);
  } else {
    return V(std::expm1(x.bits()));
  }
}

}  // namespace math
}  // namespace HILLOCK_ABI
}  // namespace hillock
