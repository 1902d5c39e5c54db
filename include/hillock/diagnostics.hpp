// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/arguments.hpp>
#include <hillock/core/eigen.hpp>

#include <cmath>

namespace hillock {
inline namespace HILLOCK_ABI {
namespace detail {

template <typename F, typename X, typename = void>
inline constexpr bool has_lazy_derivative = false;
template <typename F, typename X>
inline constexpr bool has_lazy_derivative<
    F, X, std::void_t<decltype(std::declval<const F&>().derivative(std::declval<const X&>()))>> =
    true;

/// The batch x, where its entries can be read more than once.
template <typename X>
decltype(auto) batch(std::string_view function, const X& x) {
  static_assert(is_dense<X>,
                "hillock: the argument must be an Eigen array, matrix or expression of either");
  if (x.size() == 0) fail(std::string(function) + ": x is empty, " + text({x.rows(), x.cols()}));
  return in_memory(x.derived());
}

/// |f'(x)| as an array of what hillock computes in: an expression, where its entries can be had one
/// by one.
template <typename F, typename X>
auto steepness(const F& f, const X& x) {
  using R = real<typename F::scalar>;
  using values = Eigen::Array<R, Eigen::Dynamic, Eigen::Dynamic>;
  if constexpr (has_lazy_derivative<F, X>) {
    const auto slopes = f.derivative(x);
    const auto sizes = slopes.array().template cast<R>().abs();
    if constexpr ((decltype(slopes)::Flags & Eigen::EvalBeforeNestingBit) != 0)
      return values(sizes);
    else
      return sizes;
  } else {
    values slopes;
    f.derivative(x, slopes);
    slopes = slopes.abs();
    return slopes;
  }
}

template <typename R>
R share(Eigen::Index part, Eigen::Index all) {
  return static_cast<R>(static_cast<double>(part) / static_cast<double>(all));
}

}  // namespace detail

/// dead_fraction(f, x) = the share of units whose f'(x) is 0 for a whole batch x
///
/// Such units pass no gradient back, and have stopped learning: the dying relu.
///
/// Shapes      x holds the sums that the units are given, a row for each unit and a column for each
///             observation; for dead_fraction<per_column> a column for each unit.
/// Edges       A derivative that is NaN is not 0.
/// Errors      std::invalid_argument where x is empty.
/// Source      Lu, Shin, Su and Karniadakis, "Dying ReLU and Initialization: Theory and Numerical
///             Examples", 2019.
///
/// f is an elementwise activation, for which nothing is allocated unless x is an expression; or a
/// prelu or an any_activation.
template <typename Units = per_row, typename F, typename X>
real<typename F::scalar> dead_fraction(const F& f, const X& x) {
  static_assert(detail::is_axis<Units> && !std::is_same_v<Units, whole>,
                "hillock: units are rows or columns: dead_fraction<hillock::per_row> or "
                "dead_fraction<hillock::per_column>");
  decltype(auto) entries = detail::batch("dead_fraction", x);
  const auto slopes = detail::steepness(f, entries);
  Eigen::Index dead = 0;
  if constexpr (std::is_same_v<Units, per_row>)
    dead = (slopes == 0).rowwise().all().count();
  else
    dead = (slopes == 0).colwise().all().count();
  return detail::share<real<typename F::scalar>>(dead, detail::slice_count<Units>(x));
}

/// saturated_fraction(f, x, tolerance) = the share of the entries of x with |f'(x)| <= tolerance
///
/// There the gradient all but vanishes: what sigmoid and tanh do far from 0, relu below it.
///
/// Domain      tolerance >= 0, by default 0.01.
/// Edges       A derivative that is NaN is not within any tolerance.
/// Errors      std::invalid_argument where x is empty or the tolerance is negative or NaN.
/// Source      Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural
///             networks", AISTATS 2010.
template <typename F, typename X>
real<typename F::scalar> saturated_fraction(
    const F& f, const X& x, real<typename F::scalar> tolerance = real<typename F::scalar>(0.01)) {
  if (!(tolerance >= 0))
    detail::fail("saturated_fraction: tolerance must be >= 0, not " +
                 detail::number_text(tolerance));
  decltype(auto) entries = detail::batch("saturated_fraction", x);
  const auto slopes = detail::steepness(f, entries);
  return detail::share<real<typename F::scalar>>((slopes <= tolerance).count(), x.size());
}

/// gradient_gain(f, x) = sqrt(mean of f'(x)^2)
///
/// By how much f makes a gradient longer or shorter on its way back. With weights that keep lengths
/// the product over all layers tells gradients that vanish (far below 1) from such that explode.
///
/// Edges       NaN gives NaN.
/// Error       1 ulp for float, whose squares add up in double; n ulp for n entries of double.
/// Errors      std::invalid_argument where x is empty.
/// Source      Pennington, Schoenholz and Ganguli, "Resurrecting the sigmoid in deep learning
///             through dynamical isometry", NIPS 2017.
template <typename F, typename X>
real<typename F::scalar> gradient_gain(const F& f, const X& x) {
  using R = real<typename F::scalar>;
  using W = decltype(R() + double());  // squares of float neither overflow nor vanish there
  decltype(auto) entries = detail::batch("gradient_gain", x);
  const auto slopes = detail::steepness(f, entries);
  const auto sizes = slopes.template cast<W>();
  const W mean = sizes.square().mean();
  // Squares of double may vanish or overflow: then those of shares of the largest do not.
  constexpr W least = (std::numeric_limits<W>::min)() / std::numeric_limits<W>::epsilon();
  if (std::isnan(mean) || (mean >= least && mean <= (std::numeric_limits<W>::max)()))
    return static_cast<R>(std::sqrt(mean));
  const W largest = sizes.maxCoeff();
  if (largest == 0 || std::isinf(largest)) return static_cast<R>(largest);
  return static_cast<R>(largest * std::sqrt((sizes / largest).square().mean()));
}

}  // namespace HILLOCK_ABI
}  // namespace hillock
