// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/rows.hpp>

#include <algorithm>
#include <cstring>
#include <type_traits>
#include <utility>

namespace hillock {
inline namespace HILLOCK_ABI {
namespace detail {

/// Some entries of every Block-th slice from the s-th on to numbers that lie one behind the other,
/// Block for each; past the last slice, of that again. Not inlined: it is rare, for what lies in
/// steps or is of another scalar.
template <int Block, typename R, typename T>
EIGEN_DONT_INLINE void gather_blocks(const slices<const T>& all, std::ptrdiff_t s,
                                     std::ptrdiff_t count, std::ptrdiff_t first, int used, R* to,
                                     int numbers) {
  for (R* const end = to + numbers; to != end; to += Block, s += Block) {
    const T* const from = all.data + (std::min)(s, count - 1) * all.slice_step + first * all.step;
    for (int i = 0; i < Block; ++i) to[i] = i < used ? static_cast<R>(from[i * all.step]) : R(0);
  }
}
/// And back, as far as there are slices.
template <int Block, typename R, typename T>
EIGEN_DONT_INLINE void scatter_blocks(const R* from, const slices<T>& all, std::ptrdiff_t s,
                                      std::ptrdiff_t count, std::ptrdiff_t first, int used,
                                      update how, int numbers) {
  for (const R* const end = from + numbers; from != end && s < count; from += Block, s += Block) {
    T* const to = all.data + s * all.slice_step + first * all.step;
    for (int i = 0; i < used; ++i) {
      T& entry = to[i * all.step];
      const R before = how == update::set ? R(0) : static_cast<R>(entry);
      entry = static_cast<T>(how == update::set   ? from[i]
                             : how == update::add ? before + from[i]
                                                  : before - from[i]);
    }
  }
}

/// V::width short slices along memory, transposed so that lanes go across them, in a tile_memory.
///
/// They are read and written in blocks of 16 bytes, which join to registers and part again at
/// little cost: register i of `block` takes so many entries of each of the slices i, i + block ...
/// Then it is blocks that are transposed, by perfect shuffles: as often as `block` can be halved,
/// the numbers of each register of the first half and of its like in the second one are taken in
/// turns.
template <typename V>
class tile {
  using scalar = typename V::scalar;
  using register_type = typename V::register_type;
  static constexpr int width = V::width;

  template <typename T>
  static constexpr bool is_direct = std::is_same_v<std::remove_const_t<T>, scalar> && (width > 1);

 public:
  static constexpr int block = (std::min)(width, 16 / static_cast<int>(sizeof(scalar)));

  HILLOCK_INLINE tile(scalar* memory, std::ptrdiff_t length) : memory_(memory), length_(length) {}

  /// Reads change(the slices s, s + 1 ...); past the last one, that again or what lies in memory.
  /// Some vectors behind the tile are written, too.
  template <typename T, typename Change>
  HILLOCK_INLINE void read(const slices<const T>& all, std::ptrdiff_t s, std::ptrdiff_t count,
                           const Change& change) const {
    if (is_open(all, s)) {
      fill([&](std::ptrdiff_t first, int i) HILLOCK_INLINE_LAMBDA {
        const T* const from = all.data + (s + i) * all.slice_step + first;
        const auto block_at = [&](int k) HILLOCK_INLINE_LAMBDA {
          return from + k * block * all.slice_step;
        };
        return change(joined<T>(block_at));
      });
    } else if (is_direct<T> && all.step == 1) {
      const ending<T> last(all);
      fill([&](std::ptrdiff_t first, int i) HILLOCK_INLINE_LAMBDA {
        const auto block_at = [&](int k) HILLOCK_INLINE_LAMBDA {
          const std::ptrdiff_t slice = (std::min)(s + i + k * block, count - 1);
          return last.block_at(all.data + slice * all.slice_step + first);
        };
        return change(joined<T>(block_at));
      });
    } else {
      fill([&](std::ptrdiff_t first, int i) HILLOCK_INLINE_LAMBDA {
        scalar numbers[width];
        gather_blocks<block>(all, s + i, count, first, used_from(first), numbers, width);
        return change(load<V>(numbers));
      });
    }
  }
  template <typename T>
  HILLOCK_INLINE void read(const slices<const T>& all, std::ptrdiff_t s,
                           std::ptrdiff_t count) const {
    read(all, s, count, [](const V& v) HILLOCK_INLINE_LAMBDA { return v; });
  }

  /// Writes them. In a destination without gaps a block may spill over into the next slice, which
  /// is written after it.
  template <typename T>
  HILLOCK_INLINE void write(const slices<T>& all, std::ptrdiff_t s, std::ptrdiff_t count,
                            update how) const {
    const auto slices_here = static_cast<int>(count - s < width ? count - s : width);
    for (std::ptrdiff_t first = (length_ - 1) / block * block; first >= 0; first -= block) {
      const int used = used_from(first);
      registers rows;
      for_each_row([&](int i)
                       HILLOCK_INLINE_LAMBDA { rows[i] = load<V>(vector_at(first + i)).bits(); });
      transpose(rows);
      if constexpr (is_direct<T>)
        if (how == update::set && all.step == 1) {
          write_blocks(rows, all.data + s * all.slice_step + first, all.slice_step, used,
                       slices_here, all.slice_step == length_);
          continue;
        }
      for_each_row([&](int i) HILLOCK_INLINE_LAMBDA {
        scalar numbers[width];
        store(V::from(rows[i]), numbers);
        scatter_blocks<block>(numbers, all, s + i, s + slices_here, first, used, how, width);
      });
    }
  }

  HILLOCK_INLINE row<layout::across, V, const scalar> as_row() const {
    return {memory_, width, 1, length_, width, width, vector_at(length_)};
  }
  HILLOCK_INLINE target<layout::across, V, scalar> as_target() const {
    return {{memory_, width, 1, length_, width, width, vector_at(length_)}, update::set, true};
  }

 private:
  using registers = register_type[block];
  using ops = math::register_ops<register_type>;

  HILLOCK_INLINE scalar* vector_at(std::ptrdiff_t i) const { return memory_ + i * width; }

  HILLOCK_INLINE int used_from(std::ptrdiff_t first) const {
    return static_cast<int>(length_ - first < block ? length_ - first : block);
  }

  /// Sets the entries, given the rows of blocks from `first` on as row(first, i).
  template <typename Row>
  HILLOCK_INLINE void fill(const Row& row) const {
    for (std::ptrdiff_t first = 0; first < length_; first += block) {
      registers rows;
      for_each_row([&](int i) HILLOCK_INLINE_LAMBDA { rows[i] = row(first, i).bits(); });
      transpose(rows);
      for_each_row([&](int i)
                       HILLOCK_INLINE_LAMBDA { store(V::from(rows[i]), vector_at(first + i)); });
    }
  }

  /// May whole blocks be loaded from slice s and those behind it?
  template <typename T>
  HILLOCK_INLINE bool is_open(const slices<const T>& all, std::ptrdiff_t s) const {
    const std::ptrdiff_t last = (s + width - 1) * all.slice_step + (length_ - 1) / block * block;
    return is_direct<T> && all.step == 1 && all.slice_step >= 0 &&
           all.end - all.data >= last + block;
  }
  /// A register of the blocks that block_at(0), block_at(1) ... point to.
  template <typename T, typename BlockAt>
  static HILLOCK_INLINE V joined(const BlockAt& block_at) {
    if constexpr (is_direct<T>)
      return V::from(ops::load_blocks(block_at));
    else
      return V(0);  // is never asked for
  }

  /// The last numbers of an argument, from which no whole block can be loaded, with room behind.
  template <typename T>
  class ending {
   public:
    HILLOCK_INLINE explicit ending(const slices<const T>& all)
        : whole_(all.end - block), start_((std::max)(all.begin, all.end - (block - 1))) {
      std::copy(start_, all.end, numbers_);
    }
    /// A whole block that begins as the one at p.
    HILLOCK_INLINE const T* block_at(const T* p) const {
      return p <= whole_ ? p : numbers_ + (p - start_);
    }

   private:
    const T *whole_, *start_;
    T numbers_[2 * block] = {};
  };

  /// Whole blocks from the registers, where it may be by spilling over but not beyond the last
  /// slice; the others by way of memory.
  static HILLOCK_INLINE void write_blocks(const registers& rows, scalar* to, std::ptrdiff_t step,
                                          int used, int slices_here, bool may_spill) {
    int done = 0;
    if (slices_here == width && used == block) {
      for_each_block([&](auto k, auto i) HILLOCK_INLINE_LAMBDA {
        ops::template store_block<k>(rows[i], to + (k * block + i) * step);
      });
      return;
    }
    if (slices_here == width && may_spill) {
      for_each_block([&](auto k, auto i) HILLOCK_INLINE_LAMBDA {
        if constexpr (k * block + i + block <= width)
          ops::template store_block<k>(rows[i], to + (k * block + i) * step);
      });
      done = width - block + 1;
    }
    scalar numbers[block][width];
    for_each_row([&](int i) HILLOCK_INLINE_LAMBDA { store(V::from(rows[i]), numbers[i]); });
    for (int i = done; i < slices_here; ++i) {
      const scalar* const from = numbers[i % block] + i / block * block;
      if (used == block)
        std::memcpy(to + i * step, from, block * sizeof(scalar));
      else
        for (int j = 0; j < used; ++j) to[i * step + j] = from[j];
    }
  }

  /// act(0), act(1) ... without a loop, since registers have no numbers.
  template <typename Act, int... I>
  static HILLOCK_INLINE void for_each_row(const Act& act, std::integer_sequence<int, I...>) {
    (act(std::integral_constant<int, I>()), ...);
  }
  template <typename Act>
  static HILLOCK_INLINE void for_each_row(const Act& act) {
    for_each_row(act, std::make_integer_sequence<int, block>{});
  }
  /// act(k, i) for block k of each row i, in the order of their slices.
  template <typename Act, int... J>
  static HILLOCK_INLINE void for_each_block(const Act& act, std::integer_sequence<int, J...>) {
    (act(std::integral_constant<int, J / block>(), std::integral_constant<int, J % block>()), ...);
  }
  template <typename Act>
  static HILLOCK_INLINE void for_each_block(const Act& act) {
    for_each_block(act, std::make_integer_sequence<int, width>{});
  }

  template <int Rounds = block>
  static HILLOCK_INLINE void transpose(registers& rows) {
    if constexpr (Rounds > 1) {
      registers next;
      for_each_row([&](auto i) HILLOCK_INLINE_LAMBDA {
        if constexpr (i % 2 == 0) {
          next[i] = rows[i / 2];
          next[i + 1] = rows[i / 2 + block / 2];
          ops::interleave_blocks(next[i], next[i + 1]);
        }
      });
      for_each_row([&](int i) HILLOCK_INLINE_LAMBDA { rows[i] = next[i]; });
      transpose<Rounds / 2>(rows);
    }
  }

  scalar* memory_;
  std::ptrdiff_t length_;
};

/// Room for so many tiles of up to `most` vectors.
template <typename V, int Tiles = 1>
class tile_memory {
 public:
  static constexpr std::ptrdiff_t most = 4 * V::width;

  /// Not set; transposing takes entries along that are not there.
  HILLOCK_INLINE tile_memory() { math::take_for_set(entry_); }

  HILLOCK_INLINE tile<V> operator()(int t, std::ptrdiff_t length) { return {entry_[t][0], length}; }

 private:
  // With gaps, so that the first vectors of all tiles lie in unlike sets of a cache.
  typename V::scalar entry_[Tiles][most + V::width][V::width];
};

}  // namespace detail
}  // namespace HILLOCK_ABI
}  // namespace hillock
