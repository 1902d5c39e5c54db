// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/elementwise.hpp>
#include <hillock/math/gate.hpp>
#include <hillock/silu.hpp>

namespace hillock {
inline namespace HILLOCK_ABI {

/// swish(x) = x / (1 + e^(-beta x))
///
/// x, weighted with the sigmoid of beta x: between x / 2 (beta = 0) and relu (beta large).
///
/// Use         In place of silu where beta is trained, or a step nearer to relu is wanted.
/// Domain      every real x; beta finite, by default 1, where it is silu. For beta > 0 the value
///             lies in [-0.2785 / beta, infinity]; for beta < 0, swish(x) = -swish(-x) of -beta.
/// Derivative  that of silu at beta x; f'' is beta times that of silu. Neither can be had from the
///             output.
/// Evaluation  One quotient; the low part of the product beta x goes into the exponential, which is
///             scaled where it would overflow.
/// Error       2 ulp, f' and f'' 4 ulp; within 0.5 / |beta| of a zero of f' as if it were 1/8
///             there, of f'' |beta| / 8.
/// Source      Ramachandran, Zoph and Le, "Searching for Activation Functions", 2017.
template <typename T>
struct swish : elementwise<swish<T>, 1> {
  using elementwise<swish<T>, 1>::elementwise;

  constexpr real<T> beta() const { return this->template get<0>(); }
  swish with_beta(real<T> beta) const { return this->template with<0>(beta); }

  template <typename V>
  HILLOCK_INLINE V value(V x) const {
    return is_plain_ ? plain_.value(x) : gate_.value(x);
  }

  template <typename V>
  HILLOCK_INLINE V prime(V x) const {
    return is_plain_ ? plain_.prime(x) : gate_.prime(x);
  }

  template <typename V>
  HILLOCK_INLINE V double_prime(V x) const {
    return is_plain_ ? plain_.double_prime(x) : gate_.double_prime(x);
  }

  /// The gradient of beta, for its training: the sum over all elements of dy df/dbeta, which is
  /// x^2 sigmoid'(beta x).
  template <typename X, typename G>
  real<T> beta_gradient(const X& x, const G& dy) const {
    return this->template parameter_gradient<0>(x, dy);
  }

  template <std::size_t, typename V>
  HILLOCK_INLINE V partial(V x) const {
    using S = typename V::scalar;
    const V size = minimum(V((std::numeric_limits<S>::max)()), squarable(abs(x)));
    const V t = math::exp(-0.5 * abs(beta() * size)), root = size * t / (1 + t * t);
    return root * root;
  }

  bool is_plain() const { return is_plain_; }

  static constexpr std::string_view name = "swish";
  static constexpr std::array parameters{parameter{"beta", 1, domain::finite}};
  static constexpr ulps value_error{2}, derivative_error{4}, second_derivative_error{4};
  static constexpr auto smooth = smoothness::analytic;
  constexpr limits value_limits() const {
    if (beta() == 0) return {-infinity, infinity};
    return beta() > 0 ? limits{-0.0, infinity} : limits{-infinity, 0.0};
  }
  constexpr limits derivative_limits() const {
    if (beta() == 0) return {0.5, 0.5};
    return beta() > 0 ? limits{0, 1} : limits{1, 0};
  }
  constexpr interval range() const {
    const double extreme = -0.2785 / static_cast<double>(beta());
    if (beta() == 0) return {-infinity, infinity};
    return beta() > 0 ? interval{extreme, infinity} : interval{-infinity, extreme};
  }
  constexpr bool monotone() const { return beta() == 0; }
  constexpr bool odd() const { return beta() == 0; }

 private:
  bool is_plain_ = beta() == 1;
  silu<T> plain_;
  math::gate<real<T>> gate_ = is_plain_ ? math::gate<real<T>>() : math::gate<real<T>>(beta());
};

}  // namespace HILLOCK_ABI
}  // namespace hillock
