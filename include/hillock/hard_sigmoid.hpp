// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/elementwise.hpp>
#include <hillock/presets.hpp>

namespace hillock {
inline namespace HILLOCK_ABI {

/// hard_sigmoid(x) = clip(slope x + offset, 0, 1)
///
/// The sigmoid drawn with a ruler.
///
/// Use         Gates in place of sigmoid where exponentials are too dear or arithmetic is of low
///             precision; units beyond its kinks do not learn.
/// Domain      every real x; slope > 0, by default 0.2 (ONNX, Keras 2); offset finite, by default
///             0.5. PyTorch, JAX and Keras 3 take a slope of exactly 1/6: hard_sigmoid::pytorch().
/// Derivative  slope between the kinks, else 0; at the kinks, where the exact slope x + offset is 0
///             or 1: 0.
/// Evaluation  One fma, whose result keeps its digits where slope x and offset cancel. No float is
///             1/6, so pytorch() is clip((x + 3) / 6, 0, 1).
/// Error       2 ulp, f' 1 ulp.
/// Source      Courbariaux, Bengio and David, "BinaryConnect", NIPS 2015; Howard et al.,
///             "Searching for MobileNetV3", ICCV 2019 (1/6).
template <typename T>
struct hard_sigmoid : elementwise<hard_sigmoid<T>, 2> {
  using elementwise<hard_sigmoid<T>, 2>::elementwise;

  constexpr real<T> slope() const { return this->template get<0>(); }
  constexpr real<T> offset() const { return this->template get<1>(); }
  hard_sigmoid with_slope(real<T> slope) const { return hard_sigmoid(slope, offset()); }
  hard_sigmoid with_offset(real<T> offset) const { return hard_sigmoid(slope(), offset); }

  /// clip(x + 3, 0, 6) / 6: a slope of exactly 1/6.
  static hard_sigmoid pytorch() {
    hard_sigmoid sixth(real<T>(1) / 6, real<T>(0.5));
    sixth.start_ = 0;
    sixth.distance_ = 3;
    sixth.lower_kink_ = -3;
    sixth.upper_kink_ = 3;
    return sixth;
  }

  template <typename V>
  HILLOCK_INLINE V value(V x) const {
    const V y = fma(V(slope()), x + distance_, V(start_));
    return select(y <= 0, V(0), minimum(V(1), y));
  }

  template <typename V>
  HILLOCK_INLINE V prime(V x) const {
    const V inner = step_between(V(lower_kink_), V(upper_kink_), x, V(slope()));
    return is_plain() ? inner : select(abs(x) == limits_of::infinity(), V(0), inner);
  }

  template <typename V>
  HILLOCK_INLINE V double_prime(V x) const {
    return propagate_nan(x, V(0));
  }

  template <typename V>
  HILLOCK_INLINE V prime_from_output(V y) const {
    return step(minimum(y, 1 - y), V(slope()));
  }

  static constexpr std::string_view name = "hard_sigmoid";
  static constexpr std::array parameters{parameter{"slope", 0.2, domain::positive},
                                         parameter{"offset", 0.5, domain::finite}};
  static constexpr ulps value_error{2}, derivative_error{1}, second_derivative_error{0};
  static constexpr auto smooth = smoothness::continuous;
  static constexpr bool is_piecewise_polynomial = true;
  constexpr limits value_limits() const { return {0, 1}; }
  constexpr limits derivative_limits() const { return {0, 0}; }
  constexpr interval range() const { return {0, 1}; }
  constexpr kink_list kinks() const {
    if (is_exact_sixth()) return {{-3, 0}, {3, 0}};
    const double a = static_cast<double>(slope()), b = static_cast<double>(offset());
    return {{-b / a, 0}, {(1 - b) / a, 0}};
  }
  constexpr bool monotone() const { return true; }
  constexpr std::string_view preset() const { return is_exact_sixth() ? exact_sixth : ""; }
  bool is_plain() const {
    return lower_kink_ >= limits_of::lowest() && upper_kink_ <= (limits_of::max)();
  }

 private:
  constexpr bool is_exact_sixth() const { return distance_ == 3; }

  using limits_of = std::numeric_limits<real<T>>;

  /// Added to x it makes no difference but that no denormal number, which is slow to compute with,
  /// enters a product. It is 0 if a kink lies so near 0 that it would.
  real<T> imperceptible() const {
    constexpr real<T> epsilon = limits_of::epsilon();
    const real<T> nearest = (std::min)(std::abs(offset()), std::abs(1 - offset()));
    return slope() * epsilon < nearest ? epsilon * epsilon * (epsilon * epsilon) : 0;
  }

  /// The greatest x whose slope x does not exceed level + lost, both exactly; the quotient is off
  /// by few steps. (Where a denormal level hides what exceeds it, x may be off by some.)
  real<T> last_up_to(real<T> level, real<T> lost = 0) const {
    if (level == 0 && lost == 0) return 0;
    constexpr int steps = 8;
    const auto exceeds = [&](real<T> x) { return std::fma(slope(), x, -level) > lost; };
    real<T> x = level / slope(), next = std::nextafter(x, limits_of::infinity());
    for (int i = 0; i < steps && exceeds(x); ++i)
      next = std::exchange(x, std::nextafter(x, -limits_of::infinity()));
    for (int i = 0; i < steps && !exceeds(next); ++i)
      x = std::exchange(next, std::nextafter(next, limits_of::infinity()));
    return x;
  }
  /// The least x whose slope x is not below 1 - offset, exactly.
  real<T> first_from_1() const {
    const real<T> rest = 1 - offset(), lost = (1 - rest) - offset();
    return -last_up_to(-rest, -lost);
  }

  // f(x) = clip(slope (x + distance) + start, 0, 1).
  real<T> distance_ = imperceptible(), start_ = offset();
  real<T> lower_kink_ = last_up_to(-offset()), upper_kink_ = first_from_1();
};

}  // namespace HILLOCK_ABI
}  // namespace hillock
