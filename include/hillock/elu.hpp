// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/elementwise.hpp>
#include <hillock/math/exp.hpp>
#include <hillock/math/expm1.hpp>

namespace hillock {
inline namespace HILLOCK_ABI {

/// elu(x) = x > 0 ? x : alpha (e^x - 1)
///
/// A relu whose negative side saturates smoothly at -alpha, so that the mean nears 0.
///
/// Use         Hidden layers of networks without normalization, where outputs that are nowhere
///             negative, as those of relu, shift the mean. It costs an exponential.
/// Domain      every real x; alpha > 0, by default 1. The value lies in [-alpha, infinity].
/// Derivative  1 for x > 0, else alpha e^x; it jumps at 0 unless alpha = 1, and is alpha there, as
///             in PyTorch, JAX and Keras. f''(0) = alpha. From the output, y + alpha for y <= 0:
///             of few digits where y nears -alpha.
/// Evaluation  Not exp(x) - 1, which has lost all digits at x = -1e-8f. A value below the smallest
///             normal number is -0; a derivative is 0, and where alpha > 2.4e38 (double: 1.2e308)
///             already below 1.7e-38 (3.2e-308).
/// Error       2 ulp, f' and f'' 4 ulp.
/// Source      Clevert, Unterthiner and Hochreiter, "Fast and Accurate Deep Network Learning by
///             Exponential Linear Units (ELUs)", ICLR 2016.
template <typename T>
struct elu : elementwise<elu<T>, 1> {
  using elementwise<elu<T>, 1>::elementwise;

  constexpr real<T> alpha() const { return this->template get<0>(); }
  elu with_alpha(real<T> alpha) const { return elu(alpha); }

  template <typename V>
  HILLOCK_INLINE V value(V x) const {
    if (is_plain_) {
      const V normal = select(x > -smallest, V(-0.0), x);
      return select(is_negative(x), math::scaled_expm1_of_negative(1, normal), x);
    }
    const V below = math::scaled_expm1_of_negative(alpha(), select(x > -least_, V(-0.0), x));
    if (!enlarges_) return select(is_negative(x), below, x);
    const V denormal = times_negative_denormal(alpha(), x);
    return select(is_negative(x), select(x > -least_, denormal, below), x);
  }

  template <typename V>
  HILLOCK_INLINE V prime(V x) const {
    if (is_plain_) return math::exp_of_negative(x);
    return select(x > 0, V(1), math::scaled_exp_of_negative(slope_, x));
  }

  template <typename V>
  HILLOCK_INLINE V double_prime(V x) const {
    if (is_plain_) return select(x > 0, V(0), math::exp_of_negative(x));
    return select(x > 0, V(0), math::scaled_exp_of_negative(slope_, x));
  }

  template <typename V>
  HILLOCK_INLINE V prime_from_output(V y) const {
    return select(y > 0, V(1), y + alpha());
  }

  /// The gradient of alpha, for its training: the sum over all elements of dy df/dalpha, which is 0
  /// for x > 0, else e^x - 1.
  template <typename X, typename G>
  real<T> alpha_gradient(const X& x, const G& dy) const {
    return this->template parameter_gradient<0>(x, dy);
  }

  template <std::size_t, typename V>
  HILLOCK_INLINE V partial(V x) const {
    return select(x > 0, V(0), math::scaled_expm1_of_negative(1, flush(x)));
  }

  bool is_plain() const { return is_plain_; }

  static constexpr std::string_view name = "elu";
  static constexpr std::array parameters{parameter{"alpha", 1, domain::positive}};
  static constexpr ulps value_error{2}, derivative_error{4}, second_derivative_error{4};
  static constexpr auto smooth = smoothness::continuous;
  static constexpr bool has_short_output_form = true;
  constexpr limits value_limits() const { return {-static_cast<double>(alpha()), infinity}; }
  constexpr limits derivative_limits() const { return {0, 1}; }
  constexpr interval range() const { return {-static_cast<double>(alpha()), infinity}; }
  constexpr kink_list kinks() const {
    if (alpha() == 1) return {};
    return {{0, static_cast<double>(alpha())}};
  }
  constexpr bool monotone() const { return true; }

 private:
  using limits_of = std::numeric_limits<real<T>>;
  static constexpr real<T> smallest = (limits_of::min)();

  bool is_plain_ = alpha() == 1;
  math::exp_factor<real<T>> slope_{alpha()};
  bool enlarges_ = alpha() > 1;
  // Above -least_, alpha x, and with it alpha (e^x - 1), is no normal number, or x is none.
  real<T> least_ = enlarges_ ? smallest : (std::min)(smallest / alpha(), limits_of::epsilon());
};

}  // namespace HILLOCK_ABI
}  // namespace hillock
