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

/// The least z where the derivative of z logistic(z) of this order is a normal number, by
/// tools/coefficients/gates.sollya.
template <typename T>
constexpr T gate_least(int order) {
  constexpr double of_float[] = {-0x1.6f6d56p+6, -0x1.6f62p+6, -0x1.6f568ap+6};
  constexpr double of_double[] = {-0x1.657bfcf5db0ccp+9, -0x1.657bcf0857817p+9,
                                  -0x1.657ba10a4d61ep+9};
  constexpr double of_wider[] = {-0x1.6323cd8948cd1p+13, -0x1.6323cd5b24f43p+13,
                                 -0x1.6323cd2d00112p+13};
  constexpr int exponent = std::numeric_limits<T>::max_exponent;
  return static_cast<T>((exponent <= 128    ? of_float
                         : exponent <= 1024 ? of_double
                                            : of_wider)[order]);
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
    T z = (std::min)(T(-2), goal), step;
    do {  // each step leaves about the square of the error
      step = (z + std::log(-z) - goal) / (1 + 1 / z);
      z -= step;
    } while (step * step > limits::epsilon() / 4);
    *this = down_to(z * (1 + 4 * limits::epsilon()));
  }
  /// The same for rate 1, for less.
  static constexpr gate_range of_rate_1() { return down_to(detail::gate_least<T>(0)); }

  static constexpr gate_range down_to(T least) {
    constexpr double log2_e = 1.4426950408889634;
    const int over =
        3 - limits::max_exponent - static_cast<int>(static_cast<double>(least) * log2_e);
    return {least, over > 0 ? -over : 0};
  }

 private:
  using limits = std::numeric_limits<T>;
  constexpr gate_range(T least_, int shift_)
      : least(least_), shift(T(shift_)), factor(detail::two_to<T>(shift_)) {}
};

/// The z of a gate ...
template <typename R>
struct gate_variable {
  using V = lanes<R>;
  using T = typename V::scalar;
  static constexpr bool is_exact = true;  // z is as given
  static constexpr T slack = 1;
  V z;

  /// Neither below `least` nor above `most`, and not denormal.
  HILLOCK_INLINE gate_variable bounded(T least, T most) const {
    return {maximum(V(least), minimum(V(most), z + detail::imperceptible<T>))};
  }
  /// |z|, but no more than `most`, and not denormal.
  HILLOCK_INLINE gate_variable size(T most) const {
    return {minimum(V(most), abs(z) + detail::imperceptible<T>)};
  }
  /// sum + factor times what rounding z has lost.
  static HILLOCK_INLINE V plus_lost_product(const V&, const V& sum) { return sum; }
  /// The parts of e^-z.
  HILLOCK_INLINE exp_parts<R> exp_of_minus() const {
    if constexpr (register_ops<R>::fused)
      return reduce_exp(-z);
    else  // makes up for the roundings of products
      return reduce_exp_closely(-z, V(0));
  }
};

/// ... or z = x / t, of which e^-z does not take the rounded quotient. x is not denormal.
template <typename R, bool KnowsEnds>
struct scaled_gate_variable {
  using V = lanes<R>;
  using T = typename V::scalar;
  static constexpr bool is_exact = false;
  // More than z is rounded.
  static constexpr T slack = KnowsEnds ? T(1) : 1 + 4 * std::numeric_limits<T>::epsilon();
  V z, x;
  const exp_divisor<T>& t;

  HILLOCK_INLINE scaled_gate_variable(const V& x_, const exp_divisor<T>& t_)
      : z(x_ * t_.inverse), x(x_), t(t_) {}

  HILLOCK_INLINE scaled_gate_variable bounded(T least, T most) const {
    return {maximum(V(least * t.divisor), minimum(V(most * t.divisor), x)), t};
  }
  HILLOCK_INLINE scaled_gate_variable size(T most) const {
    return {minimum(V(most * t.divisor), abs(x)), t};
  }
  HILLOCK_INLINE V plus_lost_product(const V& factor, const V& sum) const {
    return fma(factor, multiply_add(V(t.inverse_low), x, fma(V(t.inverse), x, -z)), sum);
  }
  HILLOCK_INLINE exp_parts<R> exp_of_minus() const { return reduce_exp(-x, t); }
};

namespace detail {

/// logistic(z) = factor / denominator for a variable Z with range.least <= z <= gate_open, and what
/// gates make of it. The factor keeps e^-z from overflow.
template <typename Z>
struct gate_quotient {
  using V = std::decay_t<decltype(std::declval<const Z&>().z)>;
  using R = typename V::register_type;
  using T = typename V::scalar;
  Z variable;
  V factor;
  exp_parts<R> e;  // factor e^-z
  V denominator;

  HILLOCK_INLINE gate_quotient(const Z& z, const gate_range<T>& range)
      : gate_quotient(z, range, z.z < T(gate_far)) {}

  /// h logistic(z).
  HILLOCK_INLINE V times(const V& h) const {
    constexpr T least = 2 * (std::numeric_limits<T>::min)();  // below, h / 2 is no normal number
    const V normal = select(abs(h) < least, copysign(0, h), h);
    return normal * factor / denominator;
  }

  /// logistic(z) (1 + z logistic(-z)), the slope of z logistic(z).
  HILLOCK_INLINE V slope() const {
    // Either side has all digits of logistic(-z). (Where the factor is not 1, the inverse is
    // nothing beside 1, with the factor or without.)
    const V inverse = 1 / denominator;
    const V closed = select(variable.z < 0, 1 - inverse, e.times(V(1)) * inverse);
    const V sum = fma(variable.z, closed, variable.plus_lost_product(closed, V(1)));
    return factor * sum * inverse;
  }

 private:
  HILLOCK_INLINE gate_quotient(const Z& z, const gate_range<T>& range, const mask<R>& is_far)
      : variable(z),
        factor(select(is_far, V(range.factor), V(1))),
        e(z.exp_of_minus()),
        denominator(0) {
    e.shifted = add_where(is_far, e.shifted, V(range.shift));
    // An exact z leaves room for the errors of the cheaper sum. (Far out, 1 is nothing in it.)
    denominator = Z::is_exact ? e.plus_one() : e.plus(factor);
  }
};

}  // namespace detail

/// Gates at any z, a gate_variable or scaled_gate_variable, NaN too. The compiler drops what is not
/// asked for.
template <typename Z>
class gate_at {
  using V = typename Z::V;
  using T = typename V::scalar;

 public:
  HILLOCK_INLINE gate_at(const Z& z, const gate_range<T>& range)
      : z_(z.z),
        least_(range.least * Z::slack),
        quotient_(z.bounded(least_ * Z::slack, detail::gate_open), range) {}

  /// h logistic(z), h about z / rate.
  HILLOCK_INLINE V times(const V& h) const {
    const V zero = copysign(0, h);
    return select(z_ < least_, zero, normal_or(zero, quotient_.times(h)));
  }

  /// g'(z) of g(z) = z logistic(z), for a range that reaches down to gate_least(1).
  HILLOCK_INLINE V slope() const {
    const V zero(-0.0);
    return select(z_ < detail::gate_least<T>(1) * Z::slack, zero,
                  normal_or(zero, quotient_.slope()));
  }

 private:
  /// Where z is rounded, the result tells what is a normal number: what is one to its last digits.
  static HILLOCK_INLINE V normal_or(const V& zero, const V& y) {
    using limits = std::numeric_limits<T>;
    if constexpr (Z::slack == 1)
      return y;
    else
      return select(abs(y) < (limits::min)() * (1 - 4 * limits::epsilon()), zero, y);
  }

  V z_;
  T least_;
  detail::gate_quotient<Z> quotient_;
};

/// h logistic(z), h about z / rate, for a gate_variable or scaled_gate_variable.
///
/// h / (1 + e^-z), where below z = -60 numerator and denominator are scaled down, since h e^z may
/// be a normal number where e^-z overflows. Error 2 ulp; a zero of h's sign where the value is no
/// normal number.
template <typename R, typename Z>
HILLOCK_INLINE lanes<R> times_logistic(const lanes<R>& h, const Z& z,
                                       const gate_range<typename lanes<R>::scalar>& range) {
  using V = lanes<R>;
  if constexpr (is_native<V>)
    return gate_at(z, range).times(h);
  else
    return select(z.z < range.least, copysign(0, h), h / (1 + V(std::exp(-z.z.bits()))));
}

namespace detail {

/// 2^n of e, but no less than 2^-66: below 2^-64, e^a is nothing beside 1, and products with it
/// might be denormal.
template <typename R>
HILLOCK_INLINE lanes<R> guarded_scale(const exp_parts<R>& e) {
  return maximum(lanes<R>(0x1p-66F), e.scale());
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

/// t = e^-|z|, but no less than about 2^-66, and the derivatives of gates that are made of it.
template <typename R>
struct gate_decay {
  using V = lanes<R>;
  using T = typename V::scalar;
  exp_parts<R> e;
  V scale, t;

  HILLOCK_INLINE explicit gate_decay(const exp_parts<R>& parts)
      : e(parts), scale(guarded_scale(e)), t(fma(scale, e.s, scale)) {}

  /// w / (1 + t)^2, times t where z < 0.
  HILLOCK_INLINE V slope(const V& z, const V& w) const {
    const V product = fma(w, e.s, w);
    const V central = select(z < 0, product * scale, w) / fma(t, t + 2, V(1));
    return select(z < -gate_open, e.shift(product), central);
  }

  /// factor t w / (1 + t)^3, and where that is no normal number a zero of its sign.
  HILLOCK_INLINE V bend(const V& size, const V& w, const gate_curve<T>& by) const {
    const V multiple = by.factor * w;
    const V lost = multiply_add(V(by.low), w, fma(V(by.factor), w, -multiple));
    const V product = multiple + fma(multiple, e.s, lost);
    const V inner = fma(t, t + 3, V(3)), cube = fma(t, inner, V(1));
    const V central = divide(product * scale, cube, fma(t, inner, 1 - cube));
    const V unit = select(abs(central) < by.least, V(0), V(by.unit));
    const V outer = flushed<curve_margin>(e.shift(product, by.exponent + curve_margin));
    return select(size > gate_open, outer, central * unit);
  }
};

}  // namespace detail

/// g'(z) = logistic(z) (1 + z logistic(-z)) of g(z) = z logistic(z), for a gate_variable or
/// scaled_gate_variable.
///
/// Error 4 ulp, near the zero -1.278 as if it were 1/8 there; -0 where the value is no normal
/// number.
template <typename Z>
HILLOCK_INLINE auto gate_derivative(const Z& z) {
  using V = typename Z::V;
  using T = typename V::scalar;
  if constexpr (is_native<V>) {
    return gate_at(z, gate_range<T>::down_to(detail::gate_least<T>(1))).slope();
  } else {
    const T at = z.z.bits(), t = std::exp(-std::abs(at));
    if (t == 0) return at < 0 ? V(T(-0.0)) : V(1);
    return V((at < 0 ? t * (1 + t + at) : 1 + t + at * t) / ((1 + t) * (1 + t)));
  }
}

/// factor g''(z) = factor t (2 (1 + t) - |z| (1 - t)) / (1 + t)^3, t = e^-|z|.
///
/// Error 4 ulp, near the zeros +-2.399 as if it were 1/8 there; a zero of the value's sign where it
/// is no normal number.
template <typename Z>
HILLOCK_INLINE auto gate_second_derivative(const Z& z, const gate_curve<typename Z::T>& by = {}) {
  using V = typename Z::V;
  using T = typename V::scalar;
  if constexpr (is_native<V>) {
    const Z size = z.size(by.last);
    const detail::gate_decay d(size.exp_of_minus());
    return d.bend(size.z, fma(d.t, 2 + size.z, size.plus_lost_product(V(-1), 2 - size.z)), by);
  } else {
    const T size = std::abs(z.z.bits()), t = std::exp(-size);
    if (t == 0) return V(std::copysign(T(0), -by.factor));
    return V(by.unit *
             (by.factor * t * (2 * (1 + t) - size * (1 - t)) / ((1 + t) * (1 + t) * (1 + t))));
  }
}

/// x logistic(rate x), for a rate given to twice the digits of T. KnowsEnds: of this rate, the last
/// values that are normal numbers are known to come out right.
template <typename T, bool KnowsEnds = false>
class gate {
 public:
  /// The rate is 1.
  gate() = default;
  explicit gate(T rate, T rate_low = 0)
      : unit_(rate == 0 ? 0 : unit_of(rate)),
        t_(rate == 0 ? exp_divisor<T>(1)
                     : exp_divisor<T>::inverse_of(rate / unit_, rate_low / unit_)),
        range_(rate == 0 ? T(1) : std::abs(rate)),
        curve_(rate, rate_low),
        last_((std::min)(beyond_all() / std::abs(rate), (limits::max)())),
        imperceptible_(rate == 0 ? 0 : detail::imperceptible<T> / std::abs(rate)) {}

  template <typename V>
  HILLOCK_INLINE V value(const V& x) const {
    return times_logistic(x, variable(x), range_);
  }
  template <typename V>
  HILLOCK_INLINE V prime(const V& x) const {
    return gate_derivative(variable(x));
  }
  template <typename V>
  HILLOCK_INLINE V double_prime(const V& x) const {
    return gate_second_derivative(variable(x), curve_);
  }

 private:
  using limits = std::numeric_limits<T>;

  /// rate x, but where it is so large that nothing changes, less.
  template <typename V>
  HILLOCK_INLINE auto variable(const V& x) const {
    const V bounded = maximum(V(-last_), minimum(V(last_), x + imperceptible_));
    return scaled_gate_variable<typename V::register_type, KnowsEnds>(bounded * unit_, t_);
  }

  /// A power of 2 of the rate's sign, as large as the rate as far as that is a normal number.
  static T unit_of(T rate) {
    const int exponent = (std::max)(std::ilogb(rate), limits::min_exponent - 1);
    return std::copysign(std::ldexp(T(1), exponent), rate);
  }

  static T beyond_all() { return 8 * std::log((limits::max)()); }

  T unit_ = 1;
  exp_divisor<T> t_{1};
  gate_range<T> range_ = gate_range<T>::of_rate_1();
  gate_curve<T> curve_;
  T last_ = beyond_all();
  T imperceptible_ = detail::imperceptible<T>;
};

}  // namespace math
}  // namespace HILLOCK_ABI
}  // namespace hillock
