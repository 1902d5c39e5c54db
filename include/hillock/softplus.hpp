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
/// Evaluation  max(x, 0) + log1p(t) / beta with t = e^-|beta x|, which cannot overflow and takes
///             the low part of beta x. Where t > 1/2 its logarithm is ln 2 plus that of a number
///             near 1, which rises and falls as smoothly as x: so softplus never falls where x
///             rises.
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
      return is_plain_ ? plain_value(x) : scaled_value(x);
    else
      return maximum(V(0), x) + math::log1p(math::exp(-abs(beta() * x))) / beta();
  }

  template <typename V>
  HILLOCK_INLINE V prime(V x) const {
    if (is_plain_) return math::logistic(x);
    const scaled<V> u = times_beta(x);
    return math::logistic(copysign(u.size, x), copysign(V(1), -x) * u.low);
  }

  template <typename V>
  HILLOCK_INLINE V double_prime(V x) const {
    if constexpr (math::is_native<V>) {
      if (is_plain_) return math::logistic_derivative(x);
      const scaled<V> u = times_beta(x);
      const auto e = math::reduce_exp(-u.size, u.low);
      const V t = e.times(V(1));
      const V y = select(u.size > far, e.shift(multiply_add(V(beta()), e.s, V(beta()))),
                         beta() * (t / polynomial(t, 1, 2, 1)));
      return select(abs(x) >= curve_vanishes_, V(0), y);
    } else {
      return beta() * math::logistic_derivative(beta() * x);
    }
  }

  template <typename V>
  HILLOCK_INLINE V prime_from_output(V y) const {
    return -math::scaled_expm1_of_negative(1, -beta() * y);
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
  using limits_of = std::numeric_limits<real<T>>;

  /// Where |beta x| exceeds this, 1 + t is 1, or log1p(t) is t, to the last digit.
  static constexpr int far = 40;

  template <typename V>
  static HILLOCK_INLINE V within_range(const V& size) {
    using S = typename V::scalar;
    return minimum(V(-math::exp_constants<S>::least), size + math::detail::imperceptible<S>);
  }

  /// |beta x| = size - low, to twice the digits of V; or, beyond what matters, less.
  template <typename V>
  struct scaled {
    V size, low;
  };
  template <typename V>
  HILLOCK_INLINE scaled<V> times_beta(const V& x) const {
    const V size = minimum(V(last_), abs(x) + imperceptible_), product = beta() * size;
    return {product, fma(V(-beta()), size, product)};
  }

  /// log(1 + t) = ln2 + (main + lost) for t = 2^n (1 + s) <= 1, but that t is no less than 2^-60,
  /// lest products be denormal: ln2 is ln 2 where t >= 1/2, and 0 below, where t is small enough
  /// for main alone. The rounding of a small t is taken back only if it is to be Exact.
  template <bool Exact, typename V>
  struct logarithm {
    V scale, ln2, main, lost;

    HILLOCK_INLINE explicit logarithm(const math::exp_parts<typename V::register_type>& e)
        : logarithm(maximum(V(0x1p-60F), e.scale()), e.s) {}

   private:
    HILLOCK_INLINE logarithm(const V& scale_, const V& s)
        : scale(scale_), ln2(0), main(0), lost(0) {
      const V t = multiply_add(scale, s, scale), half = 0.5 * scale;
      const V f = select(t < 0.5, t, fma(half, s, half - 0.5));  // t, or (t - 1) / 2
      const V t_lost = Exact ? fma(scale, s, scale - t) * (1 - t) : V(0);
      const V rest = math::log1p_rest(f, select(t < 0.5, t_lost, fma(half, s, (half - 0.5) - f)));
      ln2 = select(t < 0.5, V(0), V(math::exp_constants<typename V::scalar>::ln2));
      main = f + rest;
      lost = rest - (main - f);
    }
  };

  /// Where n = 0, x + main rises with x as it is, and a second summand would only disturb that;
  /// where n < -1 it is too small to count.
  template <typename V>
  static HILLOCK_INLINE V plain_value(const V& x) {
    const auto e = math::reduce_exp(-within_range(abs(x)));
    const logarithm<false, V> l(e);
    const V near = l.ln2 + ((maximum(V(0), x) + l.main) + select(l.scale == 0.5, l.lost, V(0)));
    return select(x < math::exp_constants<typename V::scalar>::least, V(0),
                  select(x < -far, e.shift(1 + e.s), near));
  }

  /// Near 0 the sum is formed before the division by beta, and of the rounded product, to stay
  /// monotone; and what it loses is taken back only where it is less than a step of x.
  template <typename V>
  HILLOCK_INLINE V scaled_value(const V& x) const {
    using S = typename V::scalar;
    const scaled<V> u = times_beta(minimum(V(nearest_linear_), x));
    const V positive = maximum(V(0), x);
    const auto is_far = u.size > S(0.8);
    const auto e = math::reduce_exp(-u.size, select(is_far, u.low, V(0)));
    const logarithm<true, V> l(e);
    const V product = select(is_far, V(0), beta() * positive);
    const V disturbance = select(l.scale == 0.5, l.lost, V(0));
    const V inner = (product + l.main) + select(product > 0, disturbance, V(-0.0));
    const V dividend = l.ln2 + inner, quotient = dividend / beta();
    const V all_lost = (inner - (dividend - l.ln2)) + l.lost;
    const V lost = select(product > 0, V(0), select(u.size > S(0.1), all_lost, V(-0.0)));
    const V remainder = fma(V(-beta()), quotient, dividend) + lost;
    const V near = select(is_far, positive, V(-0.0)) + fma(remainder, V(inverse_), quotient);
    const V tail = e.shift(multiply_add(V(inverse_), e.s + inverse_rest_, V(inverse_)));
    return select(x <= -value_vanishes_, V(0), select(x < -nearest_linear_, tail, near));
  }

  /// The least |x| where scale e^-|beta x| is no normal number.
  real<T> vanishing(long double scale) const {
    const long double least = (limits_of::min)(), rate = beta();
    const auto is_normal = [&](real<T> x) { return scale * std::exp(-rate * x) >= least; };
    const long double about = std::log(scale / least) / rate;
    if (about <= 0) return 0;
    if (about >= (limits_of::max)()) return (limits_of::max)();
    auto x = static_cast<real<T>>(about);
    for (; !is_normal(x); x = std::nextafter(x, real<T>(0))) {
    }
    for (; is_normal(x); x = std::nextafter(x, limits_of::infinity())) {
    }
    return x;
  }

  bool is_plain_ = beta() == 1;
  real<T> inverse_ = beta() < 1 / (limits_of::max)() ? 0 : 1 / beta();
  real<T> inverse_rest_ = std::fma(-inverse_, beta(), real<T>(1));
  real<T> value_vanishes_ = vanishing(1 / static_cast<long double>(beta()));
  real<T> curve_vanishes_ = vanishing(beta());
  // From here on, e^-|beta x| makes no difference to 1.
  real<T> nearest_linear_ = far / beta();
  // From here on, nothing depends on |x|; nor on this summand of it, but that no denormal x, which
  // is slow to compute with, enters a product.
  real<T> last_rate_ = std::abs(std::log(beta())) - std::log((limits_of::min)());
  real<T> last_ =
      (std::min)((limits_of::max)(), (2 + (std::max)(real<T>(far), last_rate_)) / beta());
  static constexpr real<T> tiny = (limits_of::min)() / limits_of::epsilon();
  real<T> imperceptible_ = beta() * tiny < limits_of::epsilon() * limits_of::epsilon() ? tiny : 0;
};

}  // namespace HILLOCK_ABI
}  // namespace hillock
