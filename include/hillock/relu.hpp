// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/elementwise.hpp>

namespace hillock {
inline namespace HILLOCK_ABI {

/// relu(x) = min(max(x, 0), max)
///
/// The rectified linear unit: the first choice for hidden layers.
///
/// Domain      every real x; max > 0 or infinite, by default infinite.
/// Derivative  1 between the kinks, else 0; at the kinks x = 0 and x = max: 0, as PyTorch and
///             jax.nn have it (jnp.maximum gives 0.5 at 0, oneDNN's clip 1 at max).
/// Error       none.
/// Source      Nair and Hinton, "Rectified Linear Units Improve Restricted Boltzmann Machines",
///             ICML 2010.
template <typename T>
struct relu : elementwise<relu<T>, 1> {
  using elementwise<relu<T>, 1>::elementwise;

  /// The value above which relu stays constant.
  constexpr real<T> (max)() const { return this->template get<0>(); }
  relu with_max(real<T> max) const { return this->template with<0>(max); }

  template <typename V>
  HILLOCK_INLINE V value(V x) const {
    return select(x <= 0, V(0), minimum(V((max)()), x));
  }

  template <typename V>
  HILLOCK_INLINE V prime(V x) const {
    const V slope = select(x <= 0, V(0), V(1));
    return propagate_nan(x, is_capped_ ? select(x >= (max)(), V(0), slope) : slope);
  }

  template <typename V>
  HILLOCK_INLINE V double_prime(V x) const {
    return propagate_nan(x, V(0));
  }

  template <typename V>
  HILLOCK_INLINE V prime_from_output(V y) const {
    return prime(y);
  }

  static constexpr std::string_view name = "relu";
  static constexpr std::array parameters{parameter{"max", infinity, domain::positive_infinite}};
  static constexpr ulps value_error{0}, derivative_error{0}, second_derivative_error{0};
  static constexpr auto smooth = smoothness::continuous;
  constexpr limits value_limits() const { return {0, static_cast<double>((max)())}; }
  constexpr limits derivative_limits() const { return {0, is_capped_ ? 0. : 1.}; }
  constexpr limits second_derivative_limits() const { return {0, 0}; }
  constexpr interval range() const { return {0, static_cast<double>((max)())}; }
  constexpr kink_list kinks() const {
    if (is_capped_) return {{0, 0}, {static_cast<double>((max)()), 0}};
    return {{0, 0}};
  }
  constexpr bool monotone() const { return true; }
  constexpr bool odd() const { return false; }

 private:
  bool is_capped_ = (max)() <= (std::numeric_limits<real<T>>::max)();
};

}  // namespace HILLOCK_ABI
}  // namespace hillock
