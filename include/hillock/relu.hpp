// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/clip.hpp>

namespace hillock {
inline namespace HILLOCK_ABI {

/// relu(x) = min(max(x, 0), max)
///
/// The rectified linear unit: the first choice for hidden layers.
///
/// Use         Hidden layers: try it first. It is the cheapest, and its gradient does not fade for
///             x > 0. Draw weights with variance 2 / inputs (He's). Where units die, leaky_relu or
///             prelu; where f' must be smooth, softplus or silu.
/// Domain      every real x; max > 0 or infinite, by default infinite.
/// Derivative  1 between the kinks, else 0; at the kinks x = 0 and x = max: 0, as PyTorch and
///             jax.nn have it (jnp.maximum gives 0.5 at 0, oneDNN's clip 1 at max).
/// Error       none.
/// Source      Nair and Hinton, "Rectified Linear Units Improve Restricted Boltzmann Machines",
///             ICML 2010.
template <typename T>
struct relu : detail::clip<relu<T>, 1> {
  using detail::clip<relu<T>, 1>::clip;

  /// The value above which relu stays constant.
  constexpr real<T>(max)() const { return this->template get<0>(); }
  relu with_max(real<T> max) const { return this->template with<0>(max); }

  static constexpr std::string_view name = "relu";
  static constexpr std::array parameters{parameter{"max", infinity, domain::positive_infinite}};
  static constexpr bool rises_at_0 = true;
  static constexpr real<T> lower_edge(const std::array<real<T>, 1>&) { return 0; }
  static constexpr real<T> upper_edge(const std::array<real<T>, 1>& values) { return values[0]; }
};

}  // namespace HILLOCK_ABI
}  // namespace hillock
