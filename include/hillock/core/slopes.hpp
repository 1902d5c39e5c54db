// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/slices.hpp>

// x > 0 ? x : slope x for slopes that may differ from element to element: the bits of leaky_relu.

namespace hillock {
inline namespace HILLOCK_ABI {
namespace detail {

/// For a slope beyond 1 denormal numbers are computed with as multiples of this.
template <typename R>
inline constexpr R denormal_scale = [] {
  R scale = 1;
  for (int i = 0; i < std::numeric_limits<R>::digits; ++i) scale *= 2;
  return scale;
}();
template <typename R>
inline constexpr R denormal_unit = (std::numeric_limits<R>::min)() * denormal_scale<R>;

/// The number before a positive one.
template <typename V>
HILLOCK_INLINE V previous(const V& x) {
  if constexpr (math::is_native<V>)
    return (as_integers(x) - 1).as_lanes();
  else
    return std::nextafter(x.bits(), typename V::scalar(0));
}

/// From minus this on slope x is no normal number, or x is none. For |slope| > 1, where x may be
/// denormal: the same of such an x, scaled.
template <typename V>
HILLOCK_INLINE V vanishing_of(const V& slope) {
  using R = typename V::scalar;
  constexpr R infinite = std::numeric_limits<R>::infinity();
  const V size = abs(slope);
  const auto enlarges = 1 < size;
  const V edge = select(enlarges, V(denormal_unit<R>), V((std::numeric_limits<R>::min)())) / size;
  const V special =
      select(slope == 0, V(infinite), select(slope == 1, V(-infinite), previous(edge)));
  return select(enlarges, edge, special);
}

/// slope x for a negative denormal x and |slope| > 1, and a zero where that is no normal number.
template <typename V>
HILLOCK_INLINE V times_negative_denormal(const V& slope, const V& vanishing, const V& x) {
  using R = typename V::scalar;
  if constexpr (math::is_native<V>) {
    constexpr R unit = denormal_unit<R>;
    // The mantissa of a denormal x is that of x scale - unit, too.
    const V scaled = (as_integers(x) | as_integers(V(unit))).as_lanes() + unit;
    return select(scaled > -vanishing, V(-0.0), scaled) * (slope * (1 / denormal_scale<R>));
  } else {
    return slope * x;
  }
}

/// x > 0 ? x : slope x, given vanishing_of(slope). Is |slope| > 1 in any lane? Then Enlarges.
template <bool Enlarges, typename V>
HILLOCK_INLINE V sloped(const V& slope, const V& vanishing, const V& x) {
  using R = typename V::scalar;
  constexpr R least = (std::numeric_limits<R>::min)();
  if constexpr (Enlarges) {
    const auto enlarges = 1 < abs(slope);
    const V end = select(enlarges, previous(V(least)), vanishing);
    const V below = slope * select(x >= -end, V(-0.0), x);
    const V denormal = times_negative_denormal(slope, vanishing, x);
    return select(x >= 0, x, select(enlarges & (x > -least), denormal, below));
  } else {
    return select(x >= 0, x, slope * select(x >= -vanishing, V(-0.0), x));
  }
}

/// Its derivative.
template <typename V>
HILLOCK_INLINE V sloped_prime(const V& slope, const V& x) {
  return unit_step(x, slope);
}

/// Its derivative by the slope.
template <typename V>
HILLOCK_INLINE V sloped_partial(const V& x) {
  return select(x > 0, V(0), x);
}

// ---- One slope --------------------------------------------------------------------------------

template <typename T>
struct sloped_kernel {
  using scalar = T;
  static constexpr bool is_cheap = true;
  real<T> slope;
  real<T> vanishing = vanishing_of(math::lanes<real<T>>(slope)).bits();
  bool enlarges = std::abs(slope) > 1;

  template <typename V>
  HILLOCK_INLINE V operator()(const V& x) const {
    return enlarges ? sloped<true>(V(slope), V(vanishing), x)
                    : sloped<false>(V(slope), V(vanishing), x);
  }
};

template <typename T>
struct sloped_backward_kernel {
  using scalar = T;
  static constexpr bool is_cheap = true;
  real<T> slope;

  template <typename V>
  HILLOCK_INLINE V operator()(const V& x, const V& dy) const {
    return dy * sloped_prime(V(slope), x);
  }
};

// ---- One slope per element ---------------------------------------------------------------------

/// The derivative.
template <typename T>
struct sloped_prime_kernel {
  using scalar = T;
  static constexpr bool is_cheap = true;
  template <typename V>
  HILLOCK_INLINE V operator()(const V& x, const V& slope) const {
    return sloped_prime(slope, x);
  }
};

// ---- One slope per slice ----------------------------------------------------------------------

/// The slopes of the slices at hand, one a lane; along a slice, its own in every lane.
template <typename V, typename R>
HILLOCK_INLINE V slopes_at(const place& at, const R* slopes) {
  R lane[V::width];
  for (int i = 0; i < V::width; ++i) lane[i] = slopes[at.first + (i < at.lanes ? i : 0)];
  return load<V>(lane);
}

template <typename R>
struct sloped_slices {
  static constexpr int tiled_vectors = 0;
  const R* slopes;

  template <bool Along, typename X, typename To>
  HILLOCK_INLINE void run(const place& at, const X& x, const To& to) const {
    using V = typename X::lanes_type;
    const V slope = slopes_at<V>(at, slopes), vanishing = vanishing_of(slope);
    at.for_each_vector([&](auto j) HILLOCK_INLINE_LAMBDA {
      to.put(j, sloped<true>(slope, vanishing, x.get(j, 0)));
    });
  }
  template <bool Along, typename X, typename G, typename To>
  HILLOCK_INLINE void run(const place& at, const X& x, const G& dy, const To& to) const {
    const auto slope = slopes_at<typename X::lanes_type>(at, slopes);
    at.for_each_vector([&](auto j) HILLOCK_INLINE_LAMBDA {
      to.put(j, dy.get(j, 0) * sloped_prime(slope, x.get(j, 0)));
    });
  }
};

/// The gradient of the slopes and, given a target, that of x.
template <typename R, bool OneSlope>
struct slope_gradients {
  static constexpr int tiled_vectors = 0;
  const R* slopes;
  per_slice<R> sums;

  template <bool Along, typename X, typename G, typename... To>
  HILLOCK_INLINE void run(const place& at, const X& x, const G& dy, const To&... to) const {
    using V = typename X::lanes_type;
    const V slope = OneSlope ? V(*slopes) : slopes_at<V>(at, slopes);
    V sum = 0;
    at.for_each_vector([&](auto j) HILLOCK_INLINE_LAMBDA {
      const V here = x.get(j, 0), gradient = dy.get(j, 0);
      sum = fma(gradient, sloped_partial(here), sum);
      (to.put(j, gradient * sloped_prime(slope, here)), ...);
    });
    sums.put(at, Along ? reduce(sum, math::sum_of{}) : sum);
  }
};

}  // namespace detail
}  // namespace HILLOCK_ABI
}  // namespace hillock
