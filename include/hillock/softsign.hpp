// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/elementwise.hpp>

namespace hillock {
inline namespace HILLOCK_ABI {

/// softsign(x) = x / (1 + |x|)
///
/// A cheap sigmoid that nears its ends as 1/x does, not exponentially; Elliot's function.
///
/// Domain      every real x; the value lies in [-1, 1].
/// Derivative  1 / (1 + |x|)^2; smooth to there, f'' jumps at 0 and is 0 there.
/// Evaluation  As written, with |x| capped where the quotient is 1 anyway: infinity / infinity
///             would be NaN. Powers of 1 / (1 + |x|) below the smallest normal number are 0.
/// Error       2 ulp, f' and f'' 4 ulp.
/// Source      Elliott, "A Better Activation Function for Artificial Neural Networks", 1993.
template <typename T>
struct softsign : elementwise<softsign<T>> {
  template <typename V>
  HILLOCK_INLINE V value(V x) const {
    const V size = minimum(V(1e30), abs(x));
    return copysign(size, x) / (1 + size);
  }

  template <typename V>
  HILLOCK_INLINE V prime(V x) const {
    return power<2>(abs(x));
  }

  template <typename V>
  HILLOCK_INLINE V double_prime(V x) const {
    return select(x == 0, V(0), copysign(V(2), -x) * power<3>(abs(x)));
  }

  template <typename V>
  HILLOCK_INLINE V prime_from_output(V y) const {
    const V rest = 1 - abs(y);
    return rest * rest;
  }

  static constexpr std::string_view name = "softsign";
  static constexpr ulps value_error{2}, derivative_error{4}, second_derivative_error{4};
  static constexpr auto smooth = smoothness::once;
  constexpr limits value_limits() const { return {-1, 1}; }
  constexpr limits derivative_limits() const { return {0, 0}; }
  constexpr limits second_derivative_limits() const { return {0, 0}; }
  constexpr interval range() const { return {-1, 1}; }
  constexpr kink_list kinks() const { return {}; }
  constexpr bool monotone() const { return true; }
  constexpr bool odd() const { return true; }

 private:
  /// 1 / (1 + size)^N, and 0 where that leaves the normal numbers.
  template <int N, typename V>
  static HILLOCK_INLINE V power(V size) {
    using bits = std::numeric_limits<typename V::scalar>;
    const V least = std::pow(2.0L, -bits::min_exponent / N);
    const V inverse = select(size >= least, V(0), 1 / (1 + size));
    return N == 2 ? inverse * inverse : inverse * inverse * inverse;
  }
};

}  // namespace HILLOCK_ABI
}  // namespace hillock
