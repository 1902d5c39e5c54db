// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/elementwise.hpp>
#include <hillock/math/erfc.hpp>

namespace hillock {
inline namespace HILLOCK_ABI {

/// gelu(x) = x Phi(x) = x/2 erfc(-x / sqrt 2)
///
/// x, weighted with the probability Phi(x) that a normal variable lies below it. Of transformers
/// the usual activation.
///
/// Use         Hidden layers of transformers, and models that were trained with it.
/// Domain      every real x; the value lies in [-0.17, infinity], its minimum at -0.75, and is -0
///             from -13.15 (double: -37.6) down, where it is no normal number.
/// Derivative  Phi(x) + x phi(x), zero at -0.75; f'' = phi(x) (2 - x^2). Neither can be had from
///             the output.
/// Evaluation  max(x, 0) - |x| Q(|x|), with the tail Q of the normal distribution. Never
///             x/2 (1 + erf(x / sqrt 2)), which has no right digit left at -5.
/// Error       2 ulp, f' and f'' 4 ulp; near a zero of f' or f'' as if it were 1/8 there.
/// Source      Hendrycks and Gimpel, "Gaussian Error Linear Units (GELUs)", 2016.
/// Elsewhere   PyTorch and ONNX mean this one by default ("none"), and so does Keras 3
///             (approximate=False); jax.nn.gelu, keras.ops.gelu and ggml mean gelu_tanh.
template <typename T>
struct gelu : elementwise<gelu<T>> {
  template <typename V>
  HILLOCK_INLINE V value(V x) const {
    using S = typename V::scalar;
    if constexpr (math::is_native<V>) {
      const V a = weight(x);
      return value_of(x, a, math::normal_tail(a));
    } else {
      const S below = probability(x.bits());
      return below == 0 ? V(S(-0.0)) : x * below;
    }
  }

  template <typename V>
  HILLOCK_INLINE V prime(V x) const {
    using S = typename V::scalar;
    if constexpr (math::is_native<V>) {
      return both(x).prime;
    } else {
      const S below = probability(x.bits()), density_at_x = phi(x.bits());
      if (density_at_x == 0) return below == 0 ? V(S(-0.0)) : V(below);
      return below + x * density_at_x;
    }
  }

  template <typename V>
  HILLOCK_INLINE value_and_prime<V> both(V x) const {
    if constexpr (math::is_native<V>) {
      const V size = abs(x) + math::detail::imperceptible<typename V::scalar>;
      const auto gone = size > last<typename V::scalar>(1);
      const V a = select(gone, V(0), size);
      const math::normal_tail tail(a);
      const V rise = select(gone, V(0), tail.rise(a));
      const V unit = select(x < 0, V(-density<V>::unit), V(density<V>::unit));
      const V end = select(x < 0, V(-0.0), V(1));
      return {value_of(x, weight(x), tail), multiply_add(tail.density.times(rise), unit, end)};
    } else {
      return {value(x), prime(x)};
    }
  }

  template <typename V>
  HILLOCK_INLINE V double_prime(V x) const {
    using S = typename V::scalar;
    if constexpr (math::is_native<V>) {
      const V size = abs(x) + math::detail::imperceptible<S>;
      const auto gone = size > last<S>(2);
      const V a = select(gone, V(0), size);
      const V curve = select(gone, V(0), fma(a, a, V(-2)));
      return math::reduce_normal(a, a).times(curve) * -density<V>::unit;
    } else {
      const S density_at_x = phi(x.bits());
      return density_at_x == 0 ? V(S(-0.0)) : V((2 - x.bits() * x.bits()) * density_at_x);
    }
  }

  static constexpr std::string_view name = "gelu";
  static constexpr ulps value_error{2}, derivative_error{4}, second_derivative_error{4};
  static constexpr auto smooth = smoothness::analytic;
  constexpr limits value_limits() const { return {-0.0, infinity}; }
  constexpr limits derivative_limits() const { return {0, 1}; }
  constexpr interval range() const { return {-0.17, infinity}; }
  constexpr bool monotone() const { return false; }

 private:
  template <typename V>
  using density = math::normal_density<typename V::register_type>;

  /// max(x, 0) - h Q(a), a tail at a and h = weight(x), which is a but where that does not matter.
  template <typename V, typename Tail>
  static HILLOCK_INLINE V value_of(const V& x, const V& h, const Tail& tail) {
    const V positive_part = select(x < half_normal<V>, copysign(0, x), x);
    return multiply_add(tail.times(h), V(-density<V>::unit), positive_part);
  }
  /// |x|, but 0 where the value is no normal number.
  template <typename V>
  static HILLOCK_INLINE V weight(const V& x) {
    const V size = abs(x);
    // (-0, for GCC joins selections of one value, and computes the joint mask lane by lane.)
    const V normal = select(size < half_normal<V>, V(-0.0), size);
    return select(size > last<typename V::scalar>(0), V(0), normal);
  }
  template <typename V>
  static constexpr auto half_normal = 2 * (std::numeric_limits<typename V::scalar>::min)();

  /// The last |x| to the left whose derivative of this order is a normal number.
  template <typename S>
  static constexpr S last(int order) {
    constexpr double of_float[] = {0x1.a4ae0cp+3, 0x1.aaf0b2p+3, 0x1.b12a64p+3};
    constexpr double of_double[] = {0x1.2ced4c5dd8ab4p+5, 0x1.2db2ae357ee16p+5,
                                    0x1.2e77cc3b9d8f8p+5};
    return static_cast<S>((sizeof(S) == sizeof(float) ? of_float : of_double)[order]);
  }

  /// Phi(x) = erfc(a) / 2, where a = -x / sqrt 2 is had to twice the digits: the tail would
  /// multiply what rounding it loses by 2 a^2.
  template <typename S>
  static S probability(S x) {
    constexpr S root = S(0x1.6a09e667f3bcdp-1);
    constexpr S rest_of_root = S(-4.833646656726456518593584429912793221341e-17L);
    constexpr S two_by_root_pi = S(1.12837916709551257389615890312154517L);
    const S a = -x * (root + rest_of_root), lost = std::fma(-x, root, -a) - x * rest_of_root;
    const S rise = two_by_root_pi * std::exp(-a * a);
    return (std::erfc(a) - (rise == 0 ? 0 : rise * lost)) / 2;
  }
  template <typename S>
  static S phi(S x) {
    return std::exp(-x * x / 2) * S(0.398942280401432677939946059934381868L);
  }
};

}  // namespace HILLOCK_ABI
}  // namespace hillock
