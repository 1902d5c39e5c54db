// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/elementwise.hpp>
#include <hillock/math/exp.hpp>
#include <hillock/math/expm1.hpp>

namespace hillock {
inline namespace HILLOCK_ABI {

/// selu(x) = scale (x > 0 ? x : alpha (e^x - 1)), scale = 1.0507..., alpha = 1.6732...
///
/// The elu that keeps mean 0 and variance 1 from layer to layer, where weights are drawn normal
/// with variance 1 / inputs (LeCun's).
///
/// Use         Deep plain networks without normalization: with weights drawn normal with variance 1
///             / inputs (LeCun's) and alpha_dropout in place of dropout; without these it keeps
///             nothing.
/// Domain      every real x; the value lies in [-1.758, infinity].
/// Derivative  scale for x > 0, else scale alpha e^x; at the kink x = 0: scale alpha = 1.758, as
///             PyTorch and JAX have it. From the output, y + scale alpha for y <= 0: of few digits
///             where y nears -1.758.
/// Evaluation  As elu. scale alpha is the product of the exact constants, rounded once.
/// Error       2 ulp, f' and f'' 4 ulp. A value below the smallest normal number is a zero of the
///             sign of x; a denormal x of which the value is a normal one is slow on some
///             processors.
/// Elsewhere   ONNX states scale and alpha as floats: in double its values are up to 4e-8 of theirs
///             larger.
/// Source      Klambauer, Unterthiner, Mayr and Hochreiter, "Self-Normalizing Neural Networks",
///             NIPS 2017.
template <typename T>
struct selu : elementwise<selu<T>> {
  template <typename V>
  HILLOCK_INLINE V value(V x) const {
    using S = typename V::scalar;
    constexpr S least = (std::numeric_limits<S>::min)(), up = S(scale), down = S(scale_alpha);
    // Where the value is no normal number, x counts as a zero; of the sign that lets the other
    // summand keep its own.
    const V above = select(x < least / up, copysign(0, x), x);
    const V below = select(x > -least / down, V(-0.0), x);
    return multiply_add(above, V(up), math::scaled_expm1_of_negative(down, below));
  }

  template <typename V>
  HILLOCK_INLINE V prime(V x) const {
    return select(x > 0, V(scale), math::scaled_exp_of_negative(slope_, x));
  }

  template <typename V>
  HILLOCK_INLINE V double_prime(V x) const {
    return select(x > 0, V(0), math::scaled_exp_of_negative(slope_, x));
  }

  template <typename V>
  HILLOCK_INLINE V prime_from_output(V y) const {
    return select(y > 0, V(scale), y + scale_alpha);
  }

  static constexpr std::string_view name = "selu";
  static constexpr ulps value_error{2}, derivative_error{4}, second_derivative_error{4};
  static constexpr auto smooth = smoothness::continuous;
  static constexpr bool has_short_output_form = true;
  constexpr limits value_limits() const { return {static_cast<double>(-scale_alpha), infinity}; }
  constexpr limits derivative_limits() const { return {0, static_cast<double>(scale)}; }
  constexpr interval range() const { return {static_cast<double>(-scale_alpha), infinity}; }
  constexpr kink_list kinks() const { return {{0, static_cast<double>(scale_alpha)}}; }
  constexpr bool monotone() const { return true; }

  static constexpr long double scale = 1.0507009873554804934L;
  /// scale times alpha = 1.6732632423543772848: minus the limit of selu on the left.
  static constexpr long double scale_alpha = 1.75809934084737685988995791245045632L;

 private:
  math::exp_factor<real<T>> slope_{static_cast<real<T>>(scale_alpha)};
};

}  // namespace HILLOCK_ABI
}  // namespace hillock
