// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/elementwise.hpp>

namespace hillock {
inline namespace HILLOCK_ABI {

/// squareplus(x) = (x + sqrt(x^2 + b)) / 2
///
/// A smooth relu without an exponential; one branch of a hyperbola. Like softplus for b = 4.
///
/// Use         In place of softplus where exponentials are dear.
/// Domain      every real x; b > 0, by default 4. The value is nowhere below max(x, 0), and is 0
///             where it is no normal number.
/// Derivative  (1 + x / s) / 2 with s = sqrt(x^2 + b); f'' = b / (2 s^3). From the output,
///             1 / (1 + b / (4y^2)).
/// Evaluation  With h = (|x| + s) / 2: h for x > 0, else b / (4h), and so f' too: the terms of a
///             sum have one sign. |x| is clamped to where s is |x|, or sqrt b, and scaled by a
///             power of 2, so that its square neither overflows nor vanishes.
/// Error       2 ulp, f' and f'' 4 ulp.
/// Source      Barron, "Squareplus: A Softplus-Like Algebraic Rectifier", 2021.
template <typename T>
struct squareplus : elementwise<squareplus<T>, 1> {
  using elementwise<squareplus<T>, 1>::elementwise;

  constexpr real<T> b() const { return this->template get<0>(); }
  squareplus with_b(real<T> b) const { return squareplus(b); }

  template <typename V>
  HILLOCK_INLINE V value(V x) const {
    const V size = maximum(V(least_), abs(x)), z = minimum(V(most_), size) * inverse_unit_;
    const V root = maximum(size, sqrt(fma(z, z, V(scaled_b_))) * unit_);
    // h / 16, whose inverse is a normal number.
    const V high = root * V(0x1p-5F), low = size * V(0x1p-5F);
    const V part = minimum(V(largest), low + high);
    const auto vanishes = part > value_vanishes_;
    const V lost = select(vanishes, V(-0.0), low - (part - high));
    const V inverse = select(vanishes, V(0), 1 / select(vanishes, V(1), part));
    const V quotient = quarter_ * inverse;
    const V remainder = fma(-quotient, part, V(quarter_)) - quotient * lost;
    // Rounded, the quotient could lie above f(0).
    return select(x > 0, 16 * part,
                  minimum(V(at_zero_), fma(remainder, inverse, quotient) * lift_));
  }

  template <typename V>
  HILLOCK_INLINE V prime(V x) const {
    const V bounded = minimum(V(slope_vanishes_), maximum(V(least_), abs(x)));
    const V z = select(x < -slope_vanishes_, V(least_), bounded) * inverse_unit_;
    const V square = fma(z, z, V(scaled_b_));
    const V product = fma(z, sqrt(square), square);  // 2 h s
    const V slope =
        select(x > 0, product, V(scaled_b_ / 2)) / select(x > 0, square + square, product);
    return select(x < -slope_vanishes_, V(0), slope);
  }

  template <typename V>
  HILLOCK_INLINE V double_prime(V x) const {
    const V size = abs(x);
    const V z =
        select(size > curve_vanishes_, V(least_), maximum(V(least_), size)) * inverse_curve_unit_;
    const V square = fma(z, z, V(curve_b_));
    return select(size > curve_vanishes_, V(0), V(curve_dividend_) / (square * sqrt(square)));
  }

  template <typename V>
  HILLOCK_INLINE V prime_from_output(V y) const {
    const V ratio = maximum(V(limits_of::epsilon() / 4), at_zero_ / y);
    return 1 / multiply_add(ratio, ratio, V(1));
  }

  static constexpr std::string_view name = "squareplus";
  static constexpr std::array parameters{parameter{"b", 4, domain::positive}};
  static constexpr ulps value_error{2}, derivative_error{4}, second_derivative_error{4};
  static constexpr auto smooth = smoothness::analytic;
  constexpr limits value_limits() const { return {0, infinity}; }
  constexpr limits derivative_limits() const { return {0, 1}; }
  constexpr interval range() const { return {0, infinity}; }
  constexpr bool monotone() const { return true; }

 private:
  using limits_of = std::numeric_limits<real<T>>;
  static constexpr real<T> smallest = (limits_of::min)(), largest = (limits_of::max)();

  static real<T> power_of_two(int k) { return std::ldexp(real<T>(1), k); }
  /// The greatest number that is not above x - d, where d is hardly more than x's last digit.
  static real<T> not_above(real<T> x, real<T> d) {
    const real<T> nearest = x - d;
    return x - nearest < d ? nearest * (1 - limits_of::epsilon() / 2) : nearest;
  }
  /// Roots, rounded down.
  static real<T> square_root(real<T> square) {
    const real<T> x = std::sqrt(square);
    return not_above(x, std::fma(x, x, -square) / (2 * x));
  }
  static real<T> cubic_root(real<T> cube) {
    const real<T> x = std::cbrt(cube), square = x * x, product = square * x;
    const real<T> lost = std::fma(square, x, -product) + std::fma(x, x, -square) * x;
    return not_above(x, (product - cube + lost) / (3 * square));
  }

  real<T> at_zero_ = std::sqrt(b()) / 2;
  // unit = 2^k is sqrt(b), or up to a half less.
  int k_ = static_cast<int>(std::floor(real<T>(std::ilogb(b())) / 2));
  real<T> unit_ = power_of_two(k_), inverse_unit_ = power_of_two(-k_);
  real<T> scaled_b_ = b() * inverse_unit_ * inverse_unit_;  // in [1, 4)
  // For |x| up to here, s = sqrt b; for |x| from there on, s = |x|.
  real<T> least_ = unit_ * (limits_of::epsilon() / 64);
  real<T> most_ = unit_ * (64 / limits_of::epsilon());
  // b / 64, enlarged where b is so small that a digit might be lost.
  real<T> lift_ = (std::min)(unit_, real<T>(1)), quarter_ = b() / lift_ / 64;
  // Where f is the smallest normal number; for |x| up to these, f' and f'' are normal ones. Exact:
  // denormal results would have too few digits for their errors.
  real<T> value_vanishes_ = (std::min)(largest / 8, scaled_b_ / 64 / smallest * unit_ * unit_);
  real<T> slope_vanishes_ = square_root(scaled_b_ / 4 / smallest) * unit_;
  // f'' has units of its own, lest s^3 overflow.
  int curve_k_ = k_ < 0 ? k_ + (2 - k_) / 3 : k_;
  real<T> inverse_curve_unit_ = power_of_two(-curve_k_);
  real<T> curve_b_ = b() * inverse_curve_unit_ * inverse_curve_unit_;
  real<T> curve_dividend_ = curve_b_ / 2 * inverse_curve_unit_;
  real<T> curve_vanishes_ = cubic_root(curve_dividend_ / smallest) / inverse_curve_unit_;
};

}  // namespace HILLOCK_ABI
}  // namespace hillock
