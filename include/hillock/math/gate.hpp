// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/math/exp.hpp>
#include <hillock/math/logistic.hpp>

// The gate x logistic(z) of silu, swish and their like, and what of its derivatives depends on z
// alone.

namespace hillock {
inline namespace HILLOCK_ABI {
namespace math {

namespace detail {

/// Where e^-z is so large that 1 + e^-z is e^-z to the last digit, and still far from overflow.
inline constexpr int gate_far = -60;

/// From here on, 1 + e^-z is 1.
inline constexpr int gate_open = 44;

/// The least z where the derivative of z logistic(z) of this order is a normal number.
template <typename T>
constexpr T gate_least(int order) {
  constexpr double of_float[] = {-0x1.6f6d56p+6, -0x1.6f62p+6, -0x1.6f568ap+6};
  constexpr double of_double[] = {-0x1.657bfcf5db0ccp+9, -0x1.657bcf0857817p+9,
                                  -0x1.657ba10a4d61ep+9};
  return static_cast<T>((sizeof(T) == sizeof(float) ? of_float : of_double)[order]);
}

}  // namespace detail

/// Where h logistic(z), h about z / rate, ceases to be a normal number; and how far e^-z must be
/// scaled down for it not to overflow before.
template <typename T>
struct gate_range {
  T least, shift, factor;  // z; 2^shift is the factor

  explicit gate_range(T rate) {
    // |z| e^z = rate * smallest, by Newton's rule for z + log(-z), which is -1 at most. Of a rate
    // so large that the goal lies higher, no value below z = -2 is a normal number.
    const T goal = (std::min)(T(-1.3), std::log(rate) + std::log((limits::min)()));
    T z = goal < -2 ? goal : T(-2);
    for (int i = 0; i < 6; ++i) z -= (z + std::log(-z) - goal) / (1 + 1 / z);
    *this = down_to(z * (1 + 4 * limits::epsilon()));
  }

  static constexpr gate_range down_to(T least) {
    constexpr double log2_e = 1.4426950408889634;
    const int over =
        3 - limits::max_exponent - static_cast<int>(static_cast<double>(least) * log2_e);
    return {least, over > 0 ? -over : 0};
  }

 private:
  using limits = std::numeric_limits<T>;
  constexpr gate_range(T least_, int shift_)
      : least(least_), shift(T(shift_)), factor(detail::power_of_two<T>(shift_)) {}
};

/// The parts of e^-(high + low).
template <typename R>
HILLOCK_INLINE exp_parts<R> reduce_gate(const lanes<R>& minus_high, const lanes<R>& low) {
  return reduce_exp_closely(minus_high, low);
}
template <typename R>
HILLOCK_INLINE exp_parts<R> reduce_gate(const lanes<R>& minus_high, int) {
  if constexpr (register_ops<R>::fused)
    return reduce_exp(minus_high);
  else  // makes up for the roundings of products
    return reduce_exp_closely(minus_high, lanes<R>(0));
}

namespace detail {

/// logistic(z + low) = factor / denominator for range.least <= z <= gate_open, and what gates make
/// of it. The factor keeps e^-z from overflow.
template <typename R>
struct gate_quotient {
  using V = lanes<R>;
  using T = typename V::scalar;
  V z, factor;
  exp_parts<R> e;  // factor e^-(z + low)
  V denominator;

  template <typename Low>
  HILLOCK_INLINE gate_quotient(const V& z_, const Low& low, const gate_range<T>& range)
      : gate_quotient(z_, low, range, z_ < T(gate_far)) {}

  /// h logistic(z).
  HILLOCK_INLINE V times(const V& h) const {
    constexpr T least = 2 * (std::numeric_limits<T>::min)();  // below, h / 2 is no normal number
    const V normal = select(abs(h) < least, copysign(V(0), h), h);
    return normal * factor / denominator;
  }

  /// logistic(z) (1 + z logistic(-z)), the slope of z logistic(z).
  HILLOCK_INLINE V slope() const {
    // Either side has all digits of logistic(-z). (Where the factor is not 1, the inverse is
    // nothing beside 1, with the factor or without.)
    const V inverse = 1 / denominator;
    const V closed = select(z < 0, 1 - inverse, e.times(V(1)) * inverse);
    return factor * fma(z, closed, V(1)) * inverse;
  }

 private:
  template <typename Low>
  HILLOCK_INLINE gate_quotient(const V& z_, const Low& low, const gate_range<T>& range,
                               const mask<R>& is_far)
      : z(z_),
        factor(select(is_far, V(range.factor), V(1))),
        e(reduce_gate(-z, -low)),
        denominator(0) {
    e.shifted = e.shifted + select(is_far, V(range.shift), V(0));
    denominator = e.plus(factor);
  }
};

}  // namespace detail

/// Gates at z = high + low for any z, NaN too; low a rounding error of high's, or 0 given as an
/// int. The compiler drops what is not asked for.
template <typename R, typename Low>
class gate_at {
  using V = lanes<R>;
  using T = typename V::scalar;

 public:
  HILLOCK_INLINE gate_at(const V& high, const gate_range<T>& range, const Low& low)
      : high_(high), least_(range.least), quotient_(bounded(high, range), low, range) {}

  /// h logistic(z), h about z / rate.
  HILLOCK_INLINE V times(const V& h) const {
    return select(high_ < least_, copysign(V(0), h), quotient_.times(h));
  }

  /// g'(z) of g(z) = z logistic(z), for low = 0 and a range that reaches down to gate_least(1).
  HILLOCK_INLINE V slope() const {
    const mask<R> is_shut = high_ < detail::gate_least<T>(1);
    return select(is_shut, V(-0.0), quotient_.slope());
  }

 private:
  static HILLOCK_INLINE V bounded(const V& high, const gate_range<T>& range) {
    const V risen = minimum(V(detail::gate_open), high + detail::imperceptible<T>);
    return maximum(V(range.least), risen);
  }

  V high_;
  T least_;
  detail::gate_quotient<R> quotient_;
};

/// h logistic(high + low), h about (high + low) / rate; low a rounding error of high's, or 0.
///
/// h / (1 + e^-z), where below z = -60 numerator and denominator are scaled down, since h e^z may
/// be a normal number where e^-z overflows. Error 2 ulp; a zero of h's sign where the value is no
/// normal number.
template <typename R, typename Low = int>
HILLOCK_INLINE lanes<R> times_logistic(const lanes<R>& h, const lanes<R>& high,
                                       const gate_range<typename lanes<R>::scalar>& range,
                                       const Low& low = 0) {
  using V = lanes<R>;
  if constexpr (is_native<V>) {
    return gate_at<R, Low>(high, range, low).times(h);
  } else {
    const V y = h / (1 + V(std::exp(-high.bits() - V(low).bits())));
    return select(high < range.least, copysign(V(0), h), y);
  }
}

namespace detail {

/// 2^n of e, but no less than 2^-66: below 2^-64, e^a is nothing beside 1, and products with it
/// might be denormal.
template <typename R>
HILLOCK_INLINE lanes<R> guarded_scale(const exp_parts<R>& e) {
  return maximum(lanes<R>(0x1p-66F), e.scale());
}

/// low, or -low where x is negative.
template <typename R>
HILLOCK_INLINE lanes<R> with_sign_of(const lanes<R>& low, const lanes<R>& x) {
  return copysign(lanes<R>(1), x) * low;
}
template <typename R>
HILLOCK_INLINE int with_sign_of(int, const lanes<R>&) {
  return 0;
}

/// Far out, 2^curve_margin times a multiple of g'' is computed: enough for none below the smallest
/// normal number to be denormal before it is known to be one, and less than g'' has fallen there.
inline constexpr int curve_margin = 56;

}  // namespace detail

/// A multiple of g'', (factor + low) unit, where unit = 2^exponent and 1 <= |factor| < 2 if that is
/// a normal number; and where it has long been 0.
template <typename T>
struct gate_curve {
  T factor = 1, low = 0, unit = 1;
  T least = (std::numeric_limits<T>::min)();  // normal number, in that unit
  int exponent = 0;
  T last = 41 - std::log((std::numeric_limits<T>::min)());

  gate_curve() = default;
  gate_curve(T multiple, T multiple_low) {
    constexpr int lowest = std::numeric_limits<T>::min_exponent - 1;
    if (multiple != 0) exponent = (std::max)(lowest, std::ilogb(multiple));
    unit = std::ldexp(T(1), exponent);
    factor = multiple / unit;
    low = multiple_low / unit;
    least /= unit;
    last = multiple == 0 ? T(1) : last + std::log(std::abs(multiple));
  }
};

namespace detail {

/// t = e^-(size + low), but no less than about 2^-66, and the derivatives of gates that are made of
/// it.
template <typename R>
struct gate_decay {
  using V = lanes<R>;
  using T = typename V::scalar;
  exp_parts<R> e;
  V scale, t;

  template <typename Low>
  HILLOCK_INLINE gate_decay(const V& size, const Low& low)
      : e(reduce_gate(-size, -low)), scale(guarded_scale(e)), t(fma(scale, e.s, scale)) {}

  /// w / (1 + t)^2, times t where z < 0.
  HILLOCK_INLINE V slope(const V& z, const V& w) const {
    const V product = fma(w, e.s, w);
    const V near = select(z < 0, product * scale, w) / fma(t, t + 2, V(1));
    return select(z < -gate_open, e.shift(product), near);
  }

  /// factor t w / (1 + t)^3, and where that is no normal number a zero of its sign.
  HILLOCK_INLINE V bend(const V& size, const V& w, const gate_curve<T>& by) const {
    const V multiple = by.factor * w;
    const V lost = multiply_add(V(by.low), w, fma(V(by.factor), w, -multiple));
    const V product = multiple + fma(multiple, e.s, lost);
    const V inner = fma(t, t + 3, V(3)), cube = fma(t, inner, V(1));
    const V near = divide(product * scale, cube, fma(t, inner, 1 - cube));
    const V unit = select(abs(near) < by.least, V(0), V(by.unit));
    const V far = flushed<curve_margin>(e.shift(product, by.exponent + curve_margin));
    return select(size > gate_open, far, near * unit);
  }
};

}  // namespace detail

/// g'(z) = logistic(z) (1 + z logistic(-z)) of g(z) = z logistic(z).
///
/// Error 4 ulp, near the zero -1.278 as if it were 1/8 there; -0 where the value is no normal
/// number.
template <typename R>
HILLOCK_INLINE lanes<R> gate_derivative(const lanes<R>& z) {
  using V = lanes<R>;
  using T = typename V::scalar;
  if constexpr (is_native<V>) {
    constexpr auto range = gate_range<T>::down_to(detail::gate_least<T>(1));
    return gate_at<R, int>(z, range, 0).slope();
  } else {
    return gate_derivative(z, V(0));
  }
}

/// g'(z) at z = high + low, where a low part costs one rounding more: with t = e^-|z|,
///
///   (1 + t + z t) / (1 + t)^2 for z > 0, and t (1 + t + z) / (1 + t)^2 for z < 0.
///
/// Error as above.
template <typename R>
HILLOCK_INLINE lanes<R> gate_derivative(const lanes<R>& high, const lanes<R>& low) {
  using V = lanes<R>;
  using T = typename V::scalar;
  if constexpr (is_native<V>) {
    constexpr T least = detail::gate_least<T>(1);
    const V z = maximum(V(least), minimum(V(detail::gate_open), high + detail::imperceptible<T>));
    const detail::gate_decay<R> d(abs(z), detail::with_sign_of(low, z));
    const V w = select(z < 0, (1 + z) + low, fma(z, d.t, V(1))) + d.t;
    return select(high < least, V(-0.0), d.slope(z, w));
  } else {
    const T z = high.bits() + low.bits(), t = std::exp(-std::abs(z));
    if (t == 0) return z < 0 ? V(T(-0.0)) : V(1);
    return z < 0 ? V(t * (1 + t + z) / ((1 + t) * (1 + t)))
                 : V((1 + t + z * t) / ((1 + t) * (1 + t)));
  }
}

/// factor g''(z) = factor t (2 (1 + t) - |z| (1 - t)) / (1 + t)^3, t = e^-|z|.
///
/// Error 4 ulp, near the zeros +-2.399 as if it were 1/8 there; a zero of the value's sign where it
/// is no normal number.
template <typename R, typename Low = int>
HILLOCK_INLINE lanes<R> gate_second_derivative(
    const lanes<R>& high, const Low& low = 0,
    const gate_curve<typename lanes<R>::scalar>& by = {}) {
  using V = lanes<R>;
  using T = typename V::scalar;
  if constexpr (is_native<V>) {
    const V size = minimum(V(by.last), abs(high) + detail::imperceptible<T>);
    const auto rest = detail::with_sign_of(low, high);  // |z| = size + rest
    const detail::gate_decay<R> d(size, rest);
    return d.bend(size, fma(d.t, 2 + size, (2 - size) - rest), by);
  } else {
    const T size = std::abs(high.bits() + V(low).bits()), t = std::exp(-size);
    if (t == 0) return V(std::copysign(T(0), -by.factor));
    return V(by.unit *
             (by.factor * t * (2 * (1 + t) - size * (1 - t)) / ((1 + t) * (1 + t) * (1 + t))));
  }
}

/// x logistic(rate x), for a rate given to twice the digits of T.
template <typename T>
class gate {
 public:
  explicit gate(T rate, T rate_low = 0) : rate_(rate), rate_low_(rate_low) {}

  template <typename V>
  HILLOCK_INLINE V value(const V& x) const {
    const argument<V> z = times_rate(x);
    return times_logistic(x, z.high, range_, z.low);
  }
  template <typename V>
  HILLOCK_INLINE V prime(const V& x) const {
    const argument<V> z = times_rate(x);
    return gate_derivative(z.high, z.low);
  }
  template <typename V>
  HILLOCK_INLINE V double_prime(const V& x) const {
    const argument<V> z = times_rate(x);
    return gate_second_derivative(z.high, z.low, curve_);
  }

 private:
  template <typename V>
  struct argument {
    V high, low;
  };

  /// rate x, but where it is so large that nothing changes, less.
  template <typename V>
  HILLOCK_INLINE argument<V> times_rate(const V& x) const {
    const V bounded = maximum(V(-last_), minimum(V(last_), x + imperceptible_));
    const V product = rate_ * bounded;
    return {product, multiply_add(V(rate_low_), bounded, fma(V(rate_), bounded, -product))};
  }

  using limits = std::numeric_limits<T>;
  static T finite(T x) { return (std::min)(x, (limits::max)()); }

  T rate_, rate_low_, size_ = std::abs(rate_);
  gate_range<T> range_{size_ == 0 ? T(1) : size_};
  gate_curve<T> curve_{rate_, rate_low_};
  T last_ = finite(8 * std::log((limits::max)()) / size_);
  T imperceptible_ = size_ == 0 ? 0 : detail::imperceptible<T> / size_;
};

}  // namespace math
}  // namespace HILLOCK_ABI
}  // namespace hillock
