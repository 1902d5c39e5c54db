// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/elementwise.hpp>
#include <hillock/math/logistic.hpp>
#include <hillock/math/tanh.hpp>

namespace hillock {
inline namespace HILLOCK_ABI {

/// tanh(x) = (e^x - e^-x) / (e^x + e^-x)
///
/// The sigmoid stretched to [-1, 1] and odd: tanh(x) = 2 sigmoid(2x) - 1.
///
/// Use         Hidden layers of small and recurrent networks, rather than sigmoid: its outputs have
///             mean 0. Outputs in [-1, 1]. Draw weights with variance 1 / inputs. Deep networks
///             saturate; there relu.
/// Domain      every real x; the value lies in [-1, 1], whose ends it reaches at |x| = 9.02
///             (double: 19.1).
/// Derivative  1 - tanh^2 = 4t / (1 + t)^2 with t = e^(-2|x|), which fades only at |x| = 44.3
///             (354.8); f'' = -2 tanh(x) f'. From the output, 1 - y^2: 0 from |x| = 9.02 (19.1)
///             on, where y = 1, and of few digits before.
/// Evaluation  x - x^3 / D(x^2) near 0, 1 - 2 / (1 + e^(2|x|)) beyond.
/// Error       2 ulp, f' and f'' 4 ulp.
/// Source      LeCun, Bottou, Orr and Müller, "Efficient BackProp", 1998.
template <typename T>
struct tanh : elementwise<tanh<T>> {
  template <typename V>
  HILLOCK_INLINE V value(V x) const {
    return math::tanh(x);
  }

  template <typename V>
  HILLOCK_INLINE V prime(V x) const {
    return math::logistic_derivative<2>(x + x);  // tanh(x) = 2 logistic(2x) - 1
  }

  template <typename V>
  HILLOCK_INLINE V double_prime(V x) const {
    return math::logistic_second_derivative<3>(x + x);
  }

  template <typename V>
  HILLOCK_INLINE V prime_from_output(V y) const {
    return fma(-y, y, V(1));
  }

  static constexpr std::string_view name = "tanh";
  static constexpr ulps value_error{2}, derivative_error{4}, second_derivative_error{4};
  static constexpr auto smooth = smoothness::analytic;
  static constexpr bool has_short_output_form = true;
  constexpr limits value_limits() const { return {-1, 1}; }
  constexpr limits derivative_limits() const { return {0, 0}; }
  constexpr interval range() const { return {-1, 1}; }
  constexpr bool monotone() const { return true; }
  constexpr bool odd() const { return true; }
};

}  // namespace HILLOCK_ABI
}  // namespace hillock
