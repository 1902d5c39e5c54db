// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/math/reduce.hpp>

namespace hillock {
inline namespace HILLOCK_ABI {
namespace math {

namespace detail {

/// The argument of e^-x for 1 / (1 + e^-x): -x, but where 1 has been reached the least x that
/// reaches it, and where the result is no normal number such an x that e^-x is infinity.
template <typename R>
HILLOCK_INLINE lanes<R> logistic_argument(
    const lanes<R>& x,
    typename lanes<R>::scalar least = exp_constants<typename lanes<R>::scalar>::least) {
  using V = lanes<R>;
  using T = typename V::scalar;
  constexpr T last = sizeof(T) == sizeof(float) ? T(18) : T(38);
  const V risen = minimum(V(last), x + imperceptible<T>);
  return -select(x < least, V(-exp_constants<T>::greatest - T(0.1)), risen);
}

/// size = |x|, but where 2^K e^-size is no normal number such a size that it is 0. K <= 3.
template <int K, typename R>
HILLOCK_INLINE lanes<R> faded(const lanes<R>& size) {
  using V = lanes<R>;
  using T = typename V::scalar;
  constexpr T gone = T(format<T>::exponent_bias + K) * exp_constants<T>::ln2;  // exponent field 0
  return select(size > exp_constants<T>::fading[K], V(gone), size);
}

}  // namespace detail

/// logistic(x) = 1 / (1 + e^-x).
///
/// As written. Error 2 ulp, most of it near 0 from below; monotone, in [0, 1]; 0 where the
/// value is below the smallest normal number.
template <typename R>
HILLOCK_INLINE lanes<R> logistic(const lanes<R>& x) {
  if constexpr (is_native<lanes<R>>)
    return 1 / reduce_exp(detail::logistic_argument(x)).plus_one();
  else
    return 1 / (1 + lanes<R>(std::exp(-x.bits())));
}

/// logistic(x), and its derivative from the same quotient: y (1 - y) for y = logistic(-|x|).
///
/// The value has the bits of logistic(x). Error of the slope 4 ulp; 0 where it is below the
/// smallest normal number. Alone, logistic_derivative is faster.
template <typename R>
class logistic_and_slope {
  using V = lanes<R>;

 public:
  HILLOCK_INLINE explicit logistic_and_slope(const lanes<R>& x)
      : x_(x), e_(reduce_exp(argument(x))), y_(1 / e_.plus_one()) {}

  HILLOCK_INLINE V value() const { return y_; }
  HILLOCK_INLINE V slope() const {
    const V y = select(x_ < 0, y_, e_.times(V(1)) * y_);
    return multiply_add(-y, y, y);
  }

 private:
  /// The argument of e^-x: -x, but as in logistic_argument where the value is no normal number,
  /// and where the slope is none such an x that e^-x is 0.
  static HILLOCK_INLINE V argument(const V& x) {
    using T = typename V::scalar;
    using constants = exp_constants<T>;
    return -select(x < constants::least, V(-constants::greatest - T(0.1)),
                   detail::faded<0>(x + detail::imperceptible<T>));
  }

  V x_;
  exp_parts<R> e_;
  V y_;
};

/// logistic(high + low), where low is finite and a rounding error of high's.
template <typename R>
HILLOCK_INLINE lanes<R> logistic(const lanes<R>& high, const lanes<R>& low) {
  using T = typename lanes<R>::scalar;
  if constexpr (is_native<lanes<R>>) {
    // The number below least may be least again with its low part.
    constexpr T least = exp_constants<T>::least * (1 + std::numeric_limits<T>::epsilon());
    return 1 / reduce_exp(detail::logistic_argument(high, least), -low).plus_one();
  } else {
    return 1 / (1 + lanes<R>(std::exp(-high.bits() - low.bits())));
  }
}

/// 2^K logistic'(x) = 2^K t / (1 + t)^2, t = e^-|x|.
///
/// Never y (1 - y), which is 0 from x = 17 on (float), where the value is 2^-25. Error 3 ulp; 0
/// where the value is below the smallest normal number.
template <int K = 0, typename R>
HILLOCK_INLINE lanes<R> logistic_derivative(const lanes<R>& x) {
  using V = lanes<R>;
  using T = typename V::scalar;
  if constexpr (is_native<V>) {
    constexpr T unit = detail::power_of_two<T, -K>;
    const exp_parts<R> e = reduce_exp(-detail::faded<K>(abs(x) + detail::imperceptible<T>), T(K));
    const V t = e.times(V(1));  // 2^K e^-|x|
    return t / multiply_add(t, multiply_add(t, V(unit * unit), V(2 * unit)), V(1));
  } else {
    const V t = V(std::exp(-std::abs(x.bits())));
    return detail::power_of_two<T, K> * t / ((1 + t) * (1 + t));
  }
}

/// 2^K logistic''(x) = -2^K sign(x) t (1 - t) / (1 + t)^3, t = e^-|x|.
///
/// Error 4 ulp; a zero of the value's sign where that is below the smallest normal number.
template <int K = 0, typename R>
HILLOCK_INLINE lanes<R> logistic_second_derivative(const lanes<R>& x) {
  using V = lanes<R>;
  using T = typename V::scalar;
  constexpr T unit = detail::power_of_two<T, K>;
  if constexpr (is_native<V>) {
    // Near 0 the value is 2^(K - 3) x.
    constexpr int enlarged = K < 3 ? 3 - K : 0;
    constexpr T least = (std::numeric_limits<T>::min)() * detail::power_of_two<T, enlarged>;
    const V size = abs(x);
    const expm1_parts<R> e =
        reduce_expm1(-detail::faded<K>(select(size < least, V(0), size)), T(K));
    const V t = e.times(V(1));                                       // 2^K e^-|x|
    const V rest = multiply_add(-e.scale(), e.s, unit - e.scale());  // 2^K (1 - e^-|x|)
    const V cube = fma(t, polynomial(t, 3, 3 / unit, 1 / (unit * unit)), V(unit));
    return copysign(t * rest / cube, -x);
  } else {
    const T t = std::exp(-std::abs(x.bits()));
    return V(unit * std::copysign(t, -x.bits()) * -std::expm1(-std::abs(x.bits())) /
             ((1 + t) * (1 + t) * (1 + t)));
  }
}

}  // namespace math
}  // namespace HILLOCK_ABI
}  // namespace hillock
