// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/clip.hpp>

namespace hillock {
inline namespace HILLOCK_ABI {

/// relu6(x) = min(max(x, 0), 6)
///
/// The relu with max = 6, whose values low-precision arithmetic can hold.
///
/// Use         Networks that will run in low precision, as those for mobile devices.
/// Domain      every real x.
/// Derivative  1 between the kinks, else 0; at the kinks x = 0 and x = 6: 0, as PyTorch and jax.nn
///             have it (oneDNN's clip 1 at 6).
/// Error       none.
/// Source      Krizhevsky, "Convolutional Deep Belief Networks on CIFAR-10", 2010.
template <typename T>
struct relu6 : detail::clip<relu6<T>> {
  using detail::clip<relu6<T>>::clip;

  static constexpr std::string_view name = "relu6";
  static constexpr bool rises_at_0 = true;
  static constexpr real<T> lower_edge(const std::array<real<T>, 0>&) { return 0; }
  static constexpr real<T> upper_edge(const std::array<real<T>, 0>&) { return 6; }
};

}  // namespace HILLOCK_ABI
}  // namespace hillock
