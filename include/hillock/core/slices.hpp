// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/axis.hpp>
#include <hillock/core/eigen.hpp>
#include <hillock/core/scalars.hpp>

// How functions of a whole slice (softmax and its like) walk through memory: as a row of vectors,
// whose lanes are either entries of one slice, one behind the other (along), or the same entry of
// so many slices (across). One text serves both, and gives the same bits.

namespace hillock {
inline namespace HILLOCK_ABI {
namespace detail {

/// All slices of an argument in memory: entry i of slice s is data[s * slice_step + i * step]. All
/// of it lies before end, and may be read, gaps included.
template <typename T>
struct slices {
  T* data;
  std::ptrdiff_t slice_step, step;
  const T* end;

  bool are_neighbours() const { return slice_step == 1; }
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
};

/// A place of several rows, which a kernel takes at a time.
///
/// Along memory they are walked one after the other: while one waits for its last sum, the
/// processor goes on to the next one. Across it they are neighbours and walked side by side, so
/// that memory is read in long stretches: else a slice of many entries, each in another page, would
/// drive the next one's from the cache.
template <bool Along, int Most>
struct group : place {
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
    if constexpr (Along || Most == 1) {
      for (int i = 0; i < rows; ++i) {
        const auto known = make(i);
        Sums sums;
        for_each_vector([&](auto j) HILLOCK_INLINE_LAMBDA { step(known, sums, i, j); });
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
  /// The same where nothing is known.
  template <typename Sums, typename Step, typename Finish>
  HILLOCK_INLINE void walk(Step step, Finish finish) const {
    walk<Sums>([](int) HILLOCK_INLINE_LAMBDA { return nothing{}; },
               [&](nothing, Sums& sums, int i, auto j) HILLOCK_INLINE_LAMBDA { step(sums, i, j); },
               finish);
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

  /// How many vectors lie in memory as they are.
  HILLOCK_INLINE std::ptrdiff_t whole() const {
    return !are_neighbours() || lanes < V::width ? 0 : last < V::width ? vectors - 1 : vectors;
  }

  HILLOCK_INLINE V get(whole_vector at, scalar) const { return load<V>(data + at.j * jump); }
  /// Lanes not in use hold `unused`; but across, where no lane is ever added to another, anything.
  HILLOCK_INLINE V get(any_vector at, scalar unused) const {
    const T* p = data + at.j * jump;
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

  /// 1 in lanes in use, 0 in others.
  HILLOCK_INLINE V used(whole_vector) const { return V(1); }
  HILLOCK_INLINE V used(any_vector at) const {
    return select(lane_numbers<V>(std::make_integer_sequence<int, V::width>{}) < lanes_of(at), V(1),
                  V(0));
  }

  HILLOCK_INLINE void put(whole_vector at, const V& v) const { store(v, data + at.j * jump); }
  HILLOCK_INLINE void put(any_vector at, const V& v) const {
    T* p = data + at.j * jump;
    const int n = lanes_of(at);
    if constexpr (is_direct)
      if (are_neighbours()) return store_some(v, p, n);
    scalar buffer[V::width];
    store(v, buffer);
    scatter(buffer, p, lane_step, n);
  }

 private:
  HILLOCK_INLINE bool are_neighbours() const {
    return is_direct && (Layout == layout::across || lane_step == 1);
  }
  HILLOCK_INLINE int lanes_of(any_vector at) const {
    return along && at.j == vectors - 1 ? last : lanes;
  }
};

/// The rows of a group, by number. Along: slices from s on, each as vectors of neighbours. Else
/// each is `lanes` slices, one a lane, as vectors of like entries.
template <layout Layout, typename V, typename T>
class rows_of {
 public:
  HILLOCK_INLINE rows_of(const slices<T>& all, std::ptrdiff_t s, int lanes, std::ptrdiff_t length)
      : first_(row_at(all, all.data + s * all.slice_step, lanes, length)),
        row_step_(along ? all.slice_step : lanes * all.slice_step) {}

  HILLOCK_INLINE row<Layout, V, T> operator()(int i) const {
    row<Layout, V, T> r = first_;
    r.data += i * row_step_;
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
  std::ptrdiff_t row_step_;
};

/// A row to write to: it is replaced, added to or subtracted from.
template <layout Layout, typename V, typename T>
struct target : row<Layout, V, T> {
  using base = row<Layout, V, T>;
  using base::get;
  update how;
  bool holds;                     // until it is written it may hold what the function likes to keep
  const T* spilled = this->data;  // what lies before this is written later

  HILLOCK_INLINE void put(whole_vector at, const V& v) const {
    if (how == update::set)
      base::put(at, v);
    else
      base::put(at, updated(get(at, 0), v));
  }
  HILLOCK_INLINE void put(any_vector at, const V& v) const {
    if constexpr (base::along && base::is_direct)
      if (T* const p = this->data + at.j * this->jump; spilled - p >= V::width) return store(v, p);
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

  static constexpr HILLOCK_INLINE std::ptrdiff_t whole() { return 0; }

  HILLOCK_INLINE lanes_type get(any_vector at, scalar unused) const {
    return select(lanes_type(0) < kept.get(at, 0), row.get(at, unused),
                  lanes_type(-std::numeric_limits<scalar>::infinity()));
  }
  HILLOCK_INLINE lanes_type get(whole_vector at, scalar unused) const {
    return get(any_vector{at.j}, unused);
  }
};

// ---- Sums -------------------------------------------------------------------------------------

/// A sum, with what all its roundings lost: after O. Moller, "Quasi Double-Precision in Floating
/// Point Addition", 1965.
template <typename V>
struct running_sum {
  V sum = 0, lost = 0;

  HILLOCK_INLINE void add(const V& term) {
    const V both = sum + term, rest = both - sum;
    lost = lost + ((sum - (both - rest)) + (term - rest));
    sum = both;
  }
  /// The same in four operations instead of seven, for terms that the sum exceeds: after
  /// T. J. Dekker, "A Floating-Point Technique for Extending the Available Precision", 1971.
  HILLOCK_INLINE void add_small(const V& term) {
    const V both = sum + term;
    lost = lost + (term - (both - sum));
    sum = both;
  }
  HILLOCK_INLINE void add(const V& term, const V& term_lost) {
    lost = lost + term_lost;
    add(term);
  }
};

/// One V for each lane of a slice along memory: there they are one register, across they are as
/// many vectors. So what is summed has the same order in both.
template <bool Along, typename V>
class partials {
 public:
  HILLOCK_INLINE V get(std::ptrdiff_t) const { return v_; }
  HILLOCK_INLINE void put(std::ptrdiff_t, const V& to) { v_ = to; }

 private:
  V v_ = 0;
};
template <typename V>
class partials<false, V> {
  static constexpr std::ptrdiff_t width = V::width;

 public:
  /// A slice of no vectors, which the compiler can't rule out, has the sum 0.
  HILLOCK_INLINE partials() { put(0, V(0)); }
  /// 0 before the first put.
  HILLOCK_INLINE V get(std::ptrdiff_t j) const { return j < width ? V(0) : at(j); }
  HILLOCK_INLINE V at(std::ptrdiff_t j) const { return load<V>(v_[j % width]); }
  HILLOCK_INLINE void put(std::ptrdiff_t j, const V& to) { store(to, v_[j % width]); }

 private:
  // One more than there are, lest those of a group's rows lie in the same few sets of a cache.
  alignas(typename V::register_type) typename V::scalar v_[V::width + 1][V::width];
};

/// The pairs that a sum over V::width partial ones adds, halves of halves: add(k, k + distance).
template <typename V, typename Add>
HILLOCK_INLINE void add_in_pairs(std::ptrdiff_t used, Add& add) {
  for (int distance = V::width / 2; distance > 0; distance /= 2)
    for (int k = 0; k < distance && k + distance < used; ++k) add.merge(k, k + distance);
}

/// sum over a slice of a_j b_j, in every lane.
template <bool Along, typename V>
class dot_product {
 public:
  static constexpr int parts = V::width;

  HILLOCK_INLINE dot_product() {}  // lest all of it be set to 0
  HILLOCK_INLINE void add(std::ptrdiff_t j, const V& a, const V& b) {
    parts_.put(j, fma(a, b, parts_.get(j)));
  }
  HILLOCK_INLINE V total(std::ptrdiff_t vectors) {
    if constexpr (Along) {
      return math::reduce(parts_.get(0), math::sum_of{});
    } else {
      add_in_pairs<V>(vectors, *this);
      return parts_.at(0);
    }
  }
  HILLOCK_INLINE void merge(int k, int other) { parts_.put(k, parts_.at(k) + parts_.at(other)); }

 private:
  partials<Along, V> parts_;
};

/// The sum over a slice, with what its roundings lost, in every lane.
///
/// Of terms >= 0 it need not be Exact where only its ratio to them counts. Then what is lost of a
/// term that exceeds the sum before it is known but for an epsilon of the term; as each of these
/// doubles the sum, all together it is an epsilon of the sum.
template <bool Along, typename V, bool Exact = true>
class slice_sum {
 public:
  static constexpr int parts = V::width;

  HILLOCK_INLINE slice_sum() {}  // lest all of it be set to 0
  HILLOCK_INLINE void add(std::ptrdiff_t j, const V& term) {
    if constexpr (!Along)
      if (j < V::width) return put(j, {term, V(0)});
    running_sum<V> part{sums_.get(j), losts_.get(j)};
    if constexpr (Exact)
      part.add(term);
    else
      part.add_small(term);
    put(j, part);
  }
  HILLOCK_INLINE running_sum<V> total(std::ptrdiff_t vectors) {
    if constexpr (Along) {
      return halve<V::width / 2>({sums_.get(0), losts_.get(0)});
    } else {
      add_in_pairs<V>(vectors, *this);
      return {sums_.at(0), losts_.at(0)};
    }
  }
  HILLOCK_INLINE void merge(int k, int other) {
    running_sum<V> part{sums_.at(k), losts_.at(k)};
    part.add(sums_.at(other), losts_.at(other));
    put(k, part);
  }

 private:
  HILLOCK_INLINE void put(std::ptrdiff_t j, const running_sum<V>& part) {
    sums_.put(j, part.sum);
    losts_.put(j, part.lost);
  }
  template <int Distance>
  static HILLOCK_INLINE running_sum<V> halve(running_sum<V> s) {
    if constexpr (Distance == 0) {
      return s;
    } else {
      s.add(math::swapped<Distance>(s.sum), math::swapped<Distance>(s.lost));
      return halve<Distance / 2>(s);
    }
  }

  partials<Along, V> sums_, losts_;
};

// ---- Tiles ------------------------------------------------------------------------------------

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

  /// Reads the slices s, s + 1 ...; past the last one, that again.
  template <typename T>
  HILLOCK_INLINE void read(const slices<const T>& all, std::ptrdiff_t s, std::ptrdiff_t count,
                           std::ptrdiff_t length) {
    for (std::ptrdiff_t first = 0; first < length; first += width) {
      registers rows;
      const auto used = static_cast<int>(length - first < width ? length - first : width);
      const T* const p = all.data + s * all.slice_step + first * all.step;
      if (is_open(all, p))
        for_each_row(
            [&](int i) HILLOCK_INLINE_LAMBDA { rows[i] = load<V>(p + i * all.slice_step).bits(); });
      else
        for (int i = 0; i < width; ++i) {
          const std::ptrdiff_t slice = s + i < count ? i : count - 1 - s;
          rows[i] = read_row(all, p + slice * all.slice_step, used).bits();
        }
      transpose<0, width>(rows, used);
      for (int i = 0; i < used; ++i) store(V::from(rows[i]), entry[first + i]);
    }
  }

  HILLOCK_INLINE void negate(std::ptrdiff_t length) {
    for (std::ptrdiff_t j = 0; j < length; ++j) store(-load<V>(entry[j]), entry[j]);
  }

  /// Where the mask is false, the entries become -infinity.
  HILLOCK_INLINE void exclude(const slices<const bool>& kept, std::ptrdiff_t s,
                              std::ptrdiff_t count, std::ptrdiff_t length) {
    for (int i = 0; i < width && s + i < count; ++i)
      for (std::ptrdiff_t j = 0; j < length; ++j)
        if (!kept.data[(s + i) * kept.slice_step + j * kept.step])
          entry[j][i] = -std::numeric_limits<scalar>::infinity();
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
            spills ? end : p}
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
    return std::is_same_v<T, scalar> && all.step == 1 &&
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

// ---- Tasks ------------------------------------------------------------------------------------

/// Marks a task without mask.
struct unmasked {};

/// Marks a task that writes nothing of the shape of its inputs.
struct untargeted {};

/// Does a kernel take its first input negated?
template <typename Kernel>
inline constexpr bool negates = false;

/// Does a kernel take groups of rows?
template <typename Kernel, typename = void>
inline constexpr bool takes_groups = false;
template <typename Kernel>
inline constexpr bool takes_groups<Kernel, std::enable_if_t<Kernel::takes_groups>> = true;

/// Does a kernel compute so little that it waits for memory?
template <typename Kernel>
inline constexpr bool waits_for_memory = false;

/// kernel.run<Along>(place, rows of in..., target) slice by slice, or, where the kernel takes
/// groups, with a group and functions that give its row 0, 1 ... A mask applies to the first input.
/// Slices along memory of no more than Kernel::tiled_vectors vectors are transposed in tiles; not a
/// Lone one, which needs less code therefore.
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
    std::ptrdiff_t s = 0;
    if constexpr (along && !Lone && (V::width > 1)) {
      constexpr std::ptrdiff_t longest = Kernel::tiled_vectors * V::width;
      static_assert(longest <= tile<V>::most);
      if (length <= longest)
        for (; count - s > V::width / 4; s += V::width) task.template across_tile<V>(s);
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
  template <typename V, typename Group>
  HILLOCK_INLINE void rows_at(Group at) const {
    const auto x = first_rows<V>(at.first, at.lanes);
    at.vectors = x(0).vectors;
    at.whole = x(0).whole();
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
    if constexpr (has_target) {
      const rows_of<Layout, V, T> out_rows{out, at.first, at.lanes, length};
      const T* const none = out.data;  // in a group, the slices behind may hold something
      const T* const spilled = spills() ? out.end : none;
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
      kernel.template run<IsAlong>(at, rows...);
    else
      kernel.template run<IsAlong>(at, rows(0)...);
  }

  template <typename V>
  HILLOCK_INLINE auto first_rows(std::ptrdiff_t s, int lanes) const {
    const rows_of<Layout, V, const T> x{in[0], s, lanes, length};
    if constexpr (std::is_same_v<Mask, unmasked>) {
      return with_sign(x);
    } else {
      const rows_of<Layout, V, const bool> kept{mask, s, lanes, length};
      return [x = with_sign(x), kept](int i) HILLOCK_INLINE_LAMBDA {
        return masked_row<decltype(x(i)), decltype(kept(i))>{x(i), kept(i)};
      };
    }
  }
  template <typename Rows>
  static HILLOCK_INLINE auto with_sign(const Rows& x) {
    if constexpr (negates<Kernel>)
      return [x](int i) HILLOCK_INLINE_LAMBDA { return negated_row<decltype(x(i))>{x(i)}; };
    else
      return x;
  }

  /// What is not yet written may be written twice, unless it is read in between.
  HILLOCK_INLINE bool holds() const {
    bool holds = how == update::set && std::is_same_v<T, scalar>;
    if constexpr (In == 2) holds = holds && !overlap(out, in[1]);
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

  template <typename V>
  HILLOCK_INLINE void across_tile(std::ptrdiff_t s) const {
    tile<V> x;
    x.read(in[0], s, count, length);
    if constexpr (negates<Kernel>) x.negate(length);
    if constexpr (!std::is_same_v<Mask, unmasked>) x.exclude(mask, s, count, length);
    if constexpr (In == 1) {
      finish_tile(s, x);
    } else {
      tile<V> second;
      second.read(in[1], s, count, length);
      finish_tile(s, x, second);
    }
  }
  template <typename V, typename... Tiles>
  HILLOCK_INLINE void finish_tile(std::ptrdiff_t s, const tile<V>& x, const Tiles&... more) const {
    const group<false, 1> at{{s, lanes_from<V>(s), length, length}, 1};
    const auto row_in = [&](const tile<V>& t) {
      return [row = t.as_row(length)](int) HILLOCK_INLINE_LAMBDA { return row; };
    };
    if constexpr (has_target) {
      tile<V> result;
      const auto to = result.as_target(length);
      run<false>(at, row_in(x), row_in(more)..., [&](int) HILLOCK_INLINE_LAMBDA { return to; });
      result.write(out, s, count, length, how);
    } else {
      run<false>(at, row_in(x), row_in(more)...);
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
  if constexpr (lies_along<Axis, X>) {
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
