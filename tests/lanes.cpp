// SPDX-License-Identifier: MIT
// One text, every register: the sigmoid through a lone number, Eigen's packets and hillock's own
// vectors of 16, 32 and 64 bytes, on every instruction set that has them, gives the same bytes.
// Only fma or its lack may make a difference.
#include "support.hpp"

#include <hillock/sigmoid.hpp>

#include <functional>

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wignored-attributes"  // Eigen's packets have some
#endif

namespace {

using Eigen::Index;
using support::array;

template <typename T>
struct kernels {
  hillock::sigmoid<T> f;
  int order;
  template <typename V>
  HILLOCK_INLINE V operator()(const V& x) const {
    return order == 0 ? f.value(x) : order == 1 ? f.prime(x) : f.double_prime(x);
  }
};

/// y = kernel(x) by registers of V. The count is a multiple of V's width.
template <typename V, typename T>
HILLOCK_INLINE void each(const kernels<T>& kernel, const array<T>& x, array<T>& y) {
  for (Index i = 0; i < x.size(); i += V::width)
    hillock::detail::store(kernel(hillock::detail::load<V>(x.data() + i)), y.data() + i);
}

template <typename T>
struct way {
  std::string name;
  std::function<void(const kernels<T>&, const array<T>&, array<T>&)> run;
};

/// Unfused and fused ways, by index.
template <typename T>
using all_ways = std::array<std::vector<way<T>>, 2>;

#if HILLOCK_HAS_OWN_LOOP

template <typename T, int Bytes, bool Fused>
using own =
    hillock::math::lanes<hillock::math::vector<T, Bytes / static_cast<int>(sizeof(T)), Fused>>;

template <typename T, int Bytes>
HILLOCK_KERNEL void by_own_vectors(const kernels<T>& kernel, const array<T>& x, array<T>& y) {
  each<own<T, Bytes, HILLOCK_COMPILED_FMA>>(kernel, x, y);
}

#endif
#if HILLOCK_DISPATCHES

template <typename T, int Bytes>
HILLOCK_KERNEL HILLOCK_TARGET_AVX2 void by_avx2(const kernels<T>& kernel, const array<T>& x,
                                                array<T>& y) {
  each<own<T, Bytes, true>>(kernel, x, y);
}

template <typename T, int Bytes>
HILLOCK_KERNEL HILLOCK_TARGET_AVX512 void by_avx512(const kernels<T>& kernel, const array<T>& x,
                                                    array<T>& y) {
  each<own<T, Bytes, true>>(kernel, x, y);
}

#endif

template <typename T>
all_ways<T> ways() {
  all_ways<T> all;
  std::vector<way<T>>& by_flags = all[HILLOCK_COMPILED_FMA];
  by_flags.push_back({"lone numbers", [](const auto& k, const auto& x, auto& y) {
                        for (Index i = 0; i < x.size(); ++i)
                          y[i] = k(hillock::math::lanes<T>(x[i])).bits();
                      }});
  using packet = typename Eigen::internal::packet_traits<T>::type;
  if constexpr (HILLOCK_VECTORS_ARE_EXACT && Eigen::internal::unpacket_traits<packet>::size > 1)
    by_flags.push_back({"Eigen's packets", each<hillock::math::lanes<packet>, T>});
#if HILLOCK_HAS_OWN_LOOP
  by_flags.push_back({"own vectors of 16 bytes", by_own_vectors<T, 16>});
  if constexpr (hillock::detail::portable_bytes >= 32)
    by_flags.push_back({"own vectors of 32 bytes", by_own_vectors<T, 32>});
  if constexpr (hillock::detail::portable_bytes >= 64)
    by_flags.push_back({"own vectors of 64 bytes", by_own_vectors<T, 64>});
#endif
#if HILLOCK_DISPATCHES
  if (hillock::detail::widest_isa() >= hillock::isa::avx2) {
    all[1].push_back({"16 bytes on AVX2", by_avx2<T, 16>});
    all[1].push_back({"32 bytes on AVX2", by_avx2<T, 32>});
  }
  if (hillock::detail::widest_isa() >= hillock::isa::avx512) {
    all[1].push_back({"16 bytes on AVX-512", by_avx512<T, 16>});
    all[1].push_back({"32 bytes on AVX-512", by_avx512<T, 32>});
    all[1].push_back({"64 bytes on AVX-512", by_avx512<T, 64>});
  }
#endif
  return all;
}

template <typename T>
void check_registers() {
  std::vector<T> numbers = support::spread<T>(50000, {0, 17.3, -87.3, 88.7, -708.4}, 100);
  for (const T odd : {support::nan<T>, support::infinity<T>, -support::infinity<T>})
    numbers.insert(numbers.begin() + 11, odd);
  while (numbers.size() % 16 != 0) numbers.push_back(T(0.5));
  const array<T> x = support::to_array(numbers);
  for (const std::vector<way<T>>& alike : ways<T>())
    for (int order = 0; order < 3; ++order)
      for (const way<T>& one : alike) {
        INFO(one.name << " against " << alike.front().name << ", derivative " << order);
        array<T> want(x.size()), got = x;
        alike.front().run({{}, order}, x, want);
        one.run({{}, order}, x, got);
        CHECK(support::difference(got, want) == "");
      }
}

/// What users call takes one of these ways, in every form.
template <typename T>
void check_calls() {
  const array<T> x = support::to_array(support::spread<T>(30000, {0, 17.3, -87.3, 88.7}, 100));
  const hillock::sigmoid<T> f;
  support::for_each_instruction_set([&] {
    INFO(support::describe(f));
    const array<T> loop = f.forward(x), packets = x.unaryExpr(f.functor()),
                   sum = T(0) + f.forward(x);
    array<T> lone(x.size());
    for (Index i = 0; i < x.size(); ++i) lone[i] = f(x[i]);
    CHECK(support::difference(loop, lone) == "");
    CHECK(support::difference(packets, lone) == "");
    CHECK(support::difference(sum, lone) == "");
    const array<T> rest = f.forward(x) - loop;
    CHECK((rest == 0).all());
  });
}

}  // namespace

TEST_CASE("the sigmoid gives the same bytes through every register") {
  check_registers<float>();
  check_registers<double>();
}

TEST_CASE("the sigmoid gives the same bytes through every call") {
  check_calls<float>();
  check_calls<double>();
}
