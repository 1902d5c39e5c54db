// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/axis.hpp>
#include <hillock/core/eigen.hpp>
#include <hillock/core/scalars.hpp>

#include <initializer_list>

// How slices lie in memory, and how kernels walk through them: as rows of vectors, whose lanes are
// either entries of one slice, one behind the other (along), or the same entry of so many slices
// (across).

namespace hillock {
inline namespace HILLOCK_ABI {
namespace detail {

/// All slices of an argument in memory: entry i of slice s is data[s * slice_step + i * step];
/// steps may be negative. All of it lies from begin to before end, and may be read, gaps included.
template <typename T>
struct slices {
  T* data;
  std::ptrdiff_t slice_step, step;
  const T *begin, *end;

  bool are_neighbours() const { return slice_step == 1; }
};

template <typename Axis, typename T, typename X>
HILLOCK_INLINE slices<T> slices_of(X& x) {
  const std::ptrdiff_t row_step = X::IsRowMajor ? x.outerStride() : x.innerStride();
  const std::ptrdiff_t column_step = X::IsRowMajor ? x.innerStride() : x.outerStride();
  const bool down = std::is_same_v<Axis, whole> ? x.cols() == 1 : std::is_same_v<Axis, per_column>;
  const T *begin = x.data(), *end = begin;
  if (x.size() > 0) {
    for (const std::ptrdiff_t reach : {(x.rows() - 1) * row_step, (x.cols() - 1) * column_step})
      (reach < 0 ? begin : end) += reach;
    ++end;
  }
  return {x.data(), down ? column_step : row_step, down ? row_step : column_step, begin, end};
}

template <typename T, typename U>
bool overlap(const slices<T>& a, const slices<U>& b) {
  const auto address = [](const auto* p) { return reinterpret_cast<std::uintptr_t>(p); };
  return address(a.begin) < address(b.end) && address(b.begin) < address(a.end);
}

/// 0, 1, 2 ...
template <typename V, int... I>
HILLOCK_INLINE V lane_numbers(std::integer_sequence<int, I...>) {
  static constexpr typename V::scalar number[] = {typename V::scalar(I)...};
  return load<V>(number);
}

/// Which of V::width neighbours are true.
template <typename V>
HILLOCK_INLINE auto flags(const bool* p) {
  using R = typename V::register_type;
  if constexpr (std::is_class_v<R> && math::is_native<V>) {
    return math::mask<R>(math::register_ops<R>::flags(p));
  } else {
    typename V::scalar numbers[V::width];
    for (int i = 0; i < V::width; ++i) numbers[i] = p[i];
    return V(0) < load<V>(numbers);
  }
}

// ---- Rows of vectors --------------------------------------------------------------------------

/// n numbers from anywhere into one register's memory, the rest `unused`. Not inlined: it is rare,
/// and would crowd out what is not.
template <typename R, typename T>
EIGEN_DONT_INLINE void gather(const T* from, std::ptrdiff_t step, int n, R unused, R* to,
                              int width) {
  for (int i = 0; i < n; ++i) to[i] = static_cast<R>(from[i * step]);
  for (int i = n; i < width; ++i) to[i] = unused;
}
template <typename R, typename T>
EIGEN_DONT_INLINE void scatter(const R* from, T* to, std::ptrdiff_t step, int n) {
  for (int i = 0; i < n; ++i) to[i * step] = static_cast<T>(from[i]);
}

/// Names vector j of every row, which lies in memory as it is ...
struct whole_vector {
  std::ptrdiff_t j;
};
/// ... or may have lanes not in use, or apart.
struct any_vector {
  std::ptrdiff_t j;
};
/// Names so many neighbours, from `offset` on behind where a row begins.
struct some_lanes {
  std::ptrdiff_t offset;
  int lanes;
  std::ptrdiff_t j = 0;
};

/// Does what is added to Sums take so few operations that it waits for what was added before?
template <typename Sums>
inline constexpr bool is_latency_bound = false;

/// Where in a task a kernel is: from slice `first` on, in so many lanes. (Along a slice, in one.)
struct place {
  std::ptrdiff_t first;
  int lanes;
  std::ptrdiff_t vectors, whole;  // of all rows

  HILLOCK_INLINE void narrow(std::ptrdiff_t other_whole) {
    if (other_whole < whole) whole = other_whole;
  }
  template <typename Body>
  HILLOCK_INLINE void for_each_vector(Body body) const {
    for (std::ptrdiff_t j = 0; j < whole; ++j) body(whole_vector{j});
    for (std::ptrdiff_t j = whole; j < vectors; ++j) body(any_vector{j});
  }
  /// add(sum, j) for each vector, in four sums, none of which waits for another; then all of them.
  template <typename Sums, typename Add>
  HILLOCK_INLINE void add_up_side_by_side(Sums& all, Add add) const {
    Sums second, third, fourth;
    std::ptrdiff_t j = 0;
    for (; j + 4 <= whole; j += 4) {
      add(all, whole_vector{j});
      add(second, whole_vector{j + 1});
      add(third, whole_vector{j + 2});
      add(fourth, whole_vector{j + 3});
    }
    for (; j < whole; ++j) add(all, whole_vector{j});
    for (; j < vectors; ++j) add(all, any_vector{j});
    all.add(second);
    third.add(fourth);
    all.add(third);
  }
};

/// One value for each row of a group, made later.
template <typename Value, int Most>
class of_rows {
  static_assert(std::is_trivially_destructible_v<Value>);
  union {
    Value value_[Most];
  };

 public:
  HILLOCK_INLINE of_rows() {}
  HILLOCK_INLINE void put(int i, const Value& v) { new (&value_[i]) Value(v); }
  /// The same, of what make(i) returns, not copied.
  template <typename Make>
  HILLOCK_INLINE void put_made(int i, const Make& make) {
    new (&value_[i]) Value(make(i));
  }
  HILLOCK_INLINE Value& operator[](int i) { return value_[i]; }
  HILLOCK_INLINE const Value& operator[](int i) const { return value_[i]; }
};

/// Stands for what is known of a row, or summed up, where a walk does without.
struct nothing {
  static constexpr int parts = 1;  // of a sum: vector j adds to part j % parts
  static constexpr int registers = 0;

  template <typename Act>
  HILLOCK_INLINE void for_each_register(const Act&) {}
  HILLOCK_INLINE void add(nothing) {}
};
/// What a walk makes where nothing is to be known.
struct knows_nothing {
  HILLOCK_INLINE nothing operator()(int) const { return {}; }
};

/// A place of several rows, which a kernel takes at a time. A kernel that takes groups, of this
/// kind or `interleaved`, knows no more of them than this: rows, how many there are; values<Value>,
/// a Value for each row; walk, total and write; and sums_are_registers, to choose the sums.
///
/// Along memory, and in tiles, they are walked one by one: while one waits for its last sum, the
/// processor goes on to the next one. Across memory they are neighbours and walked side by side, so
/// that it is read in long stretches: else a slice of many entries, each in another page, would
/// drive the next one's from the cache.
template <bool Along, int Most, bool OneByOne = Along || Most == 1>
struct group : place {
  static constexpr bool sums_are_registers = Along;  // what sums call Along
  template <typename Value>
  using values = of_rows<Value, Most>;
  int rows;

  HILLOCK_INLINE place row(int i) const { return {first + i * lanes, lanes, vectors, whole}; }

  /// Across memory, all vectors are whole or none is.
  template <typename Body>
  HILLOCK_INLINE void for_each_vector(Body body) const {
    if constexpr (Along)
      place::for_each_vector(body);
    else if (whole == 0)
      place::for_each_vector(body);
    else
      for (std::ptrdiff_t j = 0; j < vectors; ++j) body(whole_vector{j});
  }

  /// For each row i: known = make(i) and Sums as they begin, step(known, sums, i, j) for each of
  /// its vectors, and then finish(sums, i). The two are objects of their own, so that compilers
  /// keep what is known in registers where the sums are in memory.
  template <typename Sums, typename Make, typename Step, typename Finish>
  HILLOCK_INLINE void walk(Make make, Step step, Finish finish) const {
    if constexpr (OneByOne) {
      const int count = Most == 1 ? 1 : rows;  // lest GCC warn that no row may come
      for (int i = 0; i < count; ++i) {
        const auto known = make(i);
        Sums sums;
        const auto add = [&](Sums& to, auto j) HILLOCK_INLINE_LAMBDA { step(known, to, i, j); };
        if constexpr (is_latency_bound<Sums>)
          add_up_side_by_side(sums, add);
        else
          for_each_vector([&](auto j) HILLOCK_INLINE_LAMBDA { add(sums, j); });
        finish(sums, i);
      }
    } else {
      of_rows<decltype(make(0)), Most> known;
      of_rows<Sums, Most> sums;
      for (int i = 0; i < rows; ++i) {
        known.put_made(i, make);
        sums.put_made(i, [](int) HILLOCK_INLINE_LAMBDA { return Sums(); });
      }
      for_each_part_of<Sums>([&](std::ptrdiff_t j) HILLOCK_INLINE_LAMBDA {  // all of them whole
        for (int i = 0; i < rows; ++i) step(known[i], sums[i], i, whole_vector{j});
      });
      for (int i = 0; i < rows; ++i) finish(sums[i], i);
    }
  }

  /// What a row's Sums come to.
  template <typename Sums>
  HILLOCK_INLINE auto total(Sums& sums) const {
    return sums.total(vectors);
  }

  /// Puts value(known, i, j) into each vector j of row i's target to(i), and then calls finish(i).
  template <typename To, typename Make, typename Value, typename Finish>
  HILLOCK_INLINE void write(const To& to, Make make, Value value, Finish finish) const {
    if constexpr (!Along && Most == 1)
      if (whole == 0) return write_in_blocks(to(0), make(0), value, finish);
    walk<nothing>(
        make,
        [&](const auto& known, nothing, int i, auto j)
            HILLOCK_INLINE_LAMBDA { to(i).put(j, value(known, i, j)); },
        [&](nothing, int i) HILLOCK_INLINE_LAMBDA { finish(i); });
  }
  template <typename To, typename Make, typename Value>
  HILLOCK_INLINE void write(const To& to, Make make, Value value) const {
    write(to, make, value, [](int) HILLOCK_INLINE_LAMBDA {});
  }

 private:
  /// body(j) for each vector, those that add to the same part of Sums together: all parts of all
  /// rows would not stay in the cache. But only a few of them at a time, since each may lie in
  /// another page.
  template <typename Sums, typename Body>
  HILLOCK_INLINE void for_each_part_of(Body body) const {
    constexpr std::ptrdiff_t parts = Sums::parts, block = 64;
    for (std::ptrdiff_t begin = 0; begin < vectors; begin += block) {
      const std::ptrdiff_t end = (std::min)(begin + block, vectors);
      const std::ptrdiff_t end_of_parts = (std::min)(begin + parts, end);
      for (std::ptrdiff_t part = begin; part < end_of_parts; ++part)
        for (std::ptrdiff_t j = part; j < end; j += parts) body(j);
    }
  }

  /// Vectors of few lanes may lie so near to each other that what is loaded for the next one
  /// overlaps what has been stored for the last one, and must wait until it is in the cache: so
  /// some are found before they are put.
  template <typename Target, typename Known, typename Value, typename Finish>
  HILLOCK_INLINE void write_in_blocks(const Target& to, const Known& known, Value value,
                                      Finish finish) const {
    constexpr std::ptrdiff_t block = 8;
    of_rows<typename Target::lanes_type, block> found;
    for (std::ptrdiff_t j = 0; j < vectors; j += block) {
      const auto here = static_cast<int>((std::min)(vectors - j, block));
      for (int k = 0; k < here; ++k) found.put(k, value(known, 0, any_vector{j + k}));
      for (int k = 0; k < here; ++k) to.put(any_vector{j + k}, found[k]);
    }
    finish(0);
  }
};

/// How the lanes of a row's vectors lie in memory: along a slice, in whatever steps, or across
/// slices, as neighbours or apart.
enum class layout { along, across, apart };

/// A row of vectors V in memory. Along, all but the last have `lanes` lanes in use, the last
/// `last`; else all have `lanes`.
template <layout Layout, typename V, typename T>
struct row {
  using lanes_type = V;
  using scalar = typename V::scalar;
  T* data;
  std::ptrdiff_t jump, lane_step;  // from a vector to the next, from a lane to the next
  std::ptrdiff_t vectors;
  int lanes, last;
  const T* end;

  static constexpr bool along = Layout == layout::along;
  /// May lanes be loaded and stored together?
  static constexpr bool is_direct =
      std::is_same_v<std::remove_const_t<T>, scalar> && Layout != layout::apart;
  /// May they be read together, as flags?
  static constexpr bool is_mask = std::is_same_v<T, const bool> && Layout != layout::apart;

  /// How many vectors lie in memory as they are.
  HILLOCK_INLINE std::ptrdiff_t whole() const {
    return !are_neighbours() || lanes < V::width ? 0 : last < V::width ? vectors - 1 : vectors;
  }

  HILLOCK_INLINE V get(whole_vector at, scalar) const { return load<V>(data + at.j * jump); }
  /// Lanes not in use hold `unused`; but across, where no lane is ever added to another, anything.
  template <typename At>
  HILLOCK_INLINE V get(At at, scalar unused) const {
    const T* p = place_of(at);
    const int n = lanes_of(at);
    if constexpr (is_direct) {
      constexpr bool moves_some = math::moves_some<typename V::register_type>;
      if (are_neighbours() && (moves_some || end - p >= V::width)) {
        // What lies behind may be read, and is dropped.
        const V some = moves_some ? load_some<V>(p, n) : load<V>(p);
        if constexpr (moves_some && !along) return some;
        return select(lane_numbers<V>(std::make_integer_sequence<int, V::width>{}) < n, some,
                      V(unused));
      }
    }
    scalar buffer[V::width];
    gather(p, lane_step, n, unused, buffer, V::width);
    return load<V>(buffer);
  }

  /// Of a mask: which lanes are true.
  HILLOCK_INLINE auto is_true(whole_vector at) const { return flags<V>(data + at.j * jump); }
  template <typename At>
  HILLOCK_INLINE auto is_true(At at) const {
    return V(0) < get(at, 0);
  }

  /// 1 in lanes in use, 0 in others.
  HILLOCK_INLINE V used(whole_vector) const { return V(1); }
  template <typename At>
  HILLOCK_INLINE V used(At at) const {
    return select(lane_numbers<V>(std::make_integer_sequence<int, V::width>{}) < lanes_of(at), V(1),
                  V(0));
  }

  HILLOCK_INLINE void put(whole_vector at, const V& v) const { store(v, data + at.j * jump); }
  template <typename At>
  HILLOCK_INLINE void put(At at, const V& v) const {
    T* p = place_of(at);
    const int n = lanes_of(at);
    if constexpr (is_direct)
      if (are_neighbours()) return store_some(v, p, n);
    scalar buffer[V::width];
    store(v, buffer);
    scatter(buffer, p, lane_step, n);
  }

 protected:
  HILLOCK_INLINE T* place_of(any_vector at) const { return data + at.j * jump; }
  HILLOCK_INLINE T* place_of(some_lanes at) const { return data + at.offset; }

 private:
  HILLOCK_INLINE bool are_neighbours() const {
    return (is_direct && Layout == layout::across) || ((is_direct || is_mask) && lane_step == 1);
  }
  HILLOCK_INLINE int lanes_of(any_vector at) const {
    return along && at.j == vectors - 1 ? last : lanes;
  }
  HILLOCK_INLINE int lanes_of(some_lanes at) const { return at.lanes; }
};

/// The rows of a group, by number. Along: slices from s on, each as vectors of neighbours. Else
/// each is `lanes` slices, one a lane, as vectors of like entries.
template <layout Layout, typename V, typename T>
class rows_of {
 public:
  HILLOCK_INLINE rows_of(const slices<T>& all, std::ptrdiff_t s, int lanes, std::ptrdiff_t length)
      : first_(row_at(all, all.data + s * all.slice_step, lanes, length)),
        slice_step_(all.slice_step) {}

  HILLOCK_INLINE row<Layout, V, T> operator()(int i) const {
    row<Layout, V, T> r = first_;
    r.data += i * (along ? slice_step_ : V::width);  // across memory, several rows are whole
    return r;
  }

 private:
  static constexpr bool along = Layout == layout::along;

  static HILLOCK_INLINE row<Layout, V, T> row_at(const slices<T>& all, T* data, int lanes,
                                                 std::ptrdiff_t length) {
    if constexpr (along) {
      constexpr std::ptrdiff_t width = V::width;
      const std::ptrdiff_t vectors = (length + width - 1) / width;
      const auto last = static_cast<int>(length - (vectors - 1) * width);
      return {data, all.step * width, all.step, vectors, V::width, last, all.end};
    } else {
      return {data, all.step, all.slice_step, length, lanes, lanes, all.end};
    }
  }

  row<Layout, V, T> first_;
  std::ptrdiff_t slice_step_;
};

/// A row to write to: it is replaced, added to or subtracted from.
template <layout Layout, typename V, typename T>
struct target : row<Layout, V, T> {
  using base = row<Layout, V, T>;
  using base::get;
  update how;
  bool holds;                     // until it is written it may hold what the function likes to keep
  const T* spilled = this->data;  // from its place up to this, memory is written later

  HILLOCK_INLINE void put(whole_vector at, const V& v) const {
    if (how == update::set)
      base::put(at, v);
    else
      base::put(at, updated(get(at, 0), v));
  }
  template <typename At>
  HILLOCK_INLINE void put(At at, const V& v) const {
    if constexpr (base::along && base::is_direct)
      if (T* const p = this->place_of(at); spilled - p >= V::width) return store(v, p);
    base::put(at, how == update::set ? v : updated(get(at, 0), v));
  }
  /// Before it is written.
  template <typename At>
  HILLOCK_INLINE void keep(At at, const V& v) const {
    if (holds) base::put(at, v);
  }

 private:
  HILLOCK_INLINE V updated(const V& before, const V& v) const {
    return how == update::add ? before + v : before - v;
  }
};

/// The target of a lone slice, whose last vector is kept in a register: to load a vector of which
/// part was just stored waits for the cache.
template <typename Target>
struct lone_target : Target {
  using lanes_type = typename Target::lanes_type;
  using scalar = typename Target::scalar;
  lanes_type* last;
  bool keeps_last, holds;

  HILLOCK_INLINE lone_target(const Target& to, const place& at, lanes_type* last_)
      : Target(to),
        last(last_),
        keeps_last(at.whole >= at.vectors - 1),
        holds(to.holds || (at.whole == 0 && at.vectors == 1)) {}

  HILLOCK_INLINE lanes_type get(whole_vector at, scalar unused) const {
    return Target::get(at, unused);
  }
  HILLOCK_INLINE lanes_type get(any_vector at, scalar unused) const {
    return keeps_last ? *last : Target::get(at, unused);
  }
  HILLOCK_INLINE void keep(whole_vector at, const lanes_type& v) const { Target::keep(at, v); }
  HILLOCK_INLINE void keep(any_vector at, const lanes_type& v) const {
    if (keeps_last)
      *last = v;
    else
      Target::keep(at, v);
  }
};

/// A row whose entries are negated.
template <typename Row>
struct negated_row : Row {
  using scalar = typename Row::scalar;
  template <typename At>
  HILLOCK_INLINE auto get(At at, scalar unused) const {
    return -Row::get(at, -unused);
  }
};

/// A row whose entries count as -infinity where `kept` is false.
template <typename Row, typename Kept>
struct masked_row {
  using lanes_type = typename Row::lanes_type;
  using scalar = typename Row::scalar;
  Row row;
  Kept kept;
  std::ptrdiff_t vectors = row.vectors;

  HILLOCK_INLINE std::ptrdiff_t whole() const { return (std::min)(row.whole(), kept.whole()); }

  template <typename At>
  HILLOCK_INLINE lanes_type get(At at, scalar unused) const {
    return select(kept.is_true(at), row.get(at, unused),
                  lanes_type(-std::numeric_limits<scalar>::infinity()));
  }
};

}  // namespace detail
}  // namespace HILLOCK_ABI
}  // namespace hillock
