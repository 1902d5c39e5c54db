// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/leaky_rectifier.hpp>

namespace hillock {
inline namespace HILLOCK_ABI {

/// leaky_relu6(x) = x > 0 ? min(x, 6) : slope x
///
/// The leaky_relu with max = 6; no framework ships it.
///
/// Use         In place of relu6 where units die.
/// Domain      every real x; slope finite, by default 0.01.
/// Derivative  slope for x < 0, 1 for 0 < x < 6, else 0; at the kinks x = 0: slope, and x = 6: 0.
///             From the output only if slope >= 0.
/// Evaluation  A product below the smallest normal number is a zero.
/// Error       1 ulp, f' none.
template <typename T>
struct leaky_relu6 : detail::leaky_rectifier<leaky_relu6<T>, 1> {
  using detail::leaky_rectifier<leaky_relu6<T>, 1>::leaky_rectifier;

  static constexpr std::string_view name = "leaky_relu6";
  static constexpr std::array parameters{parameter{"slope", 0.01, domain::finite}};
  static constexpr real<T> upper_edge(const std::array<real<T>, 1>&) { return 6; }
};

}  // namespace HILLOCK_ABI
}  // namespace hillock
