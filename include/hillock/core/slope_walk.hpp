// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/slopes.hpp>

// One slope per slice, in one walk through memory where it lies so, else slice by slice.

namespace hillock {
inline namespace HILLOCK_ABI {
namespace detail {

#if HILLOCK_HAS_OWN_LOOP

/// The same slope for all elements.
template <typename V>
struct constant_slope {
  V slope_, vanishing_;
  V sum = 0;
  static constexpr HILLOCK_INLINE std::ptrdiff_t left() {
    return (std::numeric_limits<std::ptrdiff_t>::max)();
  }
  HILLOCK_INLINE V slope(std::ptrdiff_t) const { return slope_; }
  HILLOCK_INLINE V vanishing(std::ptrdiff_t) const { return vanishing_; }
  HILLOCK_INLINE void add(std::ptrdiff_t, const V& a, const V& b) { sum = fma(a, b, sum); }
  HILLOCK_INLINE void advance(std::ptrdiff_t) {}
};

/// Slopes that come again after so many elements: those of vectors that begin k from here, k below
/// what is left.
template <typename V>
struct cycle_of_slopes {
  const typename V::scalar *slopes, *vanishings;
  typename V::scalar* sums;
  std::ptrdiff_t period, at = 0;
  HILLOCK_INLINE std::ptrdiff_t left() const { return period - at; }
  HILLOCK_INLINE V slope(std::ptrdiff_t k) const { return load<V>(slopes + at + k); }
  HILLOCK_INLINE V vanishing(std::ptrdiff_t k) const { return load<V>(vanishings + at + k); }
  HILLOCK_INLINE void add(std::ptrdiff_t k, const V& a, const V& b) {
    store(fma(a, b, load<V>(sums + at + k)), sums + at + k);
  }
  HILLOCK_INLINE void advance(std::ptrdiff_t by) {
    at += by;
    if (at >= period) at -= period;
  }
};

/// Out of In inputs: the value of one, the gradient of two, and of two also the gradients of the
/// slopes, if Sums, or these alone. All lie in memory in one order.
template <typename T, int In, bool Sums = false, bool Writes = true>
struct sloped_task {
  using scalar = T;
  static constexpr std::ptrdiff_t most = 4096 / sizeof(T);  // slopes at a time
  static constexpr std::uintptr_t ahead = 1024;             // bytes

  const T* slopes;
  bool along;  // is a slice what lies next to each other?
  std::ptrdiff_t inner, outer;
  T* out;
  std::ptrdiff_t out_step;
  const T* in[In];
  std::ptrdiff_t in_step[In];
  T* sums = nullptr;
  std::ptrdiff_t sums_step = 0;

  template <typename V>
  HILLOCK_INLINE void on() const {
    const sloped_task task = *this;  // no store to the output can change it
    if (!along)
      for (std::ptrdiff_t i = 0; i < inner; i += most)
        task.template across<V>(i, inner - i < most ? inner - i : most);
    else if (inner < 2 * V::width && task.has_no_gaps())
      task.template short_slices<V>();
    else
      for (std::ptrdiff_t j = 0; j < outer; ++j) task.template slice<V>(j);
  }

  HILLOCK_INLINE bool has_no_gaps() const {
    bool flat = !Writes || out_step == inner;
    for (const std::ptrdiff_t step : in_step) flat = flat && step == inner;
    return flat || outer == 1;
  }

 private:
  /// Slopes for a walk: those of so many elements, and again from the first on.
  template <typename V>
  struct pattern {
    static constexpr std::ptrdiff_t width = V::width;
    static constexpr std::ptrdiff_t room = most + 3 * width;
    alignas(64) T slopes[room];
    alignas(64) T vanishings[In == 1 ? room : width];
    alignas(64) T sums[Sums ? room : width];
    std::ptrdiff_t shift;  // so that where the output is aligned the slopes are, too
    std::ptrdiff_t period = 0;
    bool enlarges = false;

    HILLOCK_INLINE explicit pattern(const T* out) : shift(misalignment<V>(out)) {}

    /// The first n slopes are there. So many elements will be walked over.
    HILLOCK_INLINE void complete(std::ptrdiff_t n, std::ptrdiff_t elements) {
      const std::ptrdiff_t least = (std::max)(width, (std::min)(elements, most / 4));
      // After so many, vectors begin at the same slopes as the first ones.
      std::ptrdiff_t unit = n * (width / (std::min)(width, n & -n));
      if (unit > most || unit > elements) unit = n;
      period = (least + unit - 1) / unit * unit;
      const std::ptrdiff_t used = (period + 2 * width - 1) / width * width;
      T* const slope = slopes + shift;
      for (std::ptrdiff_t k = n; k < used; ++k) slope[k] = slope[k - n];
      if constexpr (Sums)
        for (std::ptrdiff_t k = 0; k < used; ++k) sums[shift + k] = 0;
      if constexpr (In == 1) {
        V largest = 0;
        for (std::ptrdiff_t k = 0; k < used; k += width) {
          const V s = load<V>(slope + k);
          store(vanishing_of(s), vanishings + shift + k);
          largest = maximum(abs(s), largest);
        }
        T largest_of_all[width];
        store(reduce(largest, math::maximum_of{}), largest_of_all);
        enlarges = largest_of_all[0] > 1;
      }
    }
    HILLOCK_INLINE cycle_of_slopes<V> from_start() {
      return {slopes + shift, vanishings + (In == 1 ? shift : 0), sums + (Sums ? shift : 0),
              period};
    }
    /// The sum of the k-th of n slopes, which is there more than once.
    HILLOCK_INLINE T sum_of(std::ptrdiff_t k, std::ptrdiff_t n) const {
      T sum = 0;
      for (; k < period + width; k += n) sum += sums[shift + k];
      return sum;
    }
  };

  template <typename V>
  HILLOCK_INLINE void slice(std::ptrdiff_t j) const {
    const V slope = slopes[j];
    constant_slope<V> constant{slope, vanishing_of(slope)};
    if constexpr (Sums) {
      running_sum<V> all;
      for (std::ptrdiff_t i = 0; i < inner; i += plain_sum_length) {
        constant.sum = 0;
        walk<V>(constant, false, j, i, (std::min)(plain_sum_length, inner - i));
        all.add(constant.sum);
      }
      T sum[V::width];
      store(reduce(all.total(), math::sum_of{}), sum);
      sums[j * sums_step] = sum[0];
    } else {
      walk<V>(constant, std::abs(slopes[j]) > 1, j, 0, inner);
    }
  }

  /// Slices so short that a walk for each would not pay, as many as a pattern holds at a time.
  template <typename V>
  HILLOCK_INLINE void short_slices() const {
    pattern<V> all(out);
    for (std::ptrdiff_t j = 0; j < outer;) {
      const std::ptrdiff_t first = j;
      std::ptrdiff_t n = 0;
      for (; j < outer && n + inner <= most; ++j)
        for (std::ptrdiff_t i = 0; i < inner; ++i) all.slopes[all.shift + n++] = slopes[j];
      all.complete(n, n);
      cycle_of_slopes<V> cycle = all.from_start();
      walk<V>(cycle, all.enlarges, first, 0, n);
      if constexpr (Sums)
        for (std::ptrdiff_t k = 0; k < n; k += inner) {
          T sum = 0;
          for (std::ptrdiff_t i = 0; i < inner; ++i) sum += all.sum_of(k + i, n);
          sums[(first + k / inner) * sums_step] = sum;
        }
    }
  }

  /// Elements i to i + n of all slices. In arrays without gaps, all of them, in one walk.
  template <typename V>
  HILLOCK_INLINE void across(std::ptrdiff_t i, std::ptrdiff_t n) const {
    pattern<V> all(Writes ? out + i : out);
    std::memcpy(all.slopes + all.shift, slopes + i, static_cast<size_t>(n) * sizeof(T));
    all.complete(n, n == inner ? inner * outer : n);
    if (n == inner && has_no_gaps()) {
      cycle_of_slopes<V> cycle = all.from_start();
      walk<V>(cycle, all.enlarges, 0, 0, inner * outer);
    } else {
      for (std::ptrdiff_t j = 0; j < outer; ++j) {
        cycle_of_slopes<V> cycle = all.from_start();
        walk<V>(cycle, all.enlarges, j, i, n);
      }
    }
    if constexpr (Sums)
      for (std::ptrdiff_t k = 0; k < n; ++k) sums[(i + k) * sums_step] = all.sum_of(k, n);
  }

  /// By how many elements the output lies past a multiple of a vector's size: stores that straddle
  /// cache lines would be slow.
  template <typename V>
  static HILLOCK_INLINE std::ptrdiff_t misalignment(const T* out) {
    if constexpr (Sums) return 0;  // where a vector begins would show in the last bits of sums
    return static_cast<std::ptrdiff_t>(reinterpret_cast<std::uintptr_t>(out) %
                                       (V::width * sizeof(T)) / sizeof(T));
  }

  /// n elements from the i-th of slice j on.
  template <typename V, typename Slopes>
  HILLOCK_INLINE void walk(Slopes& s, bool enlarges, std::ptrdiff_t j, std::ptrdiff_t i,
                           std::ptrdiff_t n) const {
    T* const to = Writes ? out + j * out_step + i : nullptr;
    const T* const x = in[0] + j * in_step[0] + i;
    const T* const dy = in[In - 1] + j * in_step[In - 1] + i;
    if (In == 1 && enlarges)
      walk<true, V>(s, to, x, dy, n);
    else
      walk<false, V>(s, to, x, dy, n);
  }

  template <bool Enlarges, typename V, typename Slopes>
  static HILLOCK_INLINE void walk(Slopes& slopes, T* out, const T* x, const T* dy,
                                  std::ptrdiff_t n) {
    constexpr std::ptrdiff_t width = V::width;
    std::ptrdiff_t i = 0;
    if (const std::ptrdiff_t past = misalignment<V>(out); n >= 16 * width && past != 0) {
      i = width - past;
      part<Enlarges, V>(slopes, out, x, dy, i);
      slopes.advance(i);
    }
    while (i + width <= n) {
      const std::ptrdiff_t begin = i, end = i + (std::min)(n - i - width + 1, slopes.left());
      for (; i < end; i += width) {
        // For loads that straddle cache lines, as those of arrays allocated together mostly do.
        math::prefetch(x + i, ahead);
        if constexpr (In == 2) math::prefetch(dy + i, ahead);
        put(result<Enlarges>(slopes, i - begin, take<V>(x + i, dy + i)), out, i);
      }
      slopes.advance(i - begin);
    }
    if (i < n) part<Enlarges, V>(slopes, Writes ? out + i : out, x + i, dy + i, n - i);
  }

  template <typename V>
  struct inputs {
    V x, dy;
  };
  template <typename V>
  static HILLOCK_INLINE inputs<V> take(const T* x, const T* dy) {
    return {load<V>(x), In == 1 ? V(0) : load<V>(dy)};
  }
  template <typename V>
  static HILLOCK_INLINE void put(const V& v, T* out, std::ptrdiff_t i) {
    if constexpr (Writes) store(v, out + i);
  }

  template <bool Enlarges, typename V, typename Slopes>
  static HILLOCK_INLINE V result(Slopes& slopes, std::ptrdiff_t k, const inputs<V>& in) {
    if constexpr (In == 1) {
      return sloped<Enlarges>(slopes.slope(k), slopes.vanishing(k), in.x);
    } else {
      if constexpr (Sums) slopes.add(k, in.dy, sloped_partial(in.x));
      return in.dy * sloped_prime(slopes.slope(k), in.x);
    }
  }

  /// Fewer elements than a vector has.
  template <bool Enlarges, typename V, typename Slopes>
  static HILLOCK_INLINE void part(Slopes& slopes, T* out, const T* x, const T* dy,
                                  std::ptrdiff_t n) {
    const auto count = static_cast<int>(n);
    const inputs<V> in = {load_some<V>(x, count), In == 1 ? V(0) : load_some<V>(dy, count)};
    const V y = result<Enlarges>(slopes, 0, in);
    if constexpr (Writes) store_some(y, out, count);
  }
};

#endif

/// x > 0 ? x : slope x and, given dy, its gradient, with a slope for each slice, as an operation of
/// the expression `slicewise`.
template <typename T, typename Axis>
struct sloped_op : shaped_like_x {
  using scalar = T;
  const real<T>* slopes;

  template <typename Dst, typename X, typename... G>
  void run(Dst& dst, update how, const X& x, const G&... dy) const {
#if HILLOCK_HAS_OWN_LOOP
    if constexpr (has_packets<T> && is_contiguous<Dst> && reads_directly<Dst, X, G...>)
      if (how == update::set) {
        if (x.size() > 0)
          detail::run(
              sloped_task<T, 1 + int(sizeof...(G))>{slopes,
                                                    lies_along<Axis, Dst>,
                                                    dst.innerSize(),
                                                    dst.outerSize(),
                                                    dst.data(),
                                                    dst.outerStride(),
                                                    {x.data(), dy.data()...},
                                                    {x.outerStride(), dy.outerStride()...}});
        return;
      }
#endif
    walk_slices<Axis, T>(sloped_slices<real<T>>{slopes}, slices_of<Axis, T>(dst), how, unmasked{},
                         x, dy...);
  }
};

/// The gradients of the slopes and, given dx, that of x, in one walk. Returns false, having done
/// nothing, where memory does not lie so.
template <typename Axis, typename R, typename X, typename G, typename DS, typename... DX>
bool walk_for_gradients(const R* slopes, const X& x, const G& dy, DS& sums, DX&... dx) {
#if HILLOCK_HAS_OWN_LOOP
  using T = typename X::Scalar;
  constexpr bool writes = sizeof...(DX) > 0;
  if constexpr (has_packets<T> && reads_directly<X, X, G, DX...>) {
    constexpr bool has_one_slope = std::is_same_v<Axis, whole>;
    const auto first = [](const auto& y, const auto&...) { return y.outerStride(); };
    T* out = nullptr;
    ((out = dx.data()), ...);
    sloped_task<T, 2, true, writes> task{slopes,
                                         lies_along<Axis, X>,
                                         x.innerSize(),
                                         x.outerSize(),
                                         out,
                                         first(dx..., x),
                                         {x.data(), dy.data()},
                                         {x.outerStride(), dy.outerStride()},
                                         sums.data(),
                                         slices_of<whole, R>(sums).step};
    if (x.size() == 0 || (has_one_slope && !task.has_no_gaps())) return false;
    if (has_one_slope) {
      task.inner = x.size();
      task.outer = 1;
    }
    detail::run(task);
    return true;
  }
#else
  (static_cast<void>(slopes), static_cast<void>(x), static_cast<void>(dy), static_cast<void>(sums));
  (static_cast<void>(dx), ...);
#endif
  return false;
}

}  // namespace detail
}  // namespace HILLOCK_ABI
}  // namespace hillock
