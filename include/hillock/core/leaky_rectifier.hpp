// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/elementwise.hpp>

namespace hillock {
inline namespace HILLOCK_ABI {
namespace detail {

template <typename Self, std::size_t Parameters>
struct leaky_rectifier;

/// What the activations share that are x > 0 ? min(x, upper) : slope x. Where that is 0 it has the
/// sign of x; but what underflows, that of slope x.
///
/// F<T> supplies its name, its parameters, of which slope is the first, and upper_edge as a
/// function of their values.
template <template <typename> class F, typename T, std::size_t Parameters>
struct leaky_rectifier<F<T>, Parameters> : elementwise<F<T>, Parameters> {
  using elementwise<F<T>, Parameters>::elementwise;

  constexpr real<T> slope() const { return this->template get<0>(); }
  F<T> with_slope(real<T> slope) const { return this->template with<0>(slope); }

  template <typename V>
  HILLOCK_INLINE V value(V x) const {
    // Either summand is a zero, of the sign that the other needs to keep its own.
    const V rectified = maximum(V(zero_), x);
    const V above = is_plain_ ? rectified : minimum(V(upper()), rectified);
    const V y = multiply_add(V(slope()), select(x >= -vanishing_, V(zero_), x), above);
    // Plain ones do not enlarge; that it is said twice spares their loop the branch.
    return enlarges_ && !is_plain_ ? select(x >= 0, above, with_denormals(x, y)) : y;
  }

  template <typename V>
  HILLOCK_INLINE V prime(V x) const {
    const V rising = unit_step(x, V(slope()));
    return is_capped_ ? select(x >= upper(), V(0), rising) : rising;
  }

  template <typename V>
  HILLOCK_INLINE V double_prime(V x) const {
    return propagate_nan(x, V(0));
  }

  template <typename V>
  HILLOCK_INLINE V prime_from_output(V y) const {
    return prime(y);
  }

  /// The gradient of the slope, for its training: the sum over all elements of dy df/dslope, which
  /// is 0 for x > 0, else x.
  template <typename X, typename G>
  real<T> slope_gradient(const X& x, const G& dy) const {
    return this->template parameter_gradient<0>(x, dy);
  }

  template <std::size_t I, typename V, std::enable_if_t<I == 0, int> = 0>
  HILLOCK_INLINE V partial(V x) const {
    return select(x > 0, V(0), x);
  }

  constexpr bool output_form_holds() const { return slope() >= 0; }

  bool is_plain() const { return is_plain_; }

  static constexpr ulps value_error{1}, derivative_error{0}, second_derivative_error{0};
  static constexpr auto smooth = smoothness::continuous;
  static constexpr bool is_piecewise_polynomial = true;
  static constexpr bool uses_fma = false;
  constexpr limits value_limits() const { return {left_limit(), static_cast<double>(upper())}; }
  constexpr limits derivative_limits() const {
    return {static_cast<double>(slope()), is_capped_ ? 0. : 1.};
  }
  constexpr interval range() const {
    const double right = static_cast<double>(upper());
    return {(std::min)(0., left_limit()), (std::max)(right, left_limit())};
  }
  constexpr kink_list kinks() const {
    const kink bend{0, static_cast<double>(slope())}, cap{static_cast<double>(upper()), 0};
    if (slope() == 1) return is_capped_ ? kink_list{cap} : kink_list{};
    return is_capped_ ? kink_list{bend, cap} : kink_list{bend};
  }
  constexpr bool monotone() const { return slope() >= 0; }
  constexpr bool odd() const { return slope() == 1 && !is_capped_; }

 private:
  using limits_of = std::numeric_limits<real<T>>;

  /// below, but slope x where x is denormal.
  template <typename V>
  HILLOCK_INLINE V with_denormals(V x, V below) const {
    const V product = V(sign_) * times_negative_denormal(std::abs(slope()), x);
    return select(x > -(limits_of::min)(), product, below);
  }

  constexpr real<T> upper() const { return F<T>::upper_edge(this->parameter_values()); }
  constexpr double left_limit() const {
    return slope() > 0 ? -infinity : slope() < 0 ? infinity : 0;
  }

  /// From minus this on, slope x is no normal number, or x is none. With slope 1, f is the identity
  /// below 0, too, and odd: nothing vanishes there.
  real<T> vanishing() const {
    if (slope() == 0) return limits_of::infinity();
    if (slope() == 1) return 0;
    const real<T> shrinkage = (std::min)(std::abs(slope()), real<T>(1));
    return std::nextafter((limits_of::min)() / shrinkage, real<T>(0));
  }

  bool is_capped_ = upper() <= (limits_of::max)();
  bool enlarges_ = std::abs(slope()) > 1;
  bool is_plain_ = !is_capped_ && !enlarges_;
  // For the sign of a denormal times a slope beyond 1.
  real<T> sign_ = slope() < 0 ? -1 : 1;
  real<T> zero_ = std::copysign(real<T>(0), -slope());  // slope times it is -0
  real<T> vanishing_ = vanishing();
};

}  // namespace detail
}  // namespace HILLOCK_ABI
}  // namespace hillock
