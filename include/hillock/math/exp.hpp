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

/// h e^a of the parts of 2^margin e^a, and a zero of h's sign where that is no normal number.
template <typename R>
HILLOCK_INLINE lanes<R> flushed_product(const exp_parts<R>& e, const lanes<R>& h) {
  using V = lanes<R>;
  using T = typename V::scalar;
  constexpr int margin = exp_margin<T>;
  const V least = V((std::numeric_limits<T>::min)() * power_of_two<T>(margin));
  const V product = e.times(h);
  return product * select(abs(product) < least, V(0), V(power_of_two<T>(-margin)));
}

/// x > 0 as m 2^k with m near 1: in [0.7, 1.42), unless 2^k would not be finite.
template <typename T>
struct mantissa_and_exponent {
  T m;
  int k;

  HILLOCK_INLINE explicit mantissa_and_exponent(T x) {
    using bits = format<T>;
    const bool denormal = x < (std::numeric_limits<T>::min)();
    const auto i = bit_cast<typename bits::integer>(
        denormal ? x * power_of_two<T>(bits::mantissa_bits + 1) : x);
    k = static_cast<int>(i >> bits::mantissa_bits) - bits::exponent_bias -
        (denormal ? bits::mantissa_bits + 1 : 0);
    m = bit_cast<T>((i & bits::mantissa) | bit_cast<typename bits::integer>(T(1)));
    if (m > T(1.41) && k < bits::exponent_bias) {
      m /= 2;
      ++k;
    }
  }
};

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
/// Error 1.1 ulp (where h is exact). 2^-30 < |h| < 2^30, or h is 0 or NaN.
template <typename R>
HILLOCK_INLINE lanes<R> times_exp(const lanes<R>& h, const lanes<R>& a) {
  using V = lanes<R>;
  if constexpr (is_native<V>) {
    using T = typename V::scalar;
    return detail::flushed_product(
        reduce_exp(maximum(V(detail::vanished_exp<T>), a), T(detail::exp_margin<T>)), h);
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
    return detail::flushed_product(
        reduce_exp(maximum(V(detail::vanished_exp<T>), high), low, T(detail::exp_margin<T>)), h);
  } else {
    return h * V(std::exp(high.bits() + low.bits()));
  }
}

/// scale e^x for x <= 0 and any scale > 0, even where e^x or scale is no normal number; for x > 0,
/// scale. 0 where the result is below the smallest normal number, or slightly so.
///
/// Error 1.6 ulp.
template <typename R>
HILLOCK_INLINE lanes<R> scaled_exp_of_negative(typename lanes<R>::scalar scale, const lanes<R>& x) {
  using V = lanes<R>;
  using T = typename V::scalar;
  if constexpr (is_native<V>) {
    using constants = exp_constants<T>;
    const detail::mantissa_and_exponent<T> by(scale);
    const T k = static_cast<T>(by.k), above_1 = by.m - 1;
    const T log_m = above_1 - above_1 * above_1 * (T(0.5) - above_1 / 3);  // or slightly less
    const T least = constants::least - T(1) / 1024 - (k * constants::ln2 + log_m);
    const T gone = (-T(format<T>::exponent_bias) - k) * constants::ln2;  // 2^(n + k) is 0 there
    const V negative = minimum(V(-detail::imperceptible<T>), x);
    const exp_parts<R> e = reduce_exp(select(negative < least, V(gone), negative), k);
    return multiply_add(V(by.m), e.s, V(by.m)) * e.scale();
  } else {
    return scale * V(std::exp(x.bits()));
  }
}

}  // namespace math
}  // namespace HILLOCK_ABI
}  // namespace hillock
