// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/elementwise.hpp>

namespace hillock {
inline namespace HILLOCK_ABI {

/// threshold(x) = x > theta ? x : value
///
/// Lets through what is strong enough; the rest becomes one value.
///
/// Use         Sparse features that only a strong input switches on.
/// Domain      every real x; theta finite, by default 1; value finite, by default 0. The function
///             jumps at theta unless value = theta.
/// Derivative  1 for x > theta, else 0, also at theta.
/// Error       none.
/// Elsewhere   ONNX's ThresholdedRelu is this with value = 0; PyTorch has no defaults.
/// Source      Konda, Memisevic and Krueger, "Zero-Bias Autoencoders and the Benefits of
///             Co-Adapting Features", ICLR 2015.
template <typename T>
struct threshold : elementwise<threshold<T>, 2> {
  using elementwise<threshold<T>, 2>::elementwise;

  constexpr real<T> theta() const { return this->template get<0>(); }
  constexpr real<T> value() const { return this->template get<1>(); }
  threshold with_theta(real<T> theta) const { return this->template with<0>(theta); }
  threshold with_value(real<T> value) const { return this->template with<1>(value); }

  template <typename V>
  HILLOCK_INLINE V value(V x) const {
    return select(x <= theta(), V(value()), x);
  }

  template <typename V>
  HILLOCK_INLINE V prime(V x) const {
    return step_above(V(theta()), x);
  }

  template <typename V>
  HILLOCK_INLINE V double_prime(V x) const {
    return propagate_nan(x, V(0));
  }

  static constexpr std::string_view name = "threshold";
  static constexpr std::array parameters{parameter{"theta", 1, domain::finite},
                                         parameter{"value", 0, domain::finite}};
  static constexpr ulps value_error{0}, derivative_error{0}, second_derivative_error{0};
  static constexpr auto smooth = smoothness::jump;
  static constexpr bool is_piecewise_polynomial = true;
  static constexpr bool uses_fma = false;
  constexpr limits value_limits() const { return {static_cast<double>(value()), infinity}; }
  constexpr limits derivative_limits() const { return {0, 1}; }
  constexpr interval range() const {
    return {static_cast<double>((std::min)(theta(), value())), infinity};
  }
  constexpr kink_list kinks() const { return {{static_cast<double>(theta()), 0}}; }
  constexpr bool monotone() const { return value() <= theta(); }
};

}  // namespace HILLOCK_ABI
}  // namespace hillock
