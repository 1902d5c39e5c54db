// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/elementwise.hpp>
#include <hillock/math/gate.hpp>

namespace hillock {
inline namespace HILLOCK_ABI {

/// silu(x) = x / (1 + e^-x)
///
/// x, weighted with its own sigmoid; swish with beta = 1. Its derivative is not monotone.
///
/// Use         Hidden layers of deep networks in place of relu, where f' should be smooth; the gate
///             of swiglu.
/// Domain      every real x; the value lies in [-0.2785, infinity], its minimum at -1.278, and is
///             -0 from -91.9 (double: -714.9) down, where it is no normal number.
/// Derivative  sigmoid(x) (1 + x sigmoid(-x)), zero at -1.278 and above 1 beyond 2.4. It cannot be
///             had from the output.
/// Evaluation  One quotient; its e^-x is scaled where it would overflow.
/// Error       2 ulp, f' and f'' 4 ulp; near a zero of f' or f'' as if it were 1/8 there.
/// Elsewhere   Also known as swish or swish-1.
/// Source      Elfwing, Uchibe and Doya, "Sigmoid-Weighted Linear Units for Neural Network Function
///             Approximation in Reinforcement Learning", 2017.
template <typename T>
struct silu : elementwise<silu<T>> {
  template <typename V>
  HILLOCK_INLINE V value(V x) const {
    return math::times_logistic(x, variable(x), normal_range);
  }

  template <typename V>
  HILLOCK_INLINE V prime(V x) const {
    return math::gate_derivative(variable(x));
  }

  template <typename V>
  HILLOCK_INLINE value_and_prime<V> both(V x) const {
    if constexpr (math::is_native<V>) {
      const math::gate_at gate(variable(x), normal_range);
      return {gate.times(x), gate.slope()};
    } else {
      return {value(x), prime(x)};
    }
  }

  template <typename V>
  HILLOCK_INLINE V double_prime(V x) const {
    return math::gate_second_derivative(variable(x));
  }

  static constexpr std::string_view name = "silu";
  static constexpr ulps value_error{2}, derivative_error{4}, second_derivative_error{4};
  static constexpr auto smooth = smoothness::analytic;
  constexpr limits value_limits() const { return {-0.0, infinity}; }
  constexpr limits derivative_limits() const { return {0, 1}; }
  constexpr interval range() const { return {-0.2785, infinity}; }
  constexpr bool monotone() const { return false; }

 private:
  template <typename V>
  static HILLOCK_INLINE auto variable(const V& x) {
    return math::gate_variable<typename V::register_type>{x};
  }

  static constexpr auto normal_range = math::gate_range<real<T>>::of_rate_1();
};

}  // namespace HILLOCK_ABI
}  // namespace hillock
