// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/math/reduce.hpp>

namespace hillock {
inline namespace HILLOCK_ABI {
namespace math {

namespace detail {

/// times_exp works with 2^margin e^a, which is still normal where e^a is not.
template <typename T>
inline constexpr int exp_margin = sizeof(T) == sizeof(float) ? 64 : 512;

/// Where 2^-margin h e^a has long been 0.
template <typename T>
inline constexpr T vanished_exp = sizeof(T) == sizeof(float) ? T(-110) : T(-760);

/// 2^-Margin x, and a zero of x's sign where that is no normal number.
template <int Margin, typename R>
HILLOCK_INLINE lanes<R> flushed(const lanes<R>& x) {
  using V = lanes<R>;
  using T = typename V::scalar;
  const V least = V((std::numeric_limits<T>::min)() * power_of_two<T, Margin>);
  return x * select(abs(x) < least, V(0), V(power_of_two<T, -Margin>));
}

}  // namespace detail

/// e^x.
///
/// Error 1.1 ulp. 0 where e^x is below the smallest normal number, infinity where it overflows.
template <typename R>
HILLOCK_INLINE lanes<R> exp(const lanes<R>& x) {
  using V = lanes<R>;
  if constexpr (is_native<V>) {
    using T = typename V::scalar;
    using constants = exp_constants<T>;
    // Where n = bias + 1 an exponent field holds 2^n (1 + s) but not 2^n; so 1 + s is shifted. What
    // lies outside of the range, and NaN, shifts to nonsense and is replaced.
    const exp_parts<R> e = reduce_exp(x + detail::imperceptible<T>);
    const V inside = select(x < constants::least, V(0), e.shift(1 + e.s));
    return select(x <= constants::greatest, inside, x + std::numeric_limits<T>::infinity());
  } else {
    return V(std::exp(x.bits()));
  }
}

/// h e^a for a <= 20, rounded about once, with a zero of h's sign where the result is below the
/// smallest normal number. Even where e^a alone underflows, h e^a is right.
///
/// Error 1.2 ulp (where h is exact). 2^-30 < |h| < 2^30, or h is 0 or NaN.
template <typename R>
HILLOCK_INLINE lanes<R> times_exp(const lanes<R>& h, const lanes<R>& a) {
  using V = lanes<R>;
  if constexpr (is_native<V>) {
    using T = typename V::scalar;
    return detail::flushed<detail::exp_margin<T>>(
        reduce_exp(maximum(V(detail::vanished_exp<T>), a), T(detail::exp_margin<T>)).times(h));
  } else {
    return h * V(std::exp(a.bits()));
  }
}

/// h e^(high + low), where low is finite and a rounding error of high's; as times_exp(h, a).
template <typename R>
HILLOCK_INLINE lanes<R> times_exp(const lanes<R>& h, const lanes<R>& high, const lanes<R>& low) {
  using V = lanes<R>;
  if constexpr (is_native<V>) {
    using T = typename V::scalar;
    return detail::flushed<detail::exp_margin<T>>(
        reduce_exp(maximum(V(detail::vanished_exp<T>), high), low, T(detail::exp_margin<T>))
            .times(h));
  } else {
    const V e = std::exp(high.bits());
    return h * fma(e, low, e);
  }
}

/// e^x for x <= 0; for x > 0, 1. 0 where e^x is below the smallest normal number, or slightly so.
///
/// Error 1.1 ulp.
template <typename R>
HILLOCK_INLINE lanes<R> exp_of_negative(const lanes<R>& x) {
  using V = lanes<R>;
  using T = typename V::scalar;
  if constexpr (is_native<V>) {
    constexpr T gone = (1 - std::numeric_limits<T>::max_exponent) / exp_constants<T>::log2_e;
    const V negative = minimum(V(-detail::imperceptible<T>), x);
    const exp_parts<R> e =
        reduce_exp(select(negative < exp_constants<T>::least, V(gone), negative));
    return (1 + e.s) * e.scale();
  } else {
    return V(std::exp(minimum(V(0), x).bits()));
  }
}

/// A number > 0 as m 2^k with m in [0.7, 1.42), unless 2^k would not be finite; and what follows
/// from it for products with e^x.
template <typename T>
struct exp_factor {
  T value, m, k;
  T least;  // where value e^x is the smallest normal number, or next to it
  T gone;   // where scale() is 0

  explicit exp_factor(T value_) : value(value_) {
    int exponent;
    m = 2 * std::frexp(value, &exponent);
    k = static_cast<T>(exponent - 1);
    if (m > T(1.41) && exponent < std::numeric_limits<T>::max_exponent) {
      m /= 2;
      k += 1;
    }
    using limits = std::numeric_limits<T>;
    const T logarithm = std::fma(limits::min_exponent - 1 - k, std::log(T(2)), -std::log(m));
    least = logarithm * (1 + 2 * limits::epsilon());  // nothing normal is lost
    gone = (1 - limits::max_exponent - k) * std::log(T(2));
  }
};

/// factor e^x for x <= 0, even where e^x or the factor is no normal number; for x > 0, the factor.
/// 0 where the result is below the smallest normal number, or slightly so.
///
/// Error 1.6 ulp.
template <typename R>
HILLOCK_INLINE lanes<R> scaled_exp_of_negative(const exp_factor<typename lanes<R>::scalar>& factor,
                                               const lanes<R>& x) {
  using V = lanes<R>;
  using T = typename V::scalar;
  if constexpr (is_native<V>) {
    const V negative = minimum(V(-detail::imperceptible<T>), x);
    const exp_parts<R> e =
        reduce_exp(select(negative < factor.least, V(factor.gone), negative), factor.k);
    return multiply_add(V(factor.m), e.s, V(factor.m)) * e.scale();
  } else {
    return factor.value * V(std::exp(x.bits()));
  }
}

}  // namespace math
}  // namespace HILLOCK_ABI
}  // namespace hillock
