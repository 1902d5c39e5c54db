// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/rows.hpp>

namespace hillock {
inline namespace HILLOCK_ABI {
namespace detail {

/// V::width short slices along memory, transposed so that lanes go across them.
///
/// The transposition is that of blocks of V::width x V::width in registers: step d exchanges, in
/// every pair of rows i and i + d, the lanes with bit d of the one for those without of the other.
template <typename V>
class tile {
  static constexpr int width = V::width;
  using scalar = typename V::scalar;
  using registers = typename V::register_type[V::width];

 public:
  static constexpr std::ptrdiff_t most = 4 * width;

  /// Not set; transposing takes rows along that are not there.
  HILLOCK_INLINE tile() { math::take_for_set(entry); }

  /// Reads the slices s, s + 1 ...; past the last one, that again. Of each vector of slice k from
  /// entry `first` on, `used` lanes of which count, it takes change(vector, k, first, used).
  template <typename T, typename Change>
  HILLOCK_INLINE void read(const slices<const T>& all, std::ptrdiff_t s, std::ptrdiff_t count,
                           std::ptrdiff_t length, const Change& change) {
    for (std::ptrdiff_t first = 0; first < length; first += width) {
      registers rows;
      const auto used = static_cast<int>(length - first < width ? length - first : width);
      const T* const p = all.data + s * all.slice_step + first * all.step;
      const auto slice = [&](int i)
                             HILLOCK_INLINE_LAMBDA { return s + i < count ? s + i : count - 1; };
      if (is_open(all, p))
        for_each_row([&](int i) HILLOCK_INLINE_LAMBDA {
          rows[i] = change(load<V>(p + i * all.slice_step), slice(i), first, used).bits();
        });
      else
        for (int i = 0; i < width; ++i)
          rows[i] = change(read_row(all, p + (slice(i) - s) * all.slice_step, used), slice(i),
                           first, used)
                        .bits();
      transpose<0, width>(rows, used);
      for (int i = 0; i < used; ++i) store(V::from(rows[i]), entry[first + i]);
    }
  }
  template <typename T>
  HILLOCK_INLINE void read(const slices<const T>& all, std::ptrdiff_t s, std::ptrdiff_t count,
                           std::ptrdiff_t length) {
    read(all, s, count, length,
         [](const V& v, std::ptrdiff_t, std::ptrdiff_t, int) HILLOCK_INLINE_LAMBDA { return v; });
  }

  /// Writes them. In a destination without gaps a row may spill over into the next ones, which are
  /// written after it.
  template <typename T>
  HILLOCK_INLINE void write(const slices<T>& all, std::ptrdiff_t s, std::ptrdiff_t count,
                            std::ptrdiff_t length, update how) const {
    const auto slices_here = static_cast<int>(count - s < width ? count - s : width);
    for (std::ptrdiff_t first = (length - 1) / width * width; first >= 0; first -= width) {
      registers rows;
      const auto used = static_cast<int>(length - first < width ? length - first : width);
      for_each_row([&](int i)
                       HILLOCK_INLINE_LAMBDA { rows[i] = load<V>(entry[first + i]).bits(); });
      transpose_back<0, width>(rows, used);
      T* const p = all.data + s * all.slice_step + first * all.step;
      const bool spills = how == update::set && all.step == 1 && all.slice_step == length;
      const T* const end = all.data + (s + slices_here) * length;
      if constexpr (std::is_same_v<T, scalar>)
        if (spills && slices_here == width) {
          for_each_row([&](int i) HILLOCK_INLINE_LAMBDA {
            T* const to = p + i * length;
            if (end - to >= width)
              store(V::from(rows[i]), to);
            else
              store_some(V::from(rows[i]), to, used);
          });
          continue;
        }
      for (int i = 0; i < slices_here; ++i)
        target<layout::along, V, T>{
            {p + i * all.slice_step, 0, all.step, 1, V::width, used, all.end},
            how,
            false,
            spills ? end : all.begin}
            .put(any_vector{0}, V::from(rows[i]));
    }
  }

  HILLOCK_INLINE row<layout::across, V, const scalar> as_row(std::ptrdiff_t length) const {
    return {entry[0], width, 1, length, width, width, entry[most - 1] + width};
  }
  HILLOCK_INLINE target<layout::across, V, scalar> as_target(std::ptrdiff_t length) {
    return {{entry[0], width, 1, length, width, width, entry[most - 1] + width}, update::set, true};
  }

 private:
  /// May a vector be loaded from p, and from the same place in each of the slices behind it?
  template <typename T>
  static HILLOCK_INLINE bool is_open(const slices<const T>& all, const T* p) {
    return std::is_same_v<T, scalar> && all.step == 1 && all.slice_step >= 0 &&
           all.end - p >= (width - 1) * all.slice_step + width;
  }
  template <typename T>
  static HILLOCK_INLINE V read_row(const slices<const T>& all, const T* p, int used) {
    return row<layout::along, V, const T>{p, 0, all.step, 1, V::width, used, all.end}.get(
        any_vector{0}, 0);
  }

  /// act(0), act(1) ... without a loop, since registers have no numbers.
  template <typename Act, int... I>
  static HILLOCK_INLINE void for_each_row(const Act& act, std::integer_sequence<int, I...>) {
    (act(I), ...);
  }
  template <typename Act>
  static HILLOCK_INLINE void for_each_row(const Act& act) {
    for_each_row(act, std::make_integer_sequence<int, width>{});
  }

  template <int First, int... I>
  static HILLOCK_INLINE void exchange_all(registers& rows, std::integer_sequence<int, I...>) {
    constexpr int distance = sizeof...(I);
    using ops = math::register_ops<typename V::register_type>;
    (ops::template exchange<distance>(rows[First + I], rows[First + I + distance]), ...);
  }
  /// Only the first `used` rows of the result are right.
  template <int First, int Size>
  static HILLOCK_INLINE void transpose(registers& rows, int used) {
    if constexpr (Size > 1) {
      exchange_all<First>(rows, std::make_integer_sequence<int, Size / 2>{});
      transpose<First, Size / 2>(rows, used);
      if (First + Size / 2 < used) transpose<First + Size / 2, Size / 2>(rows, used);
    }
  }
  /// Only the first `used` lanes of the result are right.
  template <int First, int Size>
  static HILLOCK_INLINE void transpose_back(registers& rows, int used) {
    if constexpr (Size > 1) {
      transpose_back<First, Size / 2>(rows, used);
      if (First + Size / 2 < used) transpose_back<First + Size / 2, Size / 2>(rows, used);
      exchange_all<First>(rows, std::make_integer_sequence<int, Size / 2>{});
    }
  }

  scalar entry[most][V::width];
};

}  // namespace detail
}  // namespace HILLOCK_ABI
}  // namespace hillock
