// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/elementwise.hpp>
#include <hillock/math/expm1.hpp>
#include <hillock/math/logistic.hpp>
#include <hillock/math/softplus.hpp>

namespace hillock {
inline namespace HILLOCK_ABI {

/// log_sigmoid(x) = log(1 / (1 + e^-x)) = -softplus(-x)
///
/// The log-likelihood of an event whose log-odds are x.
///
/// Use         Likelihoods of two classes and losses over pairs, which sum logarithms of
///             probabilities. Never log(sigmoid(x)).
/// Domain      every real x; the value lies below min(x, 0), and is -0 from 87.4 (double: 708.4)
///             up, where it is no normal number.
/// Derivative  sigmoid(-x); f'' = -sigmoid'(x). From the output, 1 - e^y.
/// Evaluation  min(x, 0) - log1p(e^-|x|). Never log(sigmoid(x)), which is -infinity at -104 and 0
///             from 17 on (float).
/// Error       2 ulp, f' and f'' 4 ulp.
/// Source      PyTorch, torch.nn.LogSigmoid; JAX, jax.nn.log_sigmoid.
template <typename T>
struct log_sigmoid : elementwise<log_sigmoid<T>> {
  template <typename V>
  HILLOCK_INLINE V value(V x) const {
    return -math::softplus(-x);
  }

  template <typename V>
  HILLOCK_INLINE V prime(V x) const {
    return math::logistic(-x);
  }

  template <typename V>
  HILLOCK_INLINE V double_prime(V x) const {
    return -math::logistic_derivative(x);
  }

  template <typename V>
  HILLOCK_INLINE V prime_from_output(V y) const {
    return -math::scaled_expm1_of_negative(1, y);
  }

  static constexpr std::string_view name = "log_sigmoid";
  static constexpr ulps value_error{2}, derivative_error{4}, second_derivative_error{4};
  static constexpr auto smooth = smoothness::analytic;
  constexpr limits value_limits() const { return {-infinity, -0.0}; }
  constexpr limits derivative_limits() const { return {1, 0}; }
  constexpr interval range() const { return {-infinity, 0}; }
  constexpr bool monotone() const { return true; }
};

}  // namespace HILLOCK_ABI
}  // namespace hillock
