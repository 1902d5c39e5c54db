// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/elementwise.hpp>
#include <hillock/elu.hpp>
#include <hillock/math/exp.hpp>
#include <hillock/math/expm1.hpp>

namespace hillock {
inline namespace HILLOCK_ABI {

/// celu(x) = x > 0 ? x : alpha (e^(x / alpha) - 1)
///
/// An elu whose slope is 1 at 0 from both sides, whatever alpha is.
///
/// Use         In place of elu where alpha is not 1, or is trained: its slope does not jump at 0.
/// Domain      every real x; alpha > 0, by default 1. The value lies in [-alpha, infinity].
/// Derivative  1 for x > 0, else e^(x / alpha); f'' = e^(x / alpha) / alpha there, and jumps at 0,
///             where it is 1 / alpha. From the output, (y + alpha) / alpha for y <= 0: of few
///             digits where y nears -alpha.
/// Evaluation  With what rounding x / alpha loses. Where that is so small that f(x) = x, x; for
///             alpha = 1, elu.
/// Error       2 ulp, f' and f'' 4 ulp. A value below the smallest normal number may be -0, a
///             derivative 0; denormal x is slow for alpha < 1e-30 (double: 1e-290).
/// Elsewhere   frugally-deep divides by alpha twice.
/// Source      Barron, "Continuously Differentiable Exponential Linear Units", 2017.
template <typename T>
struct celu : elementwise<celu<T>, 1> {
  using elementwise<celu<T>, 1>::elementwise;

  constexpr real<T> alpha() const { return this->template get<0>(); }
  celu with_alpha(real<T> alpha) const { return celu(alpha); }

  template <typename V>
  HILLOCK_INLINE V value(V x) const {
    if (is_plain_) return plain_.value(x);
    const ratio<V> u = over_alpha(select(x > -least_, V(-0.0), x), saturated);
    return select(x > -linear_, x, math::scaled_expm1_of_negative(alpha(), u.high, u.low));
  }

  template <typename V>
  HILLOCK_INLINE V prime(V x) const {
    if (is_plain_) return plain_.prime(x);
    const ratio<V> u = over_alpha(minimum(V(-linear_), x), vanished);
    return select(x > 0, V(1), math::times_exp(V(1), u.high, u.low));
  }

  template <typename V>
  HILLOCK_INLINE V double_prime(V x) const {
    if (is_plain_) return plain_.double_prime(x);
    const ratio<V> u = over_alpha(minimum(V(-linear_), x), curve_vanished_);
    return select(x > 0, V(0), propagate_nan(x, curve(u)));
  }

  template <typename V>
  HILLOCK_INLINE V prime_from_output(V y) const {
    return minimum(V(1), (y + alpha()) / alpha());
  }

  /// The gradient of alpha, for its training: the sum over all elements of dy df/dalpha, which is 0
  /// for x > 0, else e^u (1 - u) - 1 with u = x / alpha.
  template <typename X, typename G>
  real<T> alpha_gradient(const X& x, const G& dy) const {
    return this->template parameter_gradient<0>(x, dy);
  }

  /// With v = -u, near 0 as -e^-v (e^v - 1 - v), for the sake of its digits.
  template <std::size_t, typename V>
  HILLOCK_INLINE V partial(V x) const {
    using S = typename V::scalar;
    const V v = minimum(V(-saturated), squarable(maximum(V(0), -x / alpha()))), t = math::exp(-v);
    const V y = select(v < S(0.8), v * v * t * exp_rest(v), 1 - (1 + v) * t);
    return select(x > 0, V(0), -y);
  }

  bool is_plain() const { return is_plain_; }

  static constexpr std::string_view name = "celu";
  static constexpr std::array parameters{parameter{"alpha", 1, domain::positive}};
  static constexpr ulps value_error{2}, derivative_error{4}, second_derivative_error{4};
  static constexpr auto smooth = smoothness::once;
  constexpr limits value_limits() const { return {-static_cast<double>(alpha()), infinity}; }
  constexpr limits derivative_limits() const { return {0, 1}; }
  constexpr interval range() const { return {-static_cast<double>(alpha()), infinity}; }
  constexpr bool monotone() const { return true; }

 private:
  using limits_of = std::numeric_limits<real<T>>;
  static constexpr real<T> smallest = (limits_of::min)();
  // From here on down, e^u - 1 is -1, and e^u no normal number.
  static constexpr real<T> saturated = -2 * limits_of::digits;
  static constexpr real<T> vanished = limits_of::min_exponent - limits_of::digits;

  /// x / alpha = high + low, to twice the digits of V.
  template <typename V>
  struct ratio {
    V high, low;
  };
  /// Not below about last. alpha = m 2^k; neither x 2^-k nor high m is denormal.
  template <typename V>
  HILLOCK_INLINE ratio<V> over_alpha(const V& x, real<T> last) const {
    const V scaled = maximum(V(last * m_), x * unit_), high = scaled * inverse_;
    return {high, fma(V(m_), high, -scaled) * -inverse_};
  }

  /// e^u / alpha, where u is no NaN. Beyond normal numbers y has its sign bit set, or is NaN.
  template <typename V>
  HILLOCK_INLINE V curve(const ratio<V>& u) const {
    if constexpr (math::is_native<V>) {
      const auto e = math::reduce_exp(u.high, u.low, real<T>(-k_));
      const V y = e.shift(multiply_add(V(inverse_), e.s, V(inverse_)));
      const V normal = select(y >= smallest, y, V(0));
      if (overflows_)
        return select(u.high > curve_vanished_ / 2, select(y > 0, y, V(limits_of::infinity())),
                      normal);
      return normal;
    } else {
      return math::times_exp(V(1), u.high, u.low) / alpha();
    }
  }

  /// (e^v - 1 - v) / v^2 for 0 <= v <= 0.8, by its series.
  template <typename V>
  static HILLOCK_INLINE V exp_rest(const V& v) {
    using S = typename V::scalar;
    V sum = 0;
    for (int n = 17; n >= 2; --n) {
      const V reciprocal = 1 / static_cast<S>(n);
      sum = multiply_add(v * reciprocal, sum, reciprocal);
    }
    return sum;
  }

  bool is_plain_ = alpha() == 1;  // and the rest, long to compute, left alone
  elu<T> plain_;
  // alpha = m 2^k, 2^k and 2^-k being normal numbers.
  int log2_ = is_plain_ ? 0 : std::ilogb(alpha());
  int k_ = (std::min)((std::max)(log2_, limits_of::min_exponent - 1), 1 - limits_of::min_exponent);
  real<T> unit_ = is_plain_ ? 1 : std::ldexp(real<T>(1), -k_);
  real<T> m_ = alpha() * unit_, inverse_ = 1 / m_;
  // Above -linear_, f(x) = x; above -least_ so, or f(x) is no normal number.
  real<T> linear_ = alpha() * (limits_of::epsilon() / 8);
  real<T> least_ = is_plain_ || alpha() < 2 * smallest
                       ? smallest
                       : (std::max)(linear_, -alpha() * std::log1p(-smallest / alpha()) *
                                                 (1 - 4 * limits_of::epsilon()));
  // For u below this, e^u / alpha is no normal number; near 0 it overflows for the least alpha.
  real<T> curve_vanished_ =
      is_plain_ ? 0 : (static_cast<real<T>>(log2_) + vanished) * std::log(real<T>(2));
  bool overflows_ = alpha() < smallest;
};

}  // namespace HILLOCK_ABI
}  // namespace hillock
