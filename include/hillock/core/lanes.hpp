// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/registers.hpp>

/// The vocabulary of the kernels. It has its own namespace because activations share its names: in
/// hillock, an unqualified tanh(x) would find the activation hillock::tanh and look no further.
namespace hillock {
inline namespace HILLOCK_ABI {
namespace math {

template <typename R>
class lanes;

/// True or false in every lane.
template <typename R>
class mask {
  using ops = register_ops<R>;

 public:
  HILLOCK_INLINE explicit mask(const typename ops::mask& m) : m_(m) {}
  HILLOCK_INLINE const typename ops::mask& bits() const { return m_; }

  friend HILLOCK_INLINE mask operator&(const mask& a, const mask& b) {
    return mask(ops::both(a.m_, b.m_));
  }
  friend HILLOCK_INLINE mask operator|(const mask& a, const mask& b) {
    return mask(ops::either(a.m_, b.m_));
  }
  friend HILLOCK_INLINE mask operator!(const mask& a) { return mask(ops::no(a.m_)); }

 private:
  typename ops::mask m_;
};

/// The bits of every lane as an unsigned integer. Sums wrap; >> fills with zeros; < alone reads the
/// bits as signed, which is what processors compare.
template <typename R>
class integers {
  using ops = register_ops<R>;

 public:
  using one = typename integer_of<typename ops::scalar>::type;

  template <typename C, std::enable_if_t<std::is_integral_v<C>, int> = 0>
  HILLOCK_INLINE integers(C c) : i_(ops::broadcast_integer(static_cast<one>(c))) {}
  static HILLOCK_INLINE integers from(const typename ops::integers& i) { return {i, wrapped{}}; }
  HILLOCK_INLINE const typename ops::integers& bits() const { return i_; }
  HILLOCK_INLINE lanes<R> as_lanes() const;

  friend HILLOCK_INLINE integers operator+(const integers& a, const integers& b) {
    return from(static_cast<typename ops::integers>(a.i_ + b.i_));
  }
  friend HILLOCK_INLINE integers operator-(const integers& a, const integers& b) {
    return from(static_cast<typename ops::integers>(a.i_ - b.i_));
  }
  friend HILLOCK_INLINE integers operator&(const integers& a, const integers& b) {
    return from(static_cast<typename ops::integers>(a.i_ & b.i_));
  }
  friend HILLOCK_INLINE integers operator|(const integers& a, const integers& b) {
    return from(static_cast<typename ops::integers>(a.i_ | b.i_));
  }
  friend HILLOCK_INLINE integers operator^(const integers& a, const integers& b) {
    return from(static_cast<typename ops::integers>(a.i_ ^ b.i_));
  }
  friend HILLOCK_INLINE integers operator<<(const integers& a, int k) {
    return from(static_cast<typename ops::integers>(a.i_ << k));
  }
  friend HILLOCK_INLINE integers operator>>(const integers& a, int k) {
    return from(static_cast<typename ops::integers>(a.i_ >> k));
  }
  friend HILLOCK_INLINE mask<R> operator<(const integers& a, const integers& b) {
    return mask<R>(ops::integers_less(a.i_, b.i_));
  }

 private:
  struct wrapped {};
  HILLOCK_INLINE integers(const typename ops::integers& i, wrapped) : i_(i) {}
  typename ops::integers i_;
};

/// One register of numbers, or one lone number, that reads like a real x.
///
/// R is a lone scalar, hillock's own vector or an Eigen packet. A kernel written over lanes gives
/// the same bits in each of them: + - * / and sqrt are rounded once, as IEEE 754 says, and nothing
/// is contracted that is not written as fma.
template <typename R>
class lanes {
  using ops = register_ops<R>;

 public:
  using scalar = typename ops::scalar;
  using register_type = R;
  static constexpr int width = ops::width;

  /// The constant c in every lane, so that kernels may write 1 + x and 0.044715 * x.
  template <typename C, std::enable_if_t<std::is_arithmetic_v<C>, int> = 0>
  HILLOCK_INLINE lanes(C c) : r_(ops::broadcast(static_cast<scalar>(c))) {}
  // Under -ffast-math GCC calls what is not declared so, from loops (see HILLOCK_KERNEL).
  HILLOCK_INLINE lanes(const lanes& other) : r_(other.r_) {}
  HILLOCK_INLINE lanes& operator=(const lanes& other) {
    r_ = other.r_;
    return *this;
  }

  static HILLOCK_INLINE lanes from(const R& r) { return lanes(r, wrapped{}); }
  HILLOCK_INLINE const R& bits() const { return r_; }

  friend HILLOCK_INLINE lanes operator-(const lanes& a) { return from(ops::negate(a.r_)); }
  friend HILLOCK_INLINE lanes operator+(const lanes& a, const lanes& b) {
    return from(ops::add(a.r_, b.r_));
  }
  friend HILLOCK_INLINE lanes operator-(const lanes& a, const lanes& b) {
    return from(ops::subtract(a.r_, b.r_));
  }
  friend HILLOCK_INLINE lanes operator*(const lanes& a, const lanes& b) {
    return from(ops::multiply(a.r_, b.r_));
  }
  friend HILLOCK_INLINE lanes operator/(const lanes& a, const lanes& b) {
    return from(ops::divide(a.r_, b.r_));
  }

  friend HILLOCK_INLINE mask<R> operator<(const lanes& a, const lanes& b) {
    return mask<R>(ops::less(a.r_, b.r_));
  }
  friend HILLOCK_INLINE mask<R> operator<=(const lanes& a, const lanes& b) {
    return mask<R>(ops::less_equal(a.r_, b.r_));
  }
  friend HILLOCK_INLINE mask<R> operator>(const lanes& a, const lanes& b) { return b < a; }
  friend HILLOCK_INLINE mask<R> operator>=(const lanes& a, const lanes& b) { return b <= a; }
  friend HILLOCK_INLINE mask<R> operator==(const lanes& a, const lanes& b) {
    return mask<R>(ops::equal(a.r_, b.r_));
  }
  friend HILLOCK_INLINE mask<R> operator!=(const lanes& a, const lanes& b) { return !(a == b); }

  friend HILLOCK_INLINE lanes select(const mask<R>& m, const lanes& a, const lanes& b) {
    return from(ops::select(m.bits(), a.r_, b.r_));
  }

  /// a where a < b, else b: a NaN in either gives b. (Not min, which <windows.h> makes a macro.)
  friend HILLOCK_INLINE lanes minimum(const lanes& a, const lanes& b) {
    return from(ops::minimum(a.r_, b.r_));
  }
  /// a where a > b, else b: a NaN in either gives b.
  friend HILLOCK_INLINE lanes maximum(const lanes& a, const lanes& b) {
    return from(ops::maximum(a.r_, b.r_));
  }

 private:
  struct wrapped {};
  HILLOCK_INLINE lanes(const R& r, wrapped) : r_(r) {}
  R r_;
};

/// Does hillock compute V itself? Other scalars (long double) go through the functions of std.
template <typename V>
inline constexpr bool is_native =
    std::is_same_v<typename V::scalar, float> || std::is_same_v<typename V::scalar, double>;

/// The parts of an IEEE 754 binary number.
template <typename T>
struct format {
  static constexpr int mantissa_bits = std::numeric_limits<T>::digits - 1;
  static constexpr int exponent_bias = std::numeric_limits<T>::max_exponent - 1;
  using integer = typename integer_of<T>::type;
  static constexpr integer sign = integer{1} << (8 * sizeof(T) - 1);
  static constexpr integer mantissa = (integer{1} << mantissa_bits) - 1;
  static constexpr integer exponent = ~(sign | mantissa);
};

template <typename R>
HILLOCK_INLINE integers<R> as_integers(const lanes<R>& x) {
  return integers<R>::from(register_ops<R>::to_integers(x.bits()));
}

template <typename R>
HILLOCK_INLINE lanes<R> integers<R>::as_lanes() const {
  return lanes<R>::from(ops::from_integers(i_));
}

template <typename R>
HILLOCK_INLINE lanes<R> abs(const lanes<R>& x) {
  if constexpr (is_native<lanes<R>>)
    return (as_integers(x) & ~format<typename lanes<R>::scalar>::sign).as_lanes();
  else
    return std::abs(x.bits());
}

template <typename R>
HILLOCK_INLINE lanes<R> copysign(const lanes<R>& magnitude, const lanes<R>& sign) {
  if constexpr (is_native<lanes<R>>) {
    constexpr auto sign_bit = format<typename lanes<R>::scalar>::sign;
    // As one instruction of AVX-512, and with the constant that abs has.
    const integers<R> from = as_integers(sign);
    return (((as_integers(magnitude) ^ from) & ~sign_bit) ^ from).as_lanes();
  } else {
    return std::copysign(magnitude.bits(), sign.bits());
  }
}

/// The same of a constant c >= 0.
template <typename R>
HILLOCK_INLINE lanes<R> copysign(typename lanes<R>::scalar c, const lanes<R>& sign) {
  if constexpr (is_native<lanes<R>>) {
    constexpr auto sign_bit = format<typename lanes<R>::scalar>::sign;
    return (as_integers(lanes<R>(c)) | (as_integers(sign) & sign_bit)).as_lanes();
  } else {
    return std::copysign(c, sign.bits());
  }
}

/// Is the sign bit set, as it is for -0?
template <typename R>
HILLOCK_INLINE mask<R> is_negative(const lanes<R>& x) {
  if constexpr (is_native<lanes<R>>)
    return as_integers(x) < integers<R>(0);
  else
    return mask<R>(std::signbit(x.bits()));
}

/// By its bits, so that -ffast-math cannot assume it away.
template <typename R>
HILLOCK_INLINE mask<R> is_nan(const lanes<R>& x) {
  if constexpr (is_native<lanes<R>>) {
    using bits = format<typename lanes<R>::scalar>;
    return integers<R>(bits::exponent) < (as_integers(x) & ~bits::sign);
  } else {
    return x != x;
  }
}

/// y, but x where x is NaN.
template <typename R>
HILLOCK_INLINE lanes<R> propagate_nan(const lanes<R>& x, const lanes<R>& y) {
  return select(x == x, y, x);
}

/// c, but x where x is NaN, for a constant c != 0: propagate_nan(x, c) without a comparison.
template <typename R>
HILLOCK_INLINE lanes<R> constant_or_nan(const lanes<R>& c, const lanes<R>& x) {
  if constexpr (tells_classes<R>)
    return lanes<R>::from(register_ops<R>::template by_class<0x00000011>(x.bits(), c.bits()));
  else
    return minimum(c, maximum(c, x));
}

/// 1 for x > 0, else c; x where x is NaN.
template <typename R>
HILLOCK_INLINE lanes<R> unit_step(const lanes<R>& x, const lanes<R>& c) {
  if constexpr (tells_classes<R>)
    return lanes<R>::from(register_ops<R>::template by_class<0xA0A0A011>(x.bits(), c.bits()));
  else
    return select(x <= 0, c, constant_or_nan(lanes<R>(1), x));
}

/// A constant c != 0 for x > 0, else 0; x where x is NaN.
template <typename R>
HILLOCK_INLINE lanes<R> step(const lanes<R>& x, const lanes<R>& c) {
  if constexpr (tells_classes<R>)
    return lanes<R>::from(register_ops<R>::template by_class<0x08080811>(x.bits(), c.bits()));
  else
    return select(x <= 0, lanes<R>(0), constant_or_nan(c, x));
}

/// 1 for x > edge, else 0; x where x is NaN. The edge is finite. (Where denormal numbers are
/// flushed, what they are apart counts as equal.)
template <typename R>
HILLOCK_INLINE lanes<R> step_above(const lanes<R>& edge, const lanes<R>& x) {
  if constexpr (tells_classes<R>)
    return step(x - edge, lanes<R>(1));
  else
    return select(x <= edge, lanes<R>(0), constant_or_nan(lanes<R>(1), x));
}

/// A constant c != 0 for lower < x < upper, else 0; x where x is NaN. The edges are finite. (Where
/// denormal numbers are flushed, as step_above.)
template <typename R>
HILLOCK_INLINE lanes<R> step_between(const lanes<R>& lower, const lanes<R>& upper,
                                     const lanes<R>& x, const lanes<R>& c) {
  return step(minimum(upper - x, x - lower), c);
}

/// A zero of x's sign where |x| lies below the smallest normal number: arithmetic on such numbers
/// is a hundred times slower on many processors, and some hosts (audio) flush them anyway.
template <typename R>
HILLOCK_INLINE lanes<R> flush(const lanes<R>& x) {
  if constexpr (is_native<lanes<R>>) {
    using bits = format<typename lanes<R>::scalar>;
    const integers<R> i = as_integers(x);
    return select((i & ~bits::sign) < integers<R>(bits::mantissa + 1), (i & bits::sign).as_lanes(),
                  x);
  } else {
    return x;
  }
}

/// The least number whose square is a normal number.
template <typename T>
inline constexpr T least_root = [] {
  T root = 1;
  for (int k = std::numeric_limits<T>::min_exponent - 1; k < -1; k += 2) root /= 2;
  return root;
}();

/// x, but 0 where its square is no normal number.
template <typename R>
HILLOCK_INLINE lanes<R> squarable(const lanes<R>& x) {
  return select(abs(x) < least_root<typename lanes<R>::scalar>, lanes<R>(0), x);
}

/// c x for a negative denormal x or -0 and c >= 1, and -0 where that is no normal number; for other
/// x anything. No denormal number is computed with.
template <typename R>
HILLOCK_INLINE lanes<R> times_negative_denormal(typename lanes<R>::scalar c, const lanes<R>& x) {
  using T = typename lanes<R>::scalar;
  if constexpr (is_native<lanes<R>>) {
    using bits = format<T>;
    constexpr T scale = T(typename bits::integer{2} << bits::mantissa_bits);
    constexpr T unit = (std::numeric_limits<T>::min)() * scale;
    // The mantissa of a denormal x is that of x scale - unit, too.
    const lanes<R> scaled = (as_integers(x) | as_integers(lanes<R>(unit))).as_lanes() + unit;
    return select(scaled > -unit / c, lanes<R>(-0.0), scaled) * (c / scale);
  } else {
    return c * x;
  }
}

template <typename R>
HILLOCK_INLINE lanes<R> sqrt(const lanes<R>& x) {
  return lanes<R>::from(register_ops<R>::sqrt(x.bits()));
}

/// The lanes in the order i ^ Distance.
template <int Distance, typename R>
HILLOCK_INLINE lanes<R> swapped(const lanes<R>& x) {
  return lanes<R>::from(register_ops<R>::template swapped<Distance>(x.bits()));
}

/// op over all lanes, in a fixed order (pairs, pairs of pairs ...), the result in every lane.
template <typename R, typename Op, int Distance = lanes<R>::width / 2>
HILLOCK_INLINE lanes<R> reduce(const lanes<R>& x, Op op,
                               std::integral_constant<int, Distance> = {}) {
  if constexpr (Distance == 0)
    return x;
  else
    return reduce(op(x, swapped<Distance>(x)), op, std::integral_constant<int, Distance / 2>{});
}

struct sum_of {
  template <typename V>
  HILLOCK_INLINE V operator()(const V& a, const V& b) const {
    return a + b;
  }
};
struct maximum_of {
  template <typename V>
  HILLOCK_INLINE V operator()(const V& a, const V& b) const {
    return maximum(a, b);
  }
};

/// a b + c for a processor without fma, nearly as exact: the error of the product and that of the
/// sum are found by exact transformations (T. J. Dekker 1971, O. Møller 1965) and added last.
template <typename R>
HILLOCK_INLINE lanes<R> emulated_fma(const lanes<R>& a, const lanes<R>& b, const lanes<R>& c) {
  using V = lanes<R>;
  using bits = format<typename V::scalar>;
  using limits = std::numeric_limits<typename V::scalar>;
  constexpr auto high_half = ~((typename bits::integer{1} << (bits::mantissa_bits / 2 + 1)) - 1);
  const V product = a * b, sum = product + c;
  const V a1 = (as_integers(a) & high_half).as_lanes(), a2 = a - a1;
  const V b1 = (as_integers(b) & high_half).as_lanes(), b2 = b - b1;
  const V product_error = ((a1 * b1 - product) + a1 * b2 + a2 * b1) + a2 * b2;
  const V rest = sum - product;
  const V sum_error = (product - (sum - rest)) + (c - rest);
  const V corrected = sum + (product_error + sum_error);
  // Where an infinity or an overflow takes part the corrections are NaN; where the product is small
  // parts of them may be flushed to 0, and they would cost a -0 its sign.
  constexpr auto least = (limits::min)() / limits::epsilon() / limits::epsilon();
  return select(is_nan(corrected) | (abs(product) < least), sum, corrected);
}

/// a b + c, rounded once, or by emulated_fma on processors without that instruction.
template <typename R>
HILLOCK_INLINE lanes<R> fma(const lanes<R>& a, const lanes<R>& b, const lanes<R>& c) {
  if constexpr (register_ops<R>::fused)
    return lanes<R>::from(register_ops<R>::fma(a.bits(), b.bits(), c.bits()));
  else
    return emulated_fma(a, b, c);
}

/// a b + c, rounded once where the processor can, else twice: for polynomials, whose inner terms
/// are small.
template <typename R>
HILLOCK_INLINE lanes<R> multiply_add(const lanes<R>& a, const lanes<R>& b, const lanes<R>& c) {
  if constexpr (register_ops<R>::fused)
    return fma(a, b, c);
  else
    return a * b + c;
}

/// a + b where m holds, else a, which is no -0.
template <typename R>
HILLOCK_INLINE lanes<R> add_where(const mask<R>& m, const lanes<R>& a, const lanes<R>& b) {
  if constexpr (masks_arithmetic<R>)
    return select(m, a + b, a);
  else
    return a + select(m, b, lanes<R>(0));
}

/// a / c, rounded once, for a constant c: cheaper than a division where there is fma, by
/// P. Markstein's correction (IBM J. Res. Dev. 34, 1990). Neither a nor the quotient is denormal.
template <typename R>
HILLOCK_INLINE lanes<R> divide(const lanes<R>& a, typename lanes<R>::scalar c) {
  if constexpr (register_ops<R>::fused) {
    const lanes<R> inverse = 1 / c, quotient = a * inverse;
    return fma(fma(lanes<R>(-c), quotient, a), inverse, quotient);
  } else {
    return a / c;
  }
}

/// a / (b + low), low a rounding error of b's, rounded about once. Neither a 2^-24 (double: 2^-53)
/// nor the quotient is denormal.
template <typename R>
HILLOCK_INLINE lanes<R> divide(const lanes<R>& a, const lanes<R>& b, const lanes<R>& low) {
  const lanes<R> inverse = 1 / b, quotient = a * inverse;
  return fma(inverse, fma(-quotient, low, fma(-quotient, b, a)), quotient);
}

/// c + c₁ x + c₂ x² + ..., by Horner's rule.
template <typename R, typename C>
HILLOCK_INLINE lanes<R> polynomial(const lanes<R>&, C c) {
  return lanes<R>(c);
}
template <typename R, typename C, typename... Cs>
HILLOCK_INLINE lanes<R> polynomial(const lanes<R>& x, C c, Cs... higher) {
  return multiply_add(polynomial(x, higher...), x, lanes<R>(c));
}

}  // namespace math
}  // namespace HILLOCK_ABI
}  // namespace hillock
