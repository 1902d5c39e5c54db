// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/rows.hpp>
#include <hillock/core/sums.hpp>

// Slices across memory without gaps, taken as one array. Vectors are taken as they lie there,
// whichever slices their lanes belong to: so none straddles two lines of the cache, and no lane is
// idle, however few slices there are.
//
// Element e is entry e / count of slice e % count, and entry i of a slice adds to part i % width of
// its sums. So there are width * count parts, and after so many elements the same ones come again:
// every count-th vector adds to the same registers, and is about the same slices.

namespace hillock {
inline namespace HILLOCK_ABI {
namespace detail {

/// act(register) for each one that a value is made of.
template <typename R, typename Act>
HILLOCK_INLINE void for_each_register(math::lanes<R>& v, const Act& act) {
  act(v);
}
template <typename Value, typename Act>
HILLOCK_INLINE void for_each_register(Value& value, const Act& act) {
  value.for_each_register(act);
}

/// Loads the registers of a value, each from lane i on of numbers of its own.
template <typename V, typename Value, typename Numbers>
HILLOCK_INLINE void load_registers(Value& value, const Numbers& numbers, std::ptrdiff_t i) {
  const auto* from = numbers;
  for_each_register(value, [&](V& v) HILLOCK_INLINE_LAMBDA { v = load<V>(*from++ + i); });
}
template <typename V, typename Value, typename Numbers>
HILLOCK_INLINE void store_registers(Value value, Numbers& numbers, std::ptrdiff_t i) {
  auto* to = numbers;
  for_each_register(value, [&](const V& v) HILLOCK_INLINE_LAMBDA { store(v, *to++ + i); });
}

/// The Sums of at most Most slices in parts, those of element `lead` first.
template <typename Sums, std::ptrdiff_t Most>
class interleaved_sums {
  using V = typename Sums::lanes_type;
  using scalar = typename V::scalar;
  static constexpr std::ptrdiff_t width = V::width;

 public:
  HILLOCK_INLINE interleaved_sums(std::ptrdiff_t count, std::ptrdiff_t lead)
      : count_(count), lead_(lead) {
    for (std::ptrdiff_t j = 0; j <= count; ++j) put(j * width, Sums());
  }

  /// The parts i, i + 1 ...
  HILLOCK_INLINE Sums get(std::ptrdiff_t i) const {
    Sums sums;
    load_registers<V>(sums, stored_, width + i);
    return sums;
  }
  HILLOCK_INLINE void put(std::ptrdiff_t i, const Sums& sums) {
    store_registers<V>(sums, stored_, width + i);
  }
  HILLOCK_INLINE void put_some(std::ptrdiff_t i, Sums sums, int n) {
    auto* to = stored_;
    sums.for_each_register([&](const V& v)
                               HILLOCK_INLINE_LAMBDA { store_some(v, *to++ + width + i, n); });
  }

  /// Adds up the parts, halves of halves.
  HILLOCK_INLINE void total() {
    for (auto& numbers : stored_) {  // the first elements' parts, which lie last, come first
      scalar* const first = numbers + width - lead_;
      for (std::ptrdiff_t i = 0; i < lead_; ++i) first[i] = first[width * count_ + i];
    }
    for (std::ptrdiff_t parts = width / 2; parts > 0; parts /= 2)
      for (std::ptrdiff_t i = 0; i < parts * count_; i += width) {
        Sums sums = get(i - lead_);
        sums.add(get(i - lead_ + parts * count_));
        put(i - lead_, sums);
      }
    for (auto& numbers : stored_) {  // where there is no next slice, the first follows again
      scalar* const first = numbers + width - lead_;
      for (std::ptrdiff_t s = count_; s < count_ + 2 * width; ++s) first[s] = first[s - count_];
    }
  }
  /// Then, of the slices s, s + 1 ...
  HILLOCK_INLINE Sums of_slice(std::ptrdiff_t s) const { return get(s - lead_); }

 private:
  std::ptrdiff_t count_, lead_;
  alignas(typename V::register_type) scalar stored_[Sums::registers][(Most + 2) * width];
};

/// One value for each slice, of one register or several.
template <typename Value, typename V, int Most>
class of_slices {
  static constexpr int registers = sizeof(Value) / sizeof(V);

 public:
  HILLOCK_INLINE void put(int s, const Value& value) { store_registers<V>(value, stored_, s); }
  /// Of the slices s, s + 1 ...
  HILLOCK_INLINE Value operator[](int s) const {
    Value value{V(0)};
    load_registers<V>(value, stored_, s);
    return value;
  }

 private:
  typename V::scalar stored_[registers][Most + 2 * V::width];
};

/// All of at most Most slices as a group (see there). Its row i < count is every count-th vector,
/// from the i-th on; two more are what is no whole vector: row `count` is the `lead` elements
/// before the first vector, row count + 1 the `rest` behind the last. What is known of a row is
/// that of the slices that its lanes belong to: make and finish are given the first of these, not
/// the number of the row.
///
/// Rows are walked one by one, with what is known of them and their sums in registers. But a kernel
/// that waits for memory takes vectors InOrder.
template <typename V, int Most, bool InOrder>
class interleaved : public place {
  static constexpr int width = V::width;

 public:
  static constexpr bool sums_are_registers = true;
  template <typename Value>
  using values = of_slices<Value, V, Most>;
  int rows;

  /// Vectors are taken from the element `lead` of all arguments on.
  HILLOCK_INLINE interleaved(std::ptrdiff_t count, std::ptrdiff_t length, int lead)
      : place{0, width, 0, 0},
        rows(static_cast<int>(count) + 2),
        count_(static_cast<int>(count)),
        lead_(lead),
        rest_(static_cast<int>((count * length - lead) % width)),
        whole_vectors_((count * length - lead) / width) {}

  /// An argument, as one of slices of which V::width after V::width are a row.
  template <typename T>
  HILLOCK_INLINE slices<T> arranged(const slices<T>& all) const {
    return {all.data + lead_, 1, std::ptrdiff_t(width) * count_, all.begin, all.end};
  }

  template <typename Sums, typename Make, typename Step, typename Finish>
  HILLOCK_INLINE void walk(Make make, Step step, Finish finish) const {
    interleaved_sums<Sums, Most> all(count_, lead_);
    const auto add = [&](int i, some_lanes at, std::ptrdiff_t part) HILLOCK_INLINE_LAMBDA {
      Sums sums = all.get(part);
      step(make(slice_of(i)), sums, i, at);
      all.put_some(part, sums, at.lanes);
    };
    if (lead_ > 0) add(count_, leading(), width * count_ - lead_);  // their entries are the first
    if constexpr (InOrder) {
      constexpr int block = 32;  // sums that stay in the cache
      for (int begin = 0; begin < count_; begin += block)
        for_each_in_order(begin, (std::min)(block, count_ - begin),
                          [&](int i, whole_vector j) HILLOCK_INLINE_LAMBDA {
                            Sums sums = all.get(i * width);
                            step(make(slice_of(i)), sums, i, j);
                            all.put(i * width, sums);
                          });
    } else {
      for (int i = 0; i < count_; ++i) {
        const auto known = make(slice_of(i));
        Sums sums = all.get(i * width);
        for_each_vector(i, [&](whole_vector j) HILLOCK_INLINE_LAMBDA { step(known, sums, i, j); });
        all.put(i * width, sums);
      }
    }
    if (rest_ > 0) add(count_ + 1, remaining(), whole_vectors_ % count_ * width);
    all.total();
    for (int s = 0; s < count_ + width; s += width) {  // a row's slices may begin at any of `count`
      Sums sums = all.of_slice(s);
      finish(sums, s);
    }
  }
  template <typename Sums>
  HILLOCK_INLINE auto total(const Sums& sums) const {
    return sums.lanes();
  }

  template <typename To, typename Make, typename Value>
  HILLOCK_INLINE void write(const To& to, Make make, Value value) const {
    const auto put = [&](const auto& known, int i, auto j)
                         HILLOCK_INLINE_LAMBDA { to(i).put(j, value(known, i, j)); };
    if (lead_ > 0) put(make(0), count_, leading());
    if constexpr (InOrder) {
      int slice = slice_of(0);
      for_each_in_order(0, count_, [&](int i, whole_vector j) HILLOCK_INLINE_LAMBDA {
        put(make(slice), i, j);
        slice += width % count_;
        if (slice >= count_) slice -= count_;
      });
    } else {
      for (int i = 0; i < count_; ++i) {
        const auto known = make(slice_of(i));
        for_each_vector(i, [&](whole_vector j) HILLOCK_INLINE_LAMBDA { put(known, i, j); });
      }
    }
    if (rest_ > 0) put(make(slice_of(count_ + 1)), count_ + 1, remaining());
  }

 private:
  HILLOCK_INLINE some_lanes leading() const {
    return {-lead_ - std::ptrdiff_t(count_) * width, lead_};
  }
  HILLOCK_INLINE some_lanes remaining() const {
    return {(whole_vectors_ - (count_ + 1)) * width, rest_};
  }
  /// The slice of row i's first lane.
  HILLOCK_INLINE int slice_of(int i) const {
    if (i == count_) return 0;
    return static_cast<int>((lead_ + (i < count_ ? i : whole_vectors_) * width) % count_);
  }

  /// body(j) for each vector j of row i.
  template <typename Body>
  HILLOCK_INLINE void for_each_vector(int i, Body body) const {
    const std::ptrdiff_t its_vectors = whole_vectors_ / count_ + (i < whole_vectors_ % count_);
    for (std::ptrdiff_t j = 0; j < its_vectors; ++j) body(whole_vector{j});
  }
  /// body(i, j) for each vector j of so many rows i from `begin` on, as they lie in memory.
  template <typename Body>
  HILLOCK_INLINE void for_each_in_order(int begin, int many, Body body) const {
    std::ptrdiff_t left = whole_vectors_ - begin;
    for (std::ptrdiff_t j = 0; left > 0; ++j, left -= count_) {
      const int end = begin + static_cast<int>((std::min)(left, std::ptrdiff_t(many)));
      for (int i = begin; i < end; ++i) body(i, whole_vector{j});
    }
  }

  int count_, lead_, rest_;
  std::ptrdiff_t whole_vectors_;
};

}  // namespace detail
}  // namespace HILLOCK_ABI
}  // namespace hillock
