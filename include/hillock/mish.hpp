// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/elementwise.hpp>
#include <hillock/math/gate.hpp>

namespace hillock {
inline namespace HILLOCK_ABI {

/// mish(x) = x tanh(softplus(x))
///
/// Like silu, with a deeper minimum and a slope at 0 of 0.6. With w = e^x it is the rational
/// function x w (w + 2) / d, where d = w^2 + 2 w + 2.
///
/// Use         Models that were trained with it, of images above all. For new ones try silu first,
///             which is cheaper.
/// Domain      every real x; the value lies in [-0.3089, infinity], its minimum at -1.192, and is
///             -0 from -91.9 (double: -714.9) down, where it is no normal number.
/// Derivative  w (4 (x + 1) (1 + w) + w (2 + w (4 + w))) / d^2, zero at -1.192 and above 1 beyond
///             1.5. It cannot be had from the output.
/// Evaluation  x - 2 x / d, which cannot overflow, and below -0.35 x w (1 - w (w + 1) / d), where w
///             = 2^n (1 + s) may underflow; f' = 1 + (4 x w (1 + w) - 2 d) / d^2 for x > 0.
/// Error       2 ulp, f' and f'' 4 ulp; near a zero of f' or f'' as if it were 1/8 there.
/// Source      Misra, "Mish: A Self Regularized Non-Monotonic Activation Function", BMVC 2020.
template <typename T>
struct mish : elementwise<mish<T>> {
  template <typename V>
  HILLOCK_INLINE V value(V x) const {
    using S = typename V::scalar;
    if constexpr (math::is_native<V>) {
      constexpr S least = math::detail::gate_least<S>(0),
                  tiny = (std::numeric_limits<S>::min)() / S(0.6);
      const V normal = select(abs(x) < tiny, V(0), x), h = minimum(V(growth<V>::large), normal);
      const growth<V> e(h, least);
      // n = 0 above; both quotients are corrections of x, or of x 2^n.
      const auto falls = x < S(-0.3466);
      const V p = e.minus_1(), divisor = fma(p, p + 4, V(5));
      const V quotient = select(falls, fma(-e.w, e.w, -e.w), V(-2)) / divisor;
      const V below = fma(e.parts.s, quotient, e.parts.s) + quotient;
      const V rest = near_0(normal, fma(h, select(falls, below, quotient), normal));
      const V y = select(falls, e.parts.shift(rest), rest);
      return copysign(select(x < least, V(0), y), x);
    } else {
      const S h = x.bits(), t = std::exp(-std::abs(h));
      if (t == 0) return h < 0 ? V(-0.0) : x;
      return h < 0 ? V(h * (t * (t + 2) / (2 + t * (2 + t))))
                   : V(h * ((1 + 2 * t) / (1 + t * (2 + 2 * t))));
    }
  }

  template <typename V>
  HILLOCK_INLINE V prime(V x) const {
    using S = typename V::scalar;
    if constexpr (math::is_native<V>) {
      constexpr S least = math::detail::gate_least<S>(1);
      const growth<V> e(minimum(V(growth<V>::large), x), least);
      const V w = e.w, turn = fma(V(4), e.x, V(4)), inner = polynomial(w, 8, 8, 4, 1);
      const V square = fma(w, inner, V(4)), square_low = fma(w, inner, 4 - square);
      const V product = e.times_e(fma(w, fma(w, w + 4, V(2)), fma(turn, w, turn)));
      const V rise = fma(w, fma(4 * e.x, 1 + w, fma(V(-2), w, V(-4))), V(-4));
      const auto falls = x < 0;
      const V dividend = select(falls, product * e.scale, rise);
      const V central = select(falls, V(0), V(1)) + math::divide(dividend, square, square_low);
      const V outer = e.parts.shift(product, -2);
      return select(x < least, V(-0.0), select(x < -math::detail::gate_open, outer, central));
    } else {
      const S h = x.bits(), t = std::exp(-std::abs(h));
      if (t == 0) return h < 0 ? V(-0.0) : V(1);
      const S d = h < 0 ? 2 + t * (2 + t) : 1 + t * (2 + 2 * t), turn = 4 * (h + 1);
      return h < 0 ? V(t * (turn * (1 + t) + t * (2 + t * (4 + t))) / (d * d))
                   : V((1 + t * (4 + t * (2 + turn * (1 + t)))) / (d * d));
    }
  }

  /// In t = e^-|x|, whose powers do not overflow.
  template <typename V>
  HILLOCK_INLINE V double_prime(V x) const {
    using S = typename V::scalar;
    if constexpr (math::is_native<V>) {
      constexpr S left = -math::detail::gate_least<S>(2);
      const V size = abs(x) + math::detail::imperceptible<S>;
      const auto e = math::reduce_exp_closely(-minimum(V(left), size), V(0));
      const V scale = maximum(V(0x1p-60F), e.scale()), t = fma(scale, e.s, scale);
      const auto falls = x < 0;
      const V product = bend(falls, size, t);
      const V once = fma(product, e.s, product), twice = fma(once, e.s, once);
      // Near 0 the rounding of t counts the less the more it is the same everywhere.
      const auto is_small = size < S(0.7);
      const V bounded = select(is_small, t, V(1));  // lest its square's low part be denormal
      const V square = bounded * bounded, square_low = fma(bounded, bounded, -square);
      const V raised = select(falls, product * t, fma(product, square, product * square_low));
      const V dividend = select(is_small, raised, select(falls, once, twice));
      const V unit = select(is_small, V(4), 4 * select(falls, scale, scale * scale));
      const divisor_cubed<V> cube(falls, t);
      const V central = unit * math::divide(dividend, cube.value, cube.low);
      const V outer = select(falls, e.shift(once, -1), e.shift(e.shift(twice, 2)));
      const V last = select(falls, V(left), V(right<S>));
      return select(size > last, V(-0.0), select(size > S(40), outer, central));
    } else {
      const S h = std::abs(x.bits()), t = std::exp(-h);
      if (t == 0) return V(-0.0);
      const auto falls = x < 0;
      return 4 * t * select(falls, V(1), V(t)) * bend(falls, V(h), V(t)) /
             divisor_cubed<V>(falls, V(t)).value;
    }
  }

  static constexpr std::string_view name = "mish";
  static constexpr ulps value_error{2}, derivative_error{4}, second_derivative_error{4};
  static constexpr auto smooth = smoothness::analytic;
  constexpr limits value_limits() const { return {-0.0, infinity}; }
  constexpr limits derivative_limits() const { return {0, 1}; }
  constexpr interval range() const { return {-0.3089, infinity}; }
  constexpr bool monotone() const { return false; }

 private:
  /// w = e^x for x <= large, where f' is 1; no less than 2^-66.
  template <typename V>
  struct growth {
    using S = typename V::scalar;
    static constexpr S large = sizeof(S) == sizeof(float) ? S(20) : S(40);

    V x;
    math::exp_parts<typename V::register_type> parts;
    V scale, w;

    HILLOCK_INLINE growth(const V& x_, S least)
        : x(maximum(V(least), x_ + math::detail::imperceptible<S>)),
          parts(math::reduce_exp(x)),
          scale(math::detail::guarded_scale(parts)),
          w(0) {
      w = times_e(scale);
    }

    HILLOCK_INLINE V minus_1() const { return fma(scale, parts.s, scale - 1); }
    /// v e^x / 2^n.
    HILLOCK_INLINE V times_e(const V& v) const { return fma(v, parts.s, v); }
  };

  /// d^3, times t^6 where x > 0: value + low.
  template <typename V>
  struct divisor_cubed {
    V value, low;

    template <typename M>
    HILLOCK_INLINE divisor_cubed(const M& falls, const V& t) : value(0), low(0) {
      const V c2 = select(falls, V(1), V(2)), c0 = select(falls, V(2), V(1));
      const V inner = fma(c2, t, V(2)), inner_low = fma(c2, t, 2 - inner);
      const V d = fma(inner, t, c0), d_low = fma(inner_low, t, fma(inner, t, c0 - d));
      const V square = d * d, square_low = fma(d, d, -square);
      value = square * d;
      low = fma(3 * square, d_low, fma(square_low, d, fma(square, d, -value)));
    }
  };

  /// y, but 0.6 x where |x| is tiny and fma is emulated: there the product within may be flushed.
  template <typename V>
  static HILLOCK_INLINE V near_0(const V& x, const V& y) {
    using S = typename V::scalar;
    constexpr S epsilon = std::numeric_limits<S>::epsilon();
    if constexpr (math::register_ops<typename V::register_type>::fused)
      return y;
    else
      return select(abs(x) < epsilon * epsilon, S(0.6) * x, y);
  }

  /// f'' d^3 / 4, over t where x < 0, else times t^4; size = |x|. The term without t is exact where
  /// the sum is small.
  template <typename M, typename V>
  static HILLOCK_INLINE V bend(const M& falls, const V& size, const V& t) {
    const V c0 = fma(V(-2), size, select(falls, V(4), V(2)));
    const V c1 = fma(select(falls, V(-2), V(-3)), size, select(falls, V(8), V(6)));
    const V c2 = fma(select(falls, V(3), V(2)), size, select(falls, V(6), V(8)));
    const V c3 = fma(V(2), size, select(falls, V(2), V(4)));
    return fma(fma(fma(c3, t, c2), t, c1), t, c0);
  }

  /// The last x whose f'' is a normal number.
  template <typename S>
  static constexpr S right = sizeof(S) == sizeof(float) ? S(0x1.74f1f6p+5)
                                                        : S(0x1.662d52e020a3fp+8);
};

}  // namespace HILLOCK_ABI
}  // namespace hillock
