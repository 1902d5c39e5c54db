// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/elementwise.hpp>
#include <hillock/math/gate.hpp>

namespace hillock {
inline namespace HILLOCK_ABI {

/// gelu_quick(x) = x / (1 + e^(-1.702 x))
///
/// An approximation of gelu by a logistic function; swish with beta = 1.702, exactly.
///
/// Use         Models that were trained with it, as CLIP was. For new ones take gelu, which costs
///             hardly more.
/// Domain      every real x; the value lies in [-0.1637, infinity], its minimum at -0.751, and is
///             -0 from -53.7 (double: -419.8) down, where it is no normal number.
/// Derivative  that of silu at 1.702 x, zero at -0.751; f'' is 1.702 times that of silu. Neither
///             can be had from the output.
/// Evaluation  As swish, with the low part of the constant, too.
/// Error       2 ulp, f' and f'' 4 ulp; within 0.29 of a zero of f' as if it were 1/8 there, of f''
///             0.21.
/// Elsewhere   ggml's gelu_quick, QuickGELU in CLIP.
/// Source      Hendrycks and Gimpel, "Gaussian Error Linear Units (GELUs)", 2016.
template <typename T>
struct gelu_quick : elementwise<gelu_quick<T>> {
  template <typename V>
  HILLOCK_INLINE V value(V x) const {
    return gate_.value(x);
  }

  template <typename V>
  HILLOCK_INLINE V prime(V x) const {
    return gate_.prime(x);
  }

  template <typename V>
  HILLOCK_INLINE V double_prime(V x) const {
    return gate_.double_prime(x);
  }

  static constexpr std::string_view name = "gelu_quick";
  static constexpr ulps value_error{2}, derivative_error{4}, second_derivative_error{4};
  static constexpr auto smooth = smoothness::analytic;
  constexpr limits value_limits() const { return {-0.0, infinity}; }
  constexpr limits derivative_limits() const { return {0, 1}; }
  constexpr interval range() const { return {-0.16362, infinity}; }
  constexpr bool monotone() const { return false; }

 private:
  // tests/vanishing.cpp looks at the numbers round both.
  static constexpr bool ends_are_known = true;
  using gate = math::gate<real<T>, ends_are_known>;

  /// Made once: that takes longer than a short array.
  static const gate& gate_of_1702() {
    constexpr auto rate = static_cast<real<T>>(1.702L);
    // What rate lacks, exactly even where no type is wider.
    static const gate made(rate, std::fma(real<T>(-1000), rate, real<T>(1702)) / 1000);
    return made;
  }

  gate gate_ = gate_of_1702();
};

}  // namespace HILLOCK_ABI
}  // namespace hillock
