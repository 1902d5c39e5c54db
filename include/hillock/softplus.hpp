// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/elementwise.hpp>
#include <hillock/math/exp.hpp>
#include <hillock/math/expm1.hpp>
#include <hillock/math/logistic.hpp>
#include <hillock/math/softplus.hpp>

namespace hillock {
inline namespace HILLOCK_ABI {

/// softplus(x) = log(1 + e^(beta x)) / beta
///
/// A smooth relu, whose derivative is the sigmoid of beta x.
///
/// Use         Outputs that must be positive, such as a variance; and in place of relu where second
///             derivatives matter, as in networks that solve differential equations.
/// Domain      every real x; beta > 0, finite, by default 1. The value lies above max(x, 0).
/// Derivative  1 / (1 + e^(-beta x)); f'' = beta f' (1 - f').
/// Evaluation  max(x, 0) + log1p(t) / beta with t = e^-|beta x|, which cannot overflow and takes
///             the low part of beta x. Where t > 0.353 its logarithm is ln 2 plus that of a number
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
      return is_plain_ ? math::softplus(x) : scaled_value(x);
    else
      return maximum(V(0), x) + math::log1p(math::exp(-abs(beta() * x))) / beta();
  }

  template <typename V>
  HILLOCK_INLINE V prime(V x) const {
    if (is_plain_) return math::logistic(x);
    const scaled<V> u = times_beta(x);
    return math::logistic(copysign(u.size, x), copysign(1, -x) * u.low);
  }

  template <typename V>
  HILLOCK_INLINE V double_prime(V x) const {
    if constexpr (math::is_native<V>) {
      if (is_plain_) return math::logistic_derivative(x);
      const scaled<V> u = times_beta(x);
      const auto e = math::reduce_exp(-u.size, u.low);
      const V t = e.times(V(1));
      const V half = beta() / 2;  // of which 1 + s times as much is finite
      const V y = select(u.size > far_out, e.shift(multiply_add(half, e.s, half), 1),
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

  /// The gradient of beta, for its training: the sum over all elements of dy df/dbeta, which is
  /// (x sigmoid(beta x) - f(x)) / beta.
  template <typename X, typename G>
  real<T> beta_gradient(const X& x, const G& dy) const {
    return this->template parameter_gradient<0>(x, dy);
  }

  /// -(u t / (1 + t) + log(1 + t)) / beta^2 with u = |beta x| and t = e^-u, whose terms do not
  /// cancel.
  template <std::size_t, typename V>
  HILLOCK_INLINE V partial(V x) const {
    using S = typename V::scalar;
    const V u = minimum(V(std::numeric_limits<S>::max_exponent), abs(beta() * x));
    const V t = math::exp(-u);
    return -(u * t / (1 + t) + math::log1p(t)) / beta() / beta();
  }

  bool is_plain() const { return is_plain_; }

  static constexpr std::string_view name = "softplus";
  static constexpr std::array parameters{parameter{"beta", 1, domain::positive}};
  static constexpr ulps value_error{2}, derivative_error{4}, second_derivative_error{4};
  static constexpr auto smooth = smoothness::analytic;
  constexpr limits value_limits() const { return {0, infinity}; }
  constexpr limits derivative_limits() const { return {0, 1}; }
  constexpr interval range() const { return {0, infinity}; }
  constexpr bool monotone() const { return true; }

 private:
  using limits_of = std::numeric_limits<real<T>>;
  using wide = decltype(real<T>() * double());
  static constexpr int far_out = math::softplus_far;

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

  /// Near 0 the sum is formed before the division by beta, and of the rounded product, to stay
  /// monotone; and what it loses is taken back only where it is less than a step of x. From
  /// beta x = 0.5 on x is the larger summand and can stay as it is: the other, which falls more
  /// slowly than x rises, has no wider steps.
  template <typename V>
  HILLOCK_INLINE V scaled_value(const V& x) const {
    using S = typename V::scalar;
    const scaled<V> u = times_beta(minimum(V(nearest_linear_), x));
    const V positive = maximum(V(0), x);
    const auto is_far = u.size > S(0.5);
    const auto e = math::reduce_exp<true>(-u.size, select(is_far, u.low, V(0)));
    const math::softplus_logarithm<true, V> l(e);
    const V product = select(is_far, V(0), beta() * positive);
    const V disturbance = select(l.scale == 0.5, l.lost, V(0));
    const V inner = (product + l.main) + select(product > 0, disturbance, V(-0.0));
    const V dividend = l.ln2 + inner, quotient = dividend / beta();
    const V all_lost = (inner - (dividend - l.ln2)) + l.lost;
    const V lost = select(product > 0, V(0), select(u.size > S(0.1), all_lost, V(-0.0)));
    const V remainder = fma(V(-beta()), quotient, dividend) + lost;
    const V corrected = inverse_ == 0 ? quotient : fma(remainder, V(inverse_), quotient);
    const V summand = minimum(V(before_far_), corrected);
    const V central = select(is_far, positive, V(-0.0)) + summand;
    const V tail = e.shift(multiply_add(V(inverse_), e.s + inverse_rest_, V(inverse_)));
    return select(x <= -value_vanishes_, V(0), select(x < -nearest_linear_, tail, central));
  }

  /// The least |x| where scale e^-|beta x| is no normal number. The power may be none itself, so it
  /// is multiplied as two roots, each with half of what the rounding of beta x lost.
  real<T> vanishing(wide scale) const {
    const wide least = (limits_of::min)(), rate = beta();
    const auto is_normal = [&](wide x) {
      const wide product = rate * x, lost = std::fma(rate, x, -product);
      const wide root = std::exp(-product / 2) * (1 - lost / 2);
      return scale * root * root >= least;
    };
    const wide about = (std::log(scale) - std::log(least)) / rate;
    if (about <= 0) return 0;
    if (about >= (limits_of::max)()) return limits_of::infinity();
    constexpr int steps = 64;  // more than there are, but where -ffast-math has the square of root
    auto x = static_cast<real<T>>(about);
    for (int i = 0; i < steps && !is_normal(x); ++i) x = std::nextafter(x, real<T>(0));
    for (int i = 0; i < steps && is_normal(x); ++i) x = std::nextafter(x, limits_of::infinity());
    return x;
  }

  bool is_plain_ = beta() == 1;
  real<T> inverse_ = beta() < 1 / (limits_of::max)() ? 0 : 1 / beta();
  real<T> inverse_rest_ = std::fma(-inverse_, beta(), real<T>(1));
  real<T> value_vanishes_ = is_plain_ ? 0 : vanishing(1 / wide(beta()));
  real<T> curve_vanishes_ = is_plain_ ? 0 : vanishing(beta());
  // f(0.5 / beta) and a step less, lest f fall there; where it is finite.
  static constexpr auto at_half = real<T>(0.974076984180106680872997355081L);
  real<T> before_far_ = beta() < at_half / (limits_of::max)()
                            ? limits_of::infinity()
                            : std::nextafter(at_half / beta(), real<T>(0));
  // From here on, e^-|beta x| makes no difference to 1.
  real<T> nearest_linear_ = far_out / beta();
  // From here on, nothing depends on |x|; nor on this summand of it, but that no denormal x, which
  // is slow to compute with, enters a product.
  real<T> last_rate_ = std::abs(std::log(beta())) - std::log((limits_of::min)());
  real<T> last_ =
      (std::min)((limits_of::max)(), (2 + (std::max)(real<T>(far_out), last_rate_)) / beta());
  static constexpr real<T> tiny = (limits_of::min)() / limits_of::epsilon();
  real<T> imperceptible_ = beta() * tiny < limits_of::epsilon() * limits_of::epsilon() ? tiny : 0;
};

}  // namespace HILLOCK_ABI
}  // namespace hillock
