// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/axis.hpp>
#include <hillock/core/eigen.hpp>

// How functions of a whole slice (softmax and its like) walk through memory: as a row of vectors,
// whose lanes are either neighbours within one slice (along) or the same element of neighbouring
// slices (across). One text serves both; only `along` has to combine lanes at the end.

namespace hillock {
inline namespace HILLOCK_ABI {
namespace detail {

/// All slices of an argument in memory: element i of slice s is data[s * slice_step + i * step].
/// All of it lies before end, and may be read, gaps included.
template <typename T>
struct slices {
  T* data;
  std::ptrdiff_t slice_step, step;
  const T* end;
};

template <typename Axis, typename T, typename X>
slices<T> slices_of(X& x) {
  const std::ptrdiff_t row_step = X::IsRowMajor ? x.outerStride() : x.innerStride();
  const std::ptrdiff_t column_step = X::IsRowMajor ? x.innerStride() : x.outerStride();
  const bool down = std::is_same_v<Axis, whole> ? x.cols() == 1 : std::is_same_v<Axis, per_column>;
  const std::ptrdiff_t extent =
      x.size() == 0 ? 0 : (x.rows() - 1) * row_step + (x.cols() - 1) * column_step + 1;
  return {x.data(), down ? column_step : row_step, down ? row_step : column_step,
          x.data() + extent};
}

template <typename T, typename U>
bool overlap(const slices<T>& a, const slices<U>& b) {
  const auto address = [](const auto* p) { return reinterpret_cast<std::uintptr_t>(p); };
  return address(a.data) < address(b.end) && address(b.data) < address(a.end);
}

/// 0, 1, 2 ...
template <typename V, int... I>
HILLOCK_INLINE V lane_numbers(std::integer_sequence<int, I...>) {
  static constexpr typename V::scalar number[] = {typename V::scalar(I)...};
  return load<V>(number);
}

/// Copies n < 2 Most numbers, in halves of halves: faster than a loop or a call.
template <int Most, typename T>
HILLOCK_INLINE void copy_few(const T* from, T* to, int n) {
  if constexpr (Most > 0) {
    if (n & Most) {
      std::memcpy(to, from, Most * sizeof(T));
      from += Most;
      to += Most;
    }
    copy_few<Most / 2>(from, to, n);
  }
}

/// A row of vectors V in memory. Those but the last have `lanes` lanes in use, the last `last`.
template <typename V, typename T>
struct row {
  T* data;
  std::ptrdiff_t jump, lane_step;  // from a vector to the next, from a lane to the next
  std::ptrdiff_t vectors;
  int lanes, last;
  const T* end;

  static constexpr bool is_direct = std::is_same_v<std::remove_const_t<T>, typename V::scalar>;

  /// The vector j; lanes not in use hold `unused`.
  HILLOCK_INLINE V get(std::ptrdiff_t j, typename V::scalar unused) const {
    const int n = lanes_of(j);
    const T* p = data + j * jump;
    if constexpr (is_direct) {
      if (lane_step == 1 && n == V::width) return load<V>(p);
      if (lane_step == 1 && end - p >= V::width)  // what lies behind may be read, and is dropped
        return select(lane_numbers<V>(std::make_integer_sequence<int, V::width>{}) < n, load<V>(p),
                      V(unused));
    }
    typename V::scalar buffer[V::width];
    for (int i = 0; i < V::width; ++i)
      buffer[i] = i < n ? static_cast<typename V::scalar>(p[i * lane_step]) : unused;
    return load<V>(buffer);
  }

  HILLOCK_INLINE void put(std::ptrdiff_t j, const V& v, update how = update::set) const {
    const int n = lanes_of(j);
    T* p = data + j * jump;
    const V result = how == update::set ? v : updated(get(j, 0), v, how);
    if constexpr (is_direct)
      if (lane_step == 1 && n == V::width) return store(result, p);
    typename V::scalar buffer[V::width];
    store(result, buffer);
    if constexpr (is_direct)
      if (lane_step == 1) return copy_few<V::width / 2>(buffer, p, n);
    for (int i = 0; i < n; ++i) p[i * lane_step] = static_cast<T>(buffer[i]);
  }

 private:
  HILLOCK_INLINE int lanes_of(std::ptrdiff_t j) const { return j == vectors - 1 ? last : lanes; }
  static HILLOCK_INLINE V updated(const V& before, const V& v, update how) {
    return how == update::add ? before + v : before - v;
  }
};

/// Along: slice s as a row of vectors of neighbours. Else: the slices s, s + 1 ..., one a lane, as
/// a row of vectors of like elements.
template <bool Along, typename V, typename T>
HILLOCK_INLINE row<V, T> row_of(const slices<T>& all, std::ptrdiff_t s, std::ptrdiff_t count,
                                std::ptrdiff_t length) {
  constexpr std::ptrdiff_t width = V::width;
  T* const data = all.data + s * all.slice_step;
  if constexpr (Along) {
    const std::ptrdiff_t vectors = (length + width - 1) / width;
    const auto last = static_cast<int>(length - (vectors - 1) * width);
    return {data, all.step * width, all.step, vectors, V::width, last, all.end};
  } else {
    const auto lanes = static_cast<int>(count - s < width ? count - s : width);
    return {data, all.step, all.slice_step, length, lanes, lanes, all.end};
  }
}

/// Does a task of slices on the chosen instruction set; long double on lone numbers.
template <typename Task>
void perform(const Task& task) {
  if constexpr (math::is_native<math::lanes<typename Task::scalar>>)
    run(task);
  else
    task.template on<math::lanes<typename Task::scalar>>();
}

/// A sum, with what all its roundings lost: after O. Moller, "Quasi Double-Precision in Floating
/// Point Addition", 1965.
template <typename V>
struct running_sum {
  V sum = 0, lost = 0;

  HILLOCK_INLINE void add(const V& term) { add(term, V(0)); }

  /// Over all lanes.
  HILLOCK_INLINE running_sum across_lanes() const { return halve<V::width / 2>(*this); }

 private:
  HILLOCK_INLINE void add(const V& term, const V& term_lost) {
    const V both = sum + term, rest = both - sum;
    lost = (lost + term_lost) + ((sum - (both - rest)) + (term - rest));
    sum = both;
  }

  template <int Distance>
  static HILLOCK_INLINE running_sum halve(running_sum s) {
    if constexpr (Distance == 0) {
      return s;
    } else {
      s.add(math::swapped<Distance>(s.sum), math::swapped<Distance>(s.lost));
      return halve<Distance / 2>(s);
    }
  }
};

}  // namespace detail
}  // namespace HILLOCK_ABI
}  // namespace hillock
