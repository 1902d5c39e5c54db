// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/elementwise.hpp>

namespace hillock {
inline namespace HILLOCK_ABI {
namespace detail {

template <typename Self, std::size_t Parameters = 0>
struct clip;

/// What the activations share that are min(max(x, lower), upper) and no more.
///
/// F<T> supplies its name, its parameters and, as functions of their values, lower_edge and
/// upper_edge; the latter alone may be infinite, unless is_always_capped. Where the lower one is
/// always 0, rises_at_0.
template <template <typename> class F, typename T, std::size_t Parameters>
struct clip<F<T>, Parameters> : elementwise<F<T>, Parameters> {
  using elementwise<F<T>, Parameters>::elementwise;

  template <typename V>
  HILLOCK_INLINE V value(V x) const {
    if (lower() == 0 && !is_capped()) return abs(maximum(V(0), x));  // no -0
    const V capped = minimum(V(upper()), x);
    return lower() == 0 ? select(x <= 0, V(0), capped) : maximum(V(lower()), capped);
  }

  template <typename V>
  HILLOCK_INLINE V prime(V x) const {
    if (is_capped()) return step_between(V(lower()), V(upper()), x, V(1));
    return F<T>::rises_at_0 ? step(x, V(1)) : step_above(V(lower()), x);
  }

  template <typename V>
  HILLOCK_INLINE V double_prime(V x) const {
    return propagate_nan(x, V(0));
  }

  template <typename V>
  HILLOCK_INLINE V prime_from_output(V y) const {
    return prime(y);
  }

  static constexpr ulps value_error{0}, derivative_error{0}, second_derivative_error{0};
  static constexpr bool rises_at_0 = false, is_always_capped = false;
  static constexpr auto smooth = smoothness::continuous;
  static constexpr bool is_piecewise_polynomial = true;
  static constexpr bool uses_fma = false;
  constexpr limits value_limits() const {
    return {static_cast<double>(lower()), static_cast<double>(upper())};
  }
  constexpr limits derivative_limits() const { return {0, is_capped() ? 0. : 1.}; }
  constexpr interval range() const {
    return {static_cast<double>(lower()), static_cast<double>(upper())};
  }
  constexpr kink_list kinks() const {
    if (!is_capped()) return {{static_cast<double>(lower()), 0}};
    return {{static_cast<double>(lower()), 0}, {static_cast<double>(upper()), 0}};
  }
  constexpr bool monotone() const { return true; }
  constexpr bool is_plain() const { return F<T>::rises_at_0 ? !is_capped() : lower() != 0; }
  constexpr bool odd() const { return lower() == -upper(); }

 private:
  constexpr real<T> lower() const { return F<T>::lower_edge(this->parameter_values()); }
  constexpr real<T> upper() const { return F<T>::upper_edge(this->parameter_values()); }
  constexpr bool is_capped() const {
    return F<T>::is_always_capped || upper() <= (std::numeric_limits<real<T>>::max)();
  }
};

}  // namespace detail
}  // namespace HILLOCK_ABI
}  // namespace hillock
