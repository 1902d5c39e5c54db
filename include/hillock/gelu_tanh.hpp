// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/elementwise.hpp>
#include <hillock/math/gelu_tanh.hpp>

namespace hillock {
inline namespace HILLOCK_ABI {

/// gelu_tanh(x) = x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3)))
///
/// The gelu of models that were trained before erf was fast: within 5e-4 of gelu. As tanh is a
/// sigmoid, it is x sigmoid(z), z = a x + b x^3 with a = sqrt(8/pi) and b = 0.044715 a.
///
/// Use         Models that were trained with it, as GPT-2 was. For new ones take gelu.
/// Domain      every real x; the value lies in [-0.17005, infinity], its minimum at -0.7525, and is
///             -0 from -10.11 (double: -21.18) down, where it is no normal number.
/// Derivative  sigmoid(z) (1 + x z' sigmoid(-z)), zero at -0.7525; f'' is even. Neither can be had
///             from the output.
/// Evaluation  One quotient x / (1 + e^-z), for which z is had to twice the digits of T. Never
///             1 + tanh, which has no right digit left at -5; nor x^3 where it overflows.
/// Error       2 ulp, f' and f'' 4 ulp; near a zero of f' or f'' as if it were 1/8 there.
/// Elsewhere   jax.nn.gelu, keras.ops.gelu and ggml mean this one by default, PyTorch and ONNX by
///             approximate="tanh". That they round sqrt(2/pi) moves the tail by 100 ulp.
/// Source      Hendrycks and Gimpel, "Gaussian Error Linear Units (GELUs)", 2016.
template <typename T>
struct gelu_tanh : elementwise<gelu_tanh<T>> {
  template <typename V>
  HILLOCK_INLINE V value(V x) const {
    const V zero = copysign(0, x);
    if constexpr (math::is_native<V>) {
      const math::gelu_tanh_argument<V> z(bounded(x, 0));
      const math::detail::gate_quotient logistic(z, range_);
      return select(x < parts<V>::least[0], zero, logistic.times(x));
    } else {
      return select(x < parts<V>::least[0], zero, x / (1 + V(decayed(x.bits()))));
    }
  }

  template <typename V>
  HILLOCK_INLINE V prime(V x) const {
    if constexpr (math::is_native<V>) {
      const V h = bounded(x, 1);
      const math::gelu_tanh_argument<V> z(h);
      const math::detail::gate_decay d(z.exp_of_minus_size());
      const V falling = fma(h, z.slope, V(1)) + fma(h, z.slope_low, d.t);
      const V w = select(z.z < 0, falling, fma(h * z.slope, d.t, V(1)) + d.t);
      return select(x < parts<V>::least[1], V(-0.0), d.slope(z.z, w));
    } else {
      const auto h = x.bits(), t = decayed(std::abs(h)), growth = h * slope(h);
      if (t == 0) return h < 0 ? V(-0.0) : V(1);
      return V((h < 0 ? t * (1 + t + growth) : 1 + t + growth * t) / ((1 + t) * (1 + t)));
    }
  }

  /// t (p (1 + t) - q (1 - t)) / (1 + t)^3 with p = 2 z' + x z'' and q = |x| z'^2.
  template <typename V>
  HILLOCK_INLINE V double_prime(V x) const {
    using k = parts<V>;
    if constexpr (math::is_native<V>) {
      const V size = abs(x) + math::detail::imperceptible<typename V::scalar>;
      const V h = minimum(V(-k::least[2]), size);
      const math::gelu_tanh_argument<V> z(h);
      const math::detail::gate_decay d(z.exp_of_minus());
      const V y = d.bend(z.z, math::gelu_tanh_bend(h, z, d.t), {});
      return select(size > -k::least[2], V(-0.0), y);
    } else {
      const auto h = std::abs(x.bits()), t = decayed(h);
      if (t == 0) return V(-0.0);
      const auto p = 2 * k::a + 12 * k::b * h * h, q = h * slope(h) * slope(h);
      return V(t * (p * (1 + t) - q * (1 - t)) / ((1 + t) * (1 + t) * (1 + t)));
    }
  }

  static constexpr std::string_view name = "gelu_tanh";
  static constexpr ulps value_error{2}, derivative_error{4}, second_derivative_error{4};
  static constexpr auto smooth = smoothness::analytic;
  constexpr limits value_limits() const { return {-0.0, infinity}; }
  constexpr limits derivative_limits() const { return {0, 1}; }
  constexpr interval range() const { return {-0.17005, infinity}; }
  constexpr bool monotone() const { return false; }

 private:
  template <typename V>
  using parts = math::gelu_tanh_parts<typename V::scalar>;

  /// x, but where the derivative of this order no longer changes, and no denormal number.
  template <typename V>
  static HILLOCK_INLINE V bounded(const V& x, int order) {
    constexpr auto tiny = math::detail::imperceptible<typename V::scalar>;
    return maximum(V(parts<V>::least[order]), minimum(V(parts<V>::opened), x + tiny));
  }

  template <typename S>
  static S argument(S x) {
    return x * (math::gelu_tanh_parts<S>::a + math::gelu_tanh_parts<S>::b * x * x);
  }
  /// e^-z, with what z loses, which counts hundredfold in its tail.
  template <typename S>
  static S decayed(S x) {
    using k = math::gelu_tanh_parts<S>;
    const S h = (std::max)((std::min)(x, -k::least[0]), k::least[0]), square = h * h;
    const S factor = std::fma(k::b, square, k::a), z = h * factor;
    const S rest = std::fma(k::b, square, k::a - factor) + k::b * std::fma(h, h, -square);
    return std::exp(-z) * (1 - (std::fma(h, factor, -z) + h * rest));
  }
  template <typename S>
  static S slope(S x) {
    return math::gelu_tanh_parts<S>::a + 3 * math::gelu_tanh_parts<S>::b * x * x;
  }

  math::gate_range<real<T>> range_ =
      math::gate_range<real<T>>::down_to(argument(math::gelu_tanh_parts<real<T>>::least[0]));
};

}  // namespace HILLOCK_ABI
}  // namespace hillock
