// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/interleaved.hpp>
#include <hillock/core/rows.hpp>
#include <hillock/core/sums.hpp>
#include <hillock/core/tile.hpp>

// How functions of a whole slice (softmax and its like) are run: one text serves slices along
// memory and across it, and gives the same bits.

namespace hillock {
inline namespace HILLOCK_ABI {
namespace detail {

/// Marks a task without mask.
struct unmasked {};

/// Marks a task that writes nothing of the shape of its inputs.
struct untargeted {};

/// Does a kernel take its first input negated?
template <typename Kernel>
inline constexpr bool negates = false;

/// Does a kernel read its first input after it has kept something in the target?
template <typename Kernel>
inline constexpr bool reads_again = false;

/// Does a kernel take groups of rows?
template <typename Kernel, typename = void>
inline constexpr bool takes_groups = false;
template <typename Kernel>
inline constexpr bool takes_groups<Kernel, std::enable_if_t<Kernel::takes_groups>> = true;

/// Does a kernel take slices that are interleaved?
template <typename Kernel, typename = void>
inline constexpr bool interleaves = false;
template <typename Kernel>
inline constexpr bool interleaves<Kernel, std::enable_if_t<Kernel::interleaves>> = true;

/// Does a kernel compute so little that it waits for memory?
template <typename Kernel>
inline constexpr bool waits_for_memory = false;

/// kernel.run<Along>(place, rows of in..., target) slice by slice, or, where the kernel takes
/// groups, with a group and functions that give its row 0, 1 ... A mask applies to the first input.
/// Slices along memory of no more than Kernel::tiled_vectors vectors are transposed in tiles. A
/// Lone slice, the task's only one, needs less code.
template <typename Kernel, layout Layout, bool Lone, typename T, int In, typename Out,
          typename Mask>
struct slice_task {
  using scalar = real<T>;
  Kernel kernel;
  slices<const T> in[In];
  Out out;
  std::ptrdiff_t count, length;
  update how;
  Mask mask;

  template <typename V>
  HILLOCK_INLINE void on() const {
    const slice_task task = *this;  // no store to the output can change it
    if constexpr (may_interleave && V::width > 1)
      if (task.template is_interleaved<V>()) return task.template interleave<V>();
    if constexpr (Lone && has_target)  // a full vector, too, goes the way of one in part
      if (length > 0 && length <= V::width)
        return task.template rows_at<V, true>(group<true, 1>{{0, 1, 1, 0}, 1});
    std::ptrdiff_t s = 0;
    if constexpr (along && !Lone && (V::width > 1)) {
      constexpr std::ptrdiff_t longest = Kernel::tiled_vectors * V::width;
      static_assert(longest <= tile_memory<V>::most);
      if (length <= longest)
        while (count - s > V::width / 4) s += task.template across_tiles<V>(s);
    }
    if (s == count) return;
    const std::ptrdiff_t rows = task.template rows_at_a_time<V>();
    while (s < count) {
      // The last ones, less than a vector: with some before them they make a whole one.
      if (Layout == layout::across && s > 0 && count - s < V::width && task.may_repeat())
        s = count - V::width;
      s += task.template some<V>(s, rows);
    }
  }

 private:
  static constexpr bool along = Layout == layout::along;
  static constexpr bool has_target = !std::is_same_v<Out, untargeted>;
  /// Tiles that are taken together, so that one goes on while another waits for its sums.
  static constexpr int most_tiles = takes_groups<Kernel> && !waits_for_memory<Kernel> ? 4 : 1;

  template <typename V>
  HILLOCK_INLINE int lanes_from(std::ptrdiff_t s) const {
    return static_cast<int>(count - s < V::width ? count - s : V::width);
  }

  /// May rows be taken together? Across memory, only whole ones.
  static constexpr bool in_groups = takes_groups<Kernel> && !Lone && Layout != layout::apart &&
                                    (along || std::is_same_v<Mask, unmasked>);

  /// A group's rows at most: across memory, as many as a long stretch of it has.
  template <typename V>
  static constexpr std::ptrdiff_t most_rows = !in_groups ? 1
                                              : along    ? 4
                                                         : 1024 / sizeof(V);

  /// Along memory, the rows that stay in the cache. Across it one, whose vectors may stay there
  /// from pass to pass; but many where entries of a slice are far apart, or where vectors that
  /// are waited for straddle lines of the cache, which neighbours share.
  template <typename V>
  HILLOCK_INLINE std::ptrdiff_t rows_at_a_time() const {
    if constexpr (!in_groups) return 1;
    constexpr std::ptrdiff_t size = sizeof(T), cache = 32768;
    const bool side_by_side =
        in[0].step * size >= 1000 || (waits_for_memory<Kernel> && straddles_lines<V>());
    const std::ptrdiff_t rows = along          ? cache / ((In + 1) * size * length)
                                : side_by_side ? most_rows<V>
                                               : 1;
    return (std::max)(std::ptrdiff_t(1), (std::min)(rows, most_rows<V>));
  }

  /// Across memory: do vectors of the first input lie in two lines of the cache?
  template <typename V>
  HILLOCK_INLINE bool straddles_lines() const {
    const auto address = reinterpret_cast<std::uintptr_t>(in[0].data);
    return (address | static_cast<std::uintptr_t>(in[0].step) * sizeof(T)) % sizeof(V) != 0;
  }

  static constexpr bool may_interleave =
      interleaves<Kernel> && Layout == layout::across && std::is_same_v<Mask, unmasked>;
  /// As many slices as take some 64 KB of the stack, with several sums or one.
  template <typename V>
  static constexpr int most_interleaved = (waits_for_memory<Kernel> ? 49152 : 12288) / sizeof(V);

  /// Are slices across memory to be taken as one array? They must have no gaps. A kernel that waits
  /// for memory gains by it unless slices are short; others if their rows would have idle lanes,
  /// for in return each of `count` rows has sums to add up, which takes as long as three vectors.
  /// (Rows of slices also straddle lines: that costs them an eighth.)
  template <typename V>
  HILLOCK_INLINE bool is_interleaved() const {
    constexpr std::ptrdiff_t width = V::width;
    bool has_gaps = in[0].step != count || out.step != count;
    if constexpr (In == 2) has_gaps = has_gaps || in[1].step != count;
    if (has_gaps || count > most_interleaved<V> || count * length < 2 * width) return false;
    if (waits_for_memory<Kernel>) return length >= 2 * width;
    const std::ptrdiff_t vectors_across = (count + width - 1) / width * length;
    const std::ptrdiff_t vectors = count * length / width + 3 * count;
    return count % width != 0 && vectors <= vectors_across + vectors_across / 8;
  }
  template <typename V>
  HILLOCK_INLINE void interleave() const {
    const interleaved<V, most_interleaved<V>, waits_for_memory<Kernel>> all(
        count, length, static_cast<int>(before_aligned<V>(out.data)));
    slice_task arranged = *this;
    for (auto& x : arranged.in) x = all.arranged(x);
    arranged.out = all.arranged(out);
    arranged.template rows_at<V>(all);
  }

  /// Does some slices from s on, and says how many: as a group those of whole rows, or one row.
  template <typename V>
  HILLOCK_INLINE std::ptrdiff_t some(std::ptrdiff_t s, std::ptrdiff_t most) const {
    const std::ptrdiff_t left = along ? count - s : (count - s) / V::width;
    const auto rows = static_cast<int>((std::max)(std::ptrdiff_t(1), (std::min)(left, most)));
    const int lanes = along ? 1 : lanes_from<V>(s);
    if (!along && rows == 1)
      rows_at<V>(group<along, 1>{{s, lanes, 0, 0}, 1});
    else
      rows_at<V>(group<along, int(most_rows<V>)>{{s, lanes, 0, 0}, rows});
    return rows * lanes;
  }
  /// Of one vector alone the place is known when compiled.
  template <typename V, bool IsOneVector = false, typename Group>
  HILLOCK_INLINE void rows_at(Group at) const {
    const auto x = first_rows<V>(at.first, at.lanes);
    if constexpr (!IsOneVector) {
      at.vectors = x(0).vectors;
      at.whole = x(0).whole();
    }
    if constexpr (In == 1) {
      finish<V>(at, x);
    } else {
      const rows_of<Layout, V, const T> second{in[1], at.first, at.lanes, length};
      at.narrow(second(0).whole());
      finish<V>(at, x, second);
    }
  }
  template <typename V, typename Group, typename... Rows>
  HILLOCK_INLINE void finish(Group& at, const Rows&... rows) const {
    if constexpr (has_target && Lone) {
      const rows_of<Layout, V, T> out_rows{out, at.first, at.lanes, length};
      const target<Layout, V, T> to{out_rows(0), how, holds(), out.begin};
      at.narrow(to.whole());
      V last = 0;
      run<along>(at, rows..., [&](int) HILLOCK_INLINE_LAMBDA {
        return lone_target<target<Layout, V, T>>(to, at, &last);
      });
    } else if constexpr (has_target) {
      const rows_of<Layout, V, T> out_rows{out, at.first, at.lanes, length};
      // In a group, the slices behind all but the last may hold something.
      const T *const none = out.begin, *const spilled = spills() ? out.end : none;
      const auto to = [out_rows, how = how, is_free = holds(), none, spilled,
                       last = at.rows - 1](int i) HILLOCK_INLINE_LAMBDA {
        return target<Layout, V, T>{out_rows(i), how, is_free, i < last ? none : spilled};
      };
      at.narrow(to(0).whole());
      run<along>(at, rows..., to);
    } else {
      run<along>(at, rows...);
    }
  }
  template <bool IsAlong, typename Group, typename... Rows>
  HILLOCK_INLINE void run(const Group& at, const Rows&... rows) const {
    if constexpr (takes_groups<Kernel>)
      kernel.run(at, rows...);
    else
      kernel.template run<IsAlong>(at, rows(0)...);
  }

  // (Rows are made where they are returned: copies would wait for the last stores to them.)
  template <typename V>
  HILLOCK_INLINE auto first_rows(std::ptrdiff_t s, int lanes) const {
    if constexpr (std::is_same_v<Mask, unmasked>) {
      return signed_rows<V>(s, lanes);
    } else {
      const rows_of<Layout, V, const bool> kept{mask, s, lanes, length};
      return [x = signed_rows<V>(s, lanes), kept](int i) HILLOCK_INLINE_LAMBDA {
        return masked_row<decltype(x(i)), decltype(kept(i))>{x(i), kept(i)};
      };
    }
  }
  template <typename V>
  HILLOCK_INLINE auto signed_rows(std::ptrdiff_t s, int lanes) const {
    using rows = rows_of<Layout, V, const T>;
    if constexpr (negates<Kernel>)
      return [x = rows{in[0], s, lanes, length}](int i)
                 HILLOCK_INLINE_LAMBDA { return negated_row<decltype(x(i))>{x(i)}; };
    else
      return rows{in[0], s, lanes, length};
  }

  /// What is not yet written may be written twice, unless it is read in between.
  HILLOCK_INLINE bool holds() const {
    bool holds = how == update::set && std::is_same_v<T, scalar>;
    if constexpr (In == 2) holds = holds && !overlap(out, in[1]);
    if constexpr (reads_again<Kernel>) holds = holds && !overlap(out, in[0]);
    return holds;
  }
  /// May slices be done twice?
  HILLOCK_INLINE bool may_repeat() const {
    if constexpr (has_target)
      return holds() && !overlap(out, in[0]);
    else
      return false;
  }
  HILLOCK_INLINE bool spills() const {
    return along && out.step == 1 && out.slice_step == length && may_repeat();
  }

  /// Does some slices from s on in tiles, and says how many.
  template <typename V>
  HILLOCK_INLINE std::ptrdiff_t across_tiles(std::ptrdiff_t s) const {
    const int used = tiles_from<V>(s);
    tile_memory<V, most_tiles> x;
    for (int t = 0; t < used; ++t) read_tile(x(t, length), s + t * V::width);
    if constexpr (In == 1) {
      finish_tiles(s, used, x);
    } else {
      tile_memory<V, most_tiles> second;
      for (int t = 0; t < used; ++t) second(t, length).read(in[1], s + t * V::width, count);
      finish_tiles(s, used, x, second);
    }
    return used * V::width;
  }
  /// One, or as many as are full and find room.
  template <typename V>
  HILLOCK_INLINE int tiles_from(std::ptrdiff_t s) const {
    if (length == 0) return 1;
    const std::ptrdiff_t full = (count - s) / V::width, room = tile_memory<V>::most / length;
    const std::ptrdiff_t tiles = (std::min)({full, room, std::ptrdiff_t(most_tiles)});
    return tiles > 1 ? static_cast<int>(tiles) : 1;
  }
  template <typename V>
  HILLOCK_INLINE void read_tile(const tile<V>& x, std::ptrdiff_t s) const {
    if constexpr (std::is_same_v<Mask, unmasked>)
      x.read(in[0], s, count,
             [](const V& v) HILLOCK_INLINE_LAMBDA { return negates<Kernel> ? -v : v; });
    else
      read_masked(x, s);
  }
  /// Masks are read along memory, where they are.
  template <typename V>
  HILLOCK_INLINE void read_masked(const tile<V>& x, std::ptrdiff_t s) const {
    constexpr std::ptrdiff_t longest = Kernel::tiled_vectors * V::width;
    scalar entries[V::width][longest];
    const int here = lanes_from<V>(s);
    for (int i = 0; i < here; ++i) {
      const auto row = signed_rows<V>(s + i, 1)(0);
      place{s + i, 1, row.vectors, row.whole()}.for_each_vector([&](auto j) HILLOCK_INLINE_LAMBDA {
        store(with_mask(row.get(j, 0), s + i, j.j * V::width), entries[i] + j.j * V::width);
      });
    }
    x.read(slices<const scalar>{entries[0], longest, 1, entries[0], entries[here - 1] + longest}, 0,
           here);
  }
  /// Of a slice some lanes from entry `first` on, -infinity where the mask is false.
  template <typename V>
  HILLOCK_INLINE V with_mask(const V& v, std::ptrdiff_t slice, std::ptrdiff_t first) const {
    const bool* p = mask.data + slice * mask.slice_step + first * mask.step;
    bool gathered[V::width];
    if (mask.step != 1 || length - first < V::width) {
      for (int i = 0; i < V::width; ++i) gathered[i] = first + i < length && p[i * mask.step];
      p = gathered;
    }
    return select(flags<V>(p), v, V(-std::numeric_limits<scalar>::infinity()));
  }
  template <typename V, typename... More>
  HILLOCK_INLINE void finish_tiles(std::ptrdiff_t s, int used, tile_memory<V, most_tiles>& x,
                                   More&... more) const {
    const group<false, most_tiles, true> at{{s, lanes_from<V>(s), length, length}, used};
    const auto rows_in = [this](tile_memory<V, most_tiles>& all) {
      return [&all, this](int t) HILLOCK_INLINE_LAMBDA { return all(t, length).as_row(); };
    };
    if constexpr (has_target) {
      tile_memory<V, most_tiles> result;
      run<false>(at, rows_in(x), rows_in(more)...,
                 [&](int t) HILLOCK_INLINE_LAMBDA { return result(t, length).as_target(); });
      for (int t = 0; t < used; ++t) result(t, length).write(out, s + t * V::width, count, how);
    } else {
      run<false>(at, rows_in(x), rows_in(more)...);
    }
  }
};

/// Where a kernel puts one number per slice, and their sum; null where not asked for.
template <typename T>
struct per_slice {
  T* each;
  std::ptrdiff_t step;
  running_sum<math::lanes<real<T>>>* sum;

  template <typename V>
  HILLOCK_INLINE void put(const place& at, const V& v) const {
    real<T> lane[V::width];
    store(v, lane);
    for (int i = 0; i < at.lanes; ++i) {
      if (each) each[(at.first + i) * step] = static_cast<T>(lane[i]);
      if (sum) sum->add(lane[i]);
    }
  }
};

/// Does a task of slices on the chosen instruction set; long double on lone numbers.
template <typename Task>
void perform(const Task& task) {
  if constexpr (math::is_native<math::lanes<typename Task::scalar>>)
    run(task);
  else
    task.template on<math::lanes<typename Task::scalar>>();
}

/// kernel slice by slice over x and what goes with it, all in memory; see slice_task. A lone slice
/// is walked along, however its array is stored: across it, all lanes but one would be idle.
template <typename Axis, typename T, typename Kernel, typename Out, typename Mask, typename X,
          typename... More>
void walk_slices(const Kernel& kernel, const Out& out, update how, const Mask& mask, const X& x,
                 const More&... more) {
  constexpr int in = 1 + static_cast<int>(sizeof...(More));
  const auto walk = [&](auto lies, auto is_lone) {
    perform(slice_task<Kernel, lies.value, is_lone.value, T, in, Out, Mask>{
        kernel,
        {slices_of<Axis, const T>(x), slices_of<Axis, const T>(more)...},
        out,
        slice_count<Axis>(x),
        slice_length<Axis>(x),
        how,
        mask});
  };
  using along = std::integral_constant<layout, layout::along>;
  using across = std::integral_constant<layout, layout::across>;
  using apart = std::integral_constant<layout, layout::apart>;
  if constexpr (std::is_same_v<Axis, whole>) {
    walk(along{}, std::true_type{});
  } else if constexpr (lies_along<Axis, X>) {
    walk(along{}, std::false_type{});
  } else {
    if (slice_count<Axis>(x) == 1) return walk(along{}, std::true_type{});
    if constexpr (std::is_same_v<T, real<T>>) {
      bool are_neighbours = slices_of<Axis, const T>(x).are_neighbours();
      are_neighbours &= (slices_of<Axis, const T>(more).are_neighbours() && ...);
      if constexpr (!std::is_same_v<Out, untargeted>) are_neighbours &= out.are_neighbours();
      if (are_neighbours) return walk(across{}, std::false_type{});
    }
    walk(apart{}, std::false_type{});
  }
}
/// The same for a kernel that writes nothing of x's shape.
template <typename Axis, typename T, typename Kernel, typename... X>
void read_slices(const Kernel& kernel, const X&... x) {
  walk_slices<Axis, T>(kernel, untargeted{}, update::set, unmasked{}, x...);
}

}  // namespace detail
}  // namespace HILLOCK_ABI
}  // namespace hillock
