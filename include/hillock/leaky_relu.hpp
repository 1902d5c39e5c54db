// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/leaky_rectifier.hpp>

namespace hillock {
inline namespace HILLOCK_ABI {

/// leaky_relu(x) = x > 0 ? min(x, max) : slope x
///
/// A relu that still learns where x < 0.
///
/// Use         In place of relu where units die, that is, are 0 for every input and learn no more;
///             and in the discriminators of adversarial networks, with a slope of 0.2. Where slope
///             is to be trained, too, prelu.
/// Domain      every real x; slope finite, by default 0.01 (PyTorch, JAX, ONNX; Keras 0.2 or 0.3,
///             mlpack 0.03), also above 1 or below 0; max > 0 or infinite, by default infinite.
/// Derivative  slope for x < 0, 1 for 0 < x < max, else 0; at the kinks x = 0: slope, as in PyTorch
///             (JAX gives 1), and x = max: 0. From the output only if slope >= 0.
/// Evaluation  A product below the smallest normal number is a zero.
/// Error       1 ulp, f' none.
/// Source      Maas, Hannun and Ng, "Rectifier Nonlinearities Improve Neural Network Acoustic
///             Models", ICML 2013.
template <typename T>
struct leaky_relu : detail::leaky_rectifier<leaky_relu<T>, 2> {
  using detail::leaky_rectifier<leaky_relu<T>, 2>::leaky_rectifier;

  /// The value above which leaky_relu stays constant.
  constexpr real<T>(max)() const { return this->template get<1>(); }
  leaky_relu with_max(real<T> max) const { return this->template with<1>(max); }

  static constexpr std::string_view name = "leaky_relu";
  static constexpr std::array parameters{parameter{"slope", 0.01, domain::finite},
                                         parameter{"max", infinity, domain::positive_infinite}};
  static constexpr real<T> upper_edge(const std::array<real<T>, 2>& values) { return values[1]; }
};

}  // namespace HILLOCK_ABI
}  // namespace hillock
