// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/rows.hpp>

// Slices across memory without gaps, taken as one array: element e is entry e / count of slice
// e % count.

namespace hillock {
inline namespace HILLOCK_ABI {
namespace detail {

/// sum of a b over each of `count` slices.
///
/// As elsewhere, entry i of a slice adds to part i % width of its sum: so element e adds to part
/// e % (width * count) of all, and vectors of elements to vectors of parts, whichever slices their
/// lanes belong to. Parts are stored from that of element `lead` on.
template <typename V>
class interleaved_products {
  using scalar = typename V::scalar;
  static constexpr std::ptrdiff_t width = V::width;

 public:
  static constexpr std::ptrdiff_t most = 65536 / sizeof(V);  // slices, for 64 KB of parts

  HILLOCK_INLINE interleaved_products(std::ptrdiff_t count, std::ptrdiff_t lead)
      : count_(count), lead_(lead) {
    for (std::ptrdiff_t j = 0; j <= count; ++j) store(V(0), parts() + j * width);
  }

  /// Adds the products of a vector of elements to the stored parts from i on.
  HILLOCK_INLINE void add(std::ptrdiff_t i, const V& a, const V& b) {
    store(fma(a, b, load<V>(parts() + i)), parts() + i);
  }
  /// Adds up the parts, halves of halves. The first sums follow behind the last one again.
  HILLOCK_INLINE void total() {
    scalar* const sum = parts() - lead_;
    for (std::ptrdiff_t i = 0; i < lead_; ++i) sum[i] = sum[width * count_ + i];
    for (std::ptrdiff_t half = width / 2 * count_; half >= count_; half /= 2)
      for (std::ptrdiff_t i = 0; i < half; i += width)
        store(load<V>(sum + i) + load<V>(sum + half + i), sum + i);
    for (std::ptrdiff_t i = count_; i < count_ + width; ++i) sum[i] = sum[i - count_];
  }
  /// The sums of slices s, s + 1 ..., after total().
  HILLOCK_INLINE V from(std::ptrdiff_t s) const { return load<V>(parts() - lead_ + s); }

 private:
  HILLOCK_INLINE scalar* parts() { return stored_ + width; }
  HILLOCK_INLINE const scalar* parts() const { return stored_ + width; }

  std::ptrdiff_t count_, lead_;
  alignas(typename V::register_type) scalar stored_[(most + 2) * width];
};

/// Names the elements before the first aligned vector.
struct leading {};

/// An argument as one array: `lead` elements, and then vectors.
template <typename Row>
struct one_array {
  using V = typename Row::lanes_type;
  Row lead, rest;

  HILLOCK_INLINE V get(leading) const { return lead.get(any_vector{0}, 0); }
  HILLOCK_INLINE void put(leading, const V& v) const { lead.put(any_vector{0}, v); }
  template <typename At>
  HILLOCK_INLINE V get(At at) const {
    return rest.get(at, 0);
  }
  template <typename At>
  HILLOCK_INLINE void put(At at, const V& v) const {
    rest.put(at, v);
  }
};

/// out = kernel.entry(a, b, product), where kernel.add(products, i, a, b) adds up the products.
///
/// No lane is idle, and where the arguments begin alike, no vector straddles lines of the cache.
template <typename V, typename Kernel, typename T>
HILLOCK_INLINE void run_interleaved(const Kernel& kernel, const slices<const T> (&in)[2],
                                    const slices<T>& out, update how, std::ptrdiff_t count,
                                    std::ptrdiff_t length) {
  constexpr std::ptrdiff_t width = V::width;
  const auto address = reinterpret_cast<std::uintptr_t>(out.data) / sizeof(T);
  const auto lead = static_cast<std::ptrdiff_t>(-address % width);
  const auto stretch = [&](const auto& all, std::ptrdiff_t begin, std::ptrdiff_t end) {
    using E = std::remove_pointer_t<decltype(all.data)>;
    const slices<E> part{all.data + begin, 0, 1, all.end};
    return rows_of<layout::along, V, E>(part, 0, 1, end - begin)(0);
  };
  const auto input = [&](const slices<const T>& all) {
    using row = row<layout::along, V, const T>;
    return one_array<row>{stretch(all, 0, lead), stretch(all, lead, count * length)};
  };
  using output = target<layout::along, V, T>;
  const auto a = input(in[0]), b = input(in[1]);
  const one_array<output> to{{stretch(out, 0, lead), how, false},
                             {stretch(out, lead, count * length), how, false}};
  const std::ptrdiff_t whole = a.rest.whole(), vectors = a.rest.vectors;

  interleaved_products<V> products(count, lead);
  const auto add = [&](auto at, std::ptrdiff_t i)
                       HILLOCK_INLINE_LAMBDA { kernel.add(products, i, a.get(at), b.get(at)); };
  if (lead > 0) add(leading{}, width * count - lead);
  constexpr std::ptrdiff_t block = 32;  // vectors of parts, which stay in the cache
  for (std::ptrdiff_t first = 0; first < count; first += block) {
    for (std::ptrdiff_t j = first; j < whole; j += count) {
      const std::ptrdiff_t here = (std::min)((std::min)(block, count - first), whole - j);
      for (std::ptrdiff_t k = 0; k < here; ++k) add(whole_vector{j + k}, (first + k) * width);
    }
  }
  if (whole < vectors) add(any_vector{whole}, whole % count * width);
  products.total();

  const auto put = [&](auto at, std::ptrdiff_t slice) HILLOCK_INLINE_LAMBDA {
    to.put(at, kernel.entry(a.get(at), b.get(at), products.from(slice)));
  };
  if (lead > 0) put(leading{}, 0);
  std::ptrdiff_t slice = lead % count;
  for (std::ptrdiff_t j = 0; j < whole; ++j) {
    put(whole_vector{j}, slice);
    slice += width % count;
    if (slice >= count) slice -= count;
  }
  if (whole < vectors) put(any_vector{whole}, slice);
}

}  // namespace detail
}  // namespace HILLOCK_ABI
}  // namespace hillock
