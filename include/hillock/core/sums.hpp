// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/kernels.hpp>
#include <hillock/core/rows.hpp>

// Sums over slices, which have the same bits whether a slice lies along memory or across it.

namespace hillock {
inline namespace HILLOCK_ABI {
namespace detail {

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
  /// The same in six operations, for a sum and terms >= 0: put in order, they are Dekker's.
  HILLOCK_INLINE void add_positive(const V& term) {
    const V both = sum + term;
    lost = lost + (minimum(sum, term) - (both - maximum(sum, term)));
    sum = both;
  }
  template <typename Act>
  HILLOCK_INLINE void for_each_register(const Act& act) {
    act(sum);
    act(lost);
  }

  /// Both. What is lost of an infinite sum is NaN, and does not count.
  HILLOCK_INLINE V total() const {
    const V both = sum + lost;
    return select(is_nan(both), sum, both);
  }
};

/// So many elements are added up plainly, those of more in blocks whose sums are a running_sum:
/// then the error does not grow with their number.
inline constexpr std::ptrdiff_t plain_sum_length = 1024;

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

// A walk may also keep the registers of sums in memory, and add up two sums over different entries:
// that is what lanes, for_each_register and add(other sums) are for.

/// sum over a slice of a_j b_j, or of terms, in every lane.
template <bool Along, typename V>
class dot_product {
 public:
  using lanes_type = V;
  static constexpr int parts = V::width, registers = 1;

  HILLOCK_INLINE dot_product() {}  // lest all of it be set to 0
  HILLOCK_INLINE void add(std::ptrdiff_t j, const V& a, const V& b) {
    parts_.put(j, fma(a, b, parts_.get(j)));
  }
  HILLOCK_INLINE void add(std::ptrdiff_t j, const V& term) { parts_.put(j, parts_.get(j) + term); }
  HILLOCK_INLINE V total(std::ptrdiff_t vectors) {
    if constexpr (Along) {
      return math::reduce(parts_.get(0), math::sum_of{});
    } else {
      add_in_pairs<V>(vectors, *this);
      return parts_.at(0);
    }
  }
  HILLOCK_INLINE void merge(int k, int other) { parts_.put(k, parts_.at(k) + parts_.at(other)); }

  HILLOCK_INLINE V lanes() const { return parts_.get(0); }
  template <typename Act>
  HILLOCK_INLINE void for_each_register(const Act& act) {
    V sum = lanes();
    act(sum);
    parts_.put(0, sum);
  }
  HILLOCK_INLINE void add(const dot_product& other) { parts_.put(0, lanes() + other.lanes()); }

 private:
  partials<Along, V> parts_;
};

/// What is known of the terms of a sum.
enum class terms {
  any,
  positive,  // or 0
  shares     // which are positive, and only their ratios to the sum count
};

/// The sum over a slice, with what its roundings lost, in every lane.
///
/// Of shares, what is lost of one that exceeds the sum before it is known but for an epsilon of the
/// share; as each of these doubles the sum, all together it is an epsilon of the sum.
template <bool Along, typename V, terms Terms = terms::any>
class slice_sum {
 public:
  using lanes_type = V;
  static constexpr int parts = V::width, registers = 2;

  HILLOCK_INLINE slice_sum() {}  // lest all of it be set to 0
  HILLOCK_INLINE void add(std::ptrdiff_t j, const V& term) {
    if constexpr (!Along)
      if (j < V::width) return put(j, {V(0) + term, V(0)});  // not -0, as along memory
    running_sum<V> part{sums_.get(j), losts_.get(j)};
    if constexpr (Terms == terms::shares)
      part.add_small(term);
    else
      add_exactly(part, term);
    put(j, part);
  }
  HILLOCK_INLINE running_sum<V> total(std::ptrdiff_t vectors) {
    if constexpr (Along) {
      return halve<V::width / 2>(lanes());
    } else {
      add_in_pairs<V>(vectors, *this);
      return {sums_.at(0), losts_.at(0)};
    }
  }
  HILLOCK_INLINE void merge(int k, int other) {
    running_sum<V> part{sums_.at(k), losts_.at(k)};
    add_up(part, {sums_.at(other), losts_.at(other)});
    put(k, part);
  }

  HILLOCK_INLINE running_sum<V> lanes() const { return {sums_.get(0), losts_.get(0)}; }
  template <typename Act>
  HILLOCK_INLINE void for_each_register(const Act& act) {
    running_sum<V> all = lanes();
    all.for_each_register(act);
    put(0, all);
  }
  HILLOCK_INLINE void add(const slice_sum& other) {
    running_sum<V> all = lanes();
    add_up(all, other.lanes());
    put(0, all);
  }

 private:
  HILLOCK_INLINE void put(std::ptrdiff_t j, const running_sum<V>& part) {
    sums_.put(j, part.sum);
    losts_.put(j, part.lost);
  }
  static HILLOCK_INLINE void add_exactly(running_sum<V>& part, const V& term) {
    if constexpr (Terms == terms::any)
      part.add(term);
    else
      part.add_positive(term);
  }
  static HILLOCK_INLINE void add_up(running_sum<V>& part, const running_sum<V>& other) {
    part.lost = part.lost + other.lost;
    add_exactly(part, other.sum);
  }
  template <int Distance>
  static HILLOCK_INLINE running_sum<V> halve(running_sum<V> s) {
    if constexpr (Distance == 0) {
      return s;
    } else {
      add_up(s, {math::swapped<Distance>(s.sum), math::swapped<Distance>(s.lost)});
      return halve<Distance / 2>(s);
    }
  }

  partials<Along, V> sums_, losts_;
};

/// The maximum over a slice, in every lane.
template <bool Along, typename V>
class slice_maximum {
 public:
  using lanes_type = V;
  static constexpr int parts = 1, registers = 1;

  HILLOCK_INLINE void add(const V& x) { most_ = maximum(x, most_); }
  HILLOCK_INLINE V total(std::ptrdiff_t) const {
    if constexpr (Along)
      return math::reduce(most_, math::maximum_of{});
    else
      return most_;
  }

  HILLOCK_INLINE V lanes() const { return most_; }
  template <typename Act>
  HILLOCK_INLINE void for_each_register(const Act& act) {
    V most = most_;
    act(most);
    most_ = most;
  }
  HILLOCK_INLINE void add(const slice_maximum& other) { add(other.most_); }

 private:
  V most_ = -std::numeric_limits<typename V::scalar>::infinity();
};

template <bool Along, typename V>
inline constexpr bool is_latency_bound<slice_maximum<Along, V>> = true;

}  // namespace detail
}  // namespace HILLOCK_ABI
}  // namespace hillock
