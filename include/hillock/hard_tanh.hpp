// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/clip.hpp>

namespace hillock {
inline namespace HILLOCK_ABI {

/// hard_tanh(x) = min(max(x, lo), hi)
///
/// The tanh drawn with a ruler.
///
/// Use         Values that must stay in an interval, and networks of low precision; units beyond
///             its kinks do not learn.
/// Domain      every real x; lo < hi, both finite, by default -1 and 1.
/// Derivative  1 between the kinks, else 0; at the kinks x = lo and x = hi: 0, as in PyTorch (JAX
///             gives 1).
/// Error       none.
/// Source      Collobert, "Large Scale Machine Learning", thesis, Paris VI 2004.
template <typename T>
struct hard_tanh : detail::clip<hard_tanh<T>, 2> {
  using detail::clip<hard_tanh<T>, 2>::clip;

  constexpr real<T> lo() const { return this->template get<0>(); }
  constexpr real<T> hi() const { return this->template get<1>(); }
  hard_tanh with_lo(real<T> lo) const { return this->template with<0>(lo); }
  hard_tanh with_hi(real<T> hi) const { return this->template with<1>(hi); }

  static constexpr std::string_view name = "hard_tanh";
  static constexpr std::array parameters{parameter{"lo", -1, domain::finite},
                                         parameter{"hi", 1, domain::finite}};
  static constexpr std::array constraints{constraint{0, 1}};
  static constexpr bool is_always_capped = true;
  static constexpr real<T> lower_edge(const std::array<real<T>, 2>& values) { return values[0]; }
  static constexpr real<T> upper_edge(const std::array<real<T>, 2>& values) { return values[1]; }
};

}  // namespace HILLOCK_ABI
}  // namespace hillock
