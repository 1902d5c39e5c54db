// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/elementwise.hpp>
#include <hillock/math/exp.hpp>
#include <hillock/math/expm1.hpp>
#include <hillock/math/log1p.hpp>
#include <hillock/math/logistic.hpp>

namespace hillock {
inline namespace HILLOCK_ABI {

/// softplus(x) = log(1 + e^(beta x)) / beta
///
/// A smooth relu, whose derivative is the sigmoid of beta x.
///
/// Domain      every real x; beta > 0, finite, by default 1. The value lies above max(x, 0).
/// Derivative  1 / (1 + e^(-beta x)); f'' = beta f' (1 - f').
/// Evaluation  max(x, 0) + log1p(t) / beta with t = e^-|beta x|, which cannot overflow; the low
/// part
///             of the product beta x goes into the exponential. Where t > 1/2 its logarithm is ln 2
///             plus that of a number near 1, which rises and falls as smoothly as x: so softplus
///             never falls where x rises.
/// Error       2 ulp, f' and f'' 4 ulp. Values below the smallest normal number are 0.
/// Elsewhere   PyTorch and ggml return x where beta x > 20; JAX, ONNX and hillock do not.
/// Source      Dugas, Bengio, Belisle, Nadeau and Garcia, "Incorporating Second-Order Functional
///             Knowledge for Better Option Pricing", NIPS 2000.
template <typename T>
struct softplus : elementwise<softplus<T>, 1> {
  using elementwise<softplus<T>, 1>::elementwise;

  constexpr real<T> beta() const { return this->template get<0>(); }
  softplus with_beta(real<T> beta) const { return this->template with<0>(beta); }

  template <typename V>
  HILLOCK_INLINE V value(V x) const {
    if constexpr (math::is_native<V>)
      return beta() == 1 ? plain_value(x) : scaled_value(x);
    else
      return maximum(V(0), x) + math::log1p(math::exp(-abs(beta() * x))) / beta();
  }

  template <typename V>
  HILLOCK_INLINE V prime(V x) const {
    if (beta() == 1) return math::logistic(x);
    const scaled<V> u(x, beta());
    return math::logistic(copysign(u.size, x), copysign(V(1), -x) * u.low);
  }

  template <typename V>
  HILLOCK_INLINE V double_prime(V x) const {
    if constexpr (math::is_native<V>) {
      if (beta() == 1) return math::logistic_derivative(x);
      const scaled<V> u(x, beta());
      const V t = math::reduce_exp(-within_range(u.size), u.low).times(V(1));
      return select(u.size > far, scaled_tail(beta(), u.size, u.low),
                    beta() * (t / polynomial(t, 1, 2, 1)));
    } else {
      return beta() * math::logistic_derivative(beta() * x);
    }
  }

  template <typename V>
  HILLOCK_INLINE V prime_from_output(V y) const {
    return -math::expm1(-beta() * y);
  }

  static constexpr std::string_view name = "softplus";
  static constexpr std::array parameters{parameter{"beta", 1, domain::positive}};
  static constexpr ulps value_error{2}, derivative_error{4}, second_derivative_error{4};
  static constexpr auto smooth = smoothness::analytic;
  constexpr limits value_limits() const { return {0, infinity}; }
  constexpr limits derivative_limits() const { return {0, 1}; }
  constexpr limits second_derivative_limits() const { return {0, 0}; }
  constexpr interval range() const { return {0, infinity}; }
  constexpr kink_list kinks() const { return {}; }
  constexpr bool monotone() const { return true; }
  constexpr bool odd() const { return false; }

 private:
  /// Where |beta x| exceeds this, 1 + t is 1, or log1p(t) is t, to the last digit.
  static constexpr int far = 40;

  template <typename V>
  static HILLOCK_INLINE V within_range(const V& size) {
    using S = typename V::scalar;
    return minimum(V(-math::exp_constants<S>::least), size + math::detail::imperceptible<S>);
  }

  /// -|beta x| = -size + low, to twice the digits of V.
  template <typename V>
  struct scaled {
    V size, low;
    HILLOCK_INLINE scaled(const V& x, real<T> beta)
        : size(abs(beta * x)), low(select(size < 1000, fma(V(-beta), abs(x), size), V(0))) {}
  };

  /// scale e^(low - size), for size > far.
  template <typename V>
  static HILLOCK_INLINE V scaled_tail(typename V::scalar scale, const V& size, const V& low) {
    const V e = math::scaled_exp_of_negative(scale, -size);
    return multiply_add(e, low, e);
  }

  /// log(1 + t) = ln2 + (main + lost) for t = 2^n (1 + s) <= 1: ln2 is ln 2 where t >= 1/2, and 0
  /// below, where t is small enough for main alone. The rounding of a small t is taken back only if
  /// it is to be Exact.
  template <bool Exact, typename V>
  class logarithm {
   public:
    HILLOCK_INLINE explicit logarithm(const math::exp_parts<typename V::register_type>& e)
        : logarithm(e.scale(), e.s, e.times(V(1))) {}

    /// x + log(1 + t).
    HILLOCK_INLINE V plus(const V& x) const { return ln2_ + ((x + main_) + lost_); }

   private:
    HILLOCK_INLINE logarithm(const V& scale, const V& s, const V& t)
        : ln2_(select(t < 0.5, V(0), V(math::exp_constants<typename V::scalar>::ln2))),
          main_(0),
          lost_(0) {
      const V half = 0.5 * scale;
      const V f = select(t < 0.5, t, fma(half, s, half - 0.5));  // t, or (t - 1) / 2
      const V t_lost = Exact ? fma(scale, s, scale - t) * (1 - t) : V(0);
      const V rest = math::log1p_rest(f, select(t < 0.5, t_lost, fma(half, s, (half - 0.5) - f)));
      main_ = f + rest;
      // Where n = 0, x + main rises with x as it is, and a second summand would only disturb that;
      // where n < -1 it is too small to count.
      lost_ = select(scale == 0.5, rest - (main_ - f), V(0));
    }

    V ln2_, main_, lost_;
  };

  template <typename V>
  static HILLOCK_INLINE V plain_value(const V& x) {
    const logarithm<false, V> l(math::reduce_exp(-within_range(abs(x))));
    return select(x < math::exp_constants<typename V::scalar>::least, V(0),
                  l.plus(select(x <= 0, V(0), x)));
  }

  /// From 0 to beta x = 1 the sum is formed before the division by beta, to stay monotone.
  template <typename V>
  HILLOCK_INLINE V scaled_value(const V& x) const {
    const scaled<V> u(x, beta());
    const auto sums_first = minimum(1 - u.size, x) > 0;
    const V low = select(sums_first, V(0), u.low);
    const logarithm<true, V> l(math::reduce_exp(-within_range(u.size), low));
    const V quotient = l.plus(select(sums_first, u.size, V(0))) / beta();
    const real<T> inverse = 1 / beta();
    const V tail = scaled_tail(inverse, u.size, low + fma(V(-inverse), V(beta()), V(1)));
    const V positive = select(sums_first, V(0), select(x <= 0, V(0), x));
    return select(copysign(u.size, x) < -far, tail, positive + quotient);
  }
};

}  // namespace HILLOCK_ABI
}  // namespace hillock
