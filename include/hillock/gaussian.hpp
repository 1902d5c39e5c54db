// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/elementwise.hpp>
#include <hillock/math/exp.hpp>

namespace hillock {
inline namespace HILLOCK_ABI {

/// gaussian(x) = e^(-x^2)
///
/// A bump: the response of a unit of a radial basis function network at the distance |x|.
///
/// Use         Radial basis functions, and shallow networks that fit local features. Deep ones do
///             not learn through it: the gradient is gone a few units from 0.
/// Domain      every real x; the value lies in [0, 1], and is 0 from |x| = 9.35 (double: 26.62) on,
///             where it is no normal number.
/// Derivative  -2x e^(-x^2); f'' = (4x^2 - 2) e^(-x^2), zero at 1 / sqrt 2. Neither can be had from
///             the output.
/// Evaluation  As written, with what rounding x^2 loses: it would cost 44 ulp at the far end. The
///             factor 4x^2 - 2 is rounded once, so that f'' is right next to its zeros.
/// Error       2 ulp, f' and f'' 4 ulp.
/// Source      Broomhead and Lowe, "Multivariable Functional Interpolation and Adaptive Networks",
///             Complex Systems 2, 1988.
template <typename T>
struct gaussian : elementwise<gaussian<T>> {
  template <typename V>
  HILLOCK_INLINE V value(V x) const {
    return times_bump(V(1), within_reach(abs(x)));
  }

  template <typename V>
  HILLOCK_INLINE V prime(V x) const {
    const V size = abs(x), factor = minimum(V(reach<V>), size);
    return times_bump(copysign(math::flush(factor + factor), -x), within_reach(size));
  }

  template <typename V>
  HILLOCK_INLINE V double_prime(V x) const {
    const V size = within_reach(abs(x)), twice = size + size;
    return times_bump(fma(twice, twice, V(-2)), size);
  }

  static constexpr std::string_view name = "gaussian";
  static constexpr ulps value_error{2}, derivative_error{4}, second_derivative_error{4};
  static constexpr auto smooth = smoothness::analytic;
  constexpr limits value_limits() const { return {0, 0}; }
  constexpr limits derivative_limits() const { return {0, 0}; }
  constexpr interval range() const { return {0, 1}; }
  constexpr bool monotone() const { return false; }

 private:
  /// From here on, f, f' and f'' are no normal numbers.
  template <typename V>
  static constexpr typename V::scalar reach =
      std::numeric_limits<typename V::scalar>::max_exponent == 128    ? 10.4F
      : std::numeric_limits<typename V::scalar>::max_exponent == 1024 ? 27.5F
                                                                      : 107;

  /// size up to reach; what is added changes nothing but numbers that have small squares.
  template <typename V>
  static HILLOCK_INLINE V within_reach(const V& size) {
    using scalar = typename V::scalar;
    constexpr int exponent = sizeof(scalar) == sizeof(float) ? -40 : -300;
    return minimum(V(reach<V>), size) + math::detail::power_of_two<scalar, exponent>;
  }

  /// h e^(-size^2).
  template <typename V>
  static HILLOCK_INLINE V times_bump(const V& h, const V& size) {
    const V square = size * size;
    return math::times_exp(h, -square, fma(-size, size, square));
  }
};

}  // namespace HILLOCK_ABI
}  // namespace hillock
