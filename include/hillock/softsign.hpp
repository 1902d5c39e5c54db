// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/elementwise.hpp>

namespace hillock {
inline namespace HILLOCK_ABI {

/// softsign(x) = x / (1 + |x|)
///
/// A cheap sigmoid that nears its ends as 1/x does, not exponentially; Elliot's function.
///
/// Use         In place of tanh where units saturate: its gradient fades as 1 / x^2 only.
/// Domain      every real x; the value lies in [-1, 1].
/// Derivative  1 / (1 + |x|)^2; smooth to there, f'' jumps at 0 and is 0 there.
/// Evaluation  x - x |x| / (1 + |x|) for |x| < 0.6, else 1 - 1 / (1 + |x|): roundings of quotients
///             count little in either, it never falls where x rises, and infinity gives 1. The
///             powers of 1 + |x| are Horner sums, whose early roundings count little.
/// Error       2 ulp, f' and f'' 4 ulp.
/// Source      Elliott, "A Better Activation Function for Artificial Neural Networks", 1993.
template <typename T>
struct softsign : elementwise<softsign<T>> {
  template <typename V>
  HILLOCK_INLINE V value(V x) const {
    // A denormal x, slow to compute with, is covered by a number that makes no difference, and
    // multiplied by 0.
    const V tiny = imperceptible<V>, size = abs(x) + tiny;
    const auto is_small = size < 0.6;
    const V base = select(is_small, x, copysign(1, x));
    return multiply_add(base, select(is_small, tiny - size, V(-1)) / (1 + size), base);
  }

  template <typename V>
  HILLOCK_INLINE V prime(V x) const {
    const V size = normal_power<2>(x);
    return 1 / multiply_add(size, size + 2, V(1));
  }

  template <typename V>
  HILLOCK_INLINE V double_prime(V x) const {
    const V size = normal_power<3>(x);
    const V cube = multiply_add(size, multiply_add(size, size + 3, V(3)), V(1));
    return select(x == 0, V(0), copysign(2, -x) / cube);
  }

  template <typename V>
  HILLOCK_INLINE V prime_from_output(V y) const {
    const V rest = 1 - abs(y);
    return rest * rest;
  }

  static constexpr std::string_view name = "softsign";
  static constexpr ulps value_error{2}, derivative_error{4}, second_derivative_error{4};
  static constexpr auto smooth = smoothness::once;
  static constexpr bool has_short_output_form = true;
  constexpr limits value_limits() const { return {-1, 1}; }
  constexpr limits derivative_limits() const { return {0, 0}; }
  constexpr interval range() const { return {-1, 1}; }
  constexpr bool monotone() const { return true; }
  constexpr bool odd() const { return true; }

 private:
  template <typename V>
  static constexpr auto imperceptible = std::numeric_limits<typename V::scalar>::epsilon() *
                                        std::numeric_limits<typename V::scalar>::epsilon();

  /// |x|, but infinity where the derivative of order N - 1, (N - 1) / |x|^N, is no normal number.
  /// Denormal numbers, which are slow to compute with, are covered, too.
  template <int N, typename V>
  static HILLOCK_INLINE V normal_power(V x) {
    using bits = std::numeric_limits<typename V::scalar>;
    const auto most =
        static_cast<typename V::scalar>(std::exp2(double(N - 1 - bits::min_exponent) / N));
    return select(abs(x) > most, V(bits::infinity()), abs(x) + imperceptible<V>);
  }
};

}  // namespace HILLOCK_ABI
}  // namespace hillock
