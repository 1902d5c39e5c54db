// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/lanes.hpp>

#include <atomic>
#include <cstddef>
#include <string_view>
#include <utility>

namespace hillock {
inline namespace HILLOCK_ABI {

/// The instruction sets that hillock tells apart.
enum class isa {
  portable,  ///< what the compiler's flags allow: SSE2 in a baseline x86-64 build, NEON on ARM
  avx2,      ///< AVX2 and FMA
  avx512     ///< AVX-512 F, DQ, VL and BW
};

constexpr std::string_view name_of(isa set) {
  return set == isa::avx512 ? "avx512" : set == isa::avx2 ? "avx2" : "portable";
}

namespace detail {

constexpr isa compiled_isa() {
  return HILLOCK_COMPILED_AVX512 ? isa::avx512 : HILLOCK_COMPILED_AVX2 ? isa::avx2 : isa::portable;
}

inline isa widest_isa() {
#if HILLOCK_DISPATCHES
  __builtin_cpu_init();
  const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  const bool avx512 = avx2 && __builtin_cpu_supports("avx512f") &&
                      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
                      __builtin_cpu_supports("avx512bw");
  return avx512 ? isa::avx512 : avx2 ? isa::avx2 : compiled_isa();
#else
  return compiled_isa();
#endif
}

inline constexpr int undecided = -1;
/// Decided by whoever comes first; threads that race for it store the same value.
inline std::atomic<int> decided_isa{undecided};

EIGEN_DONT_INLINE inline isa decide_isa() {
  const isa set = widest_isa();
  decided_isa.store(static_cast<int>(set), std::memory_order_relaxed);
  return set;
}

}  // namespace detail

/// The instruction set that whole assignments run on here: the widest that this processor has, if
/// it is chosen at run time, else that of the compiler's flags.
HILLOCK_INLINE isa instruction_set() {
#if HILLOCK_DISPATCHES
  const int set = detail::decided_isa.load(std::memory_order_relaxed);
  return set == detail::undecided ? detail::decide_isa() : static_cast<isa>(set);
#else
  return detail::compiled_isa();
#endif
}

namespace testing {

/// Makes code of this translation unit's flags run on the given instruction set, as a lesser
/// processor would. Returns false, and changes nothing, where that set cannot run here.
inline bool force(isa set) {
  if (set < detail::compiled_isa() || set > detail::widest_isa()) return false;
  detail::decided_isa.store(static_cast<int>(set), std::memory_order_relaxed);
  return true;
}

}  // namespace testing

namespace detail {

using std::size_t;

/// V::width numbers that lie one after the other.
template <typename V>
HILLOCK_INLINE V load(const void* from) {
  typename V::register_type r;
  std::memcpy(math::raw(r), from, sizeof r);
  math::settle(r);
  return V::from(r);
}

template <typename V>
HILLOCK_INLINE void store(const V& x, void* to) {
  const typename V::register_type r = x.bits();
  std::memcpy(to, math::raw(r), sizeof r);
}

/// Copies count < 2 Most numbers, in halves of halves: memcpy of a length that is known only at run
/// time would be a call.
template <int Most, typename T>
HILLOCK_INLINE void copy_some(const T* from, T* to, int count) {
  if constexpr (Most > 0) {
    if (count & Most) {
      std::memcpy(to, from, Most * sizeof(T));
      from += Most;
      to += Most;
    }
    copy_some<Most / 2>(from, to, count);
  }
}

/// The first count <= V::width of a vector's numbers; in its other lanes, 0.
template <typename V>
HILLOCK_INLINE V load_some(const typename V::scalar* from, int count) {
  using R = typename V::register_type;
  if constexpr (math::moves_some<R>) {
    return V::from(math::register_ops<R>::load_some(from, count));
  } else {
    if (count == V::width) return load<V>(from);
    if constexpr (math::joins_parts<R>)
      return V::from(math::register_ops<R>::load_parts(from, count));
    typename V::scalar all[V::width] = {};
    copy_some<V::width / 2>(from, all, count);
    return load<V>(all);
  }
}

template <typename V>
HILLOCK_INLINE void store_some(const V& x, typename V::scalar* to, int count) {
  using R = typename V::register_type;
  if constexpr (math::moves_some<R>) {
    math::register_ops<R>::store_some(x.bits(), to, count);
  } else {
    if (count == V::width) return store(x, to);
    typename V::scalar all[V::width];
    store(x, all);
    copy_some<V::width / 2, typename V::scalar>(all, to, count);
  }
}

/// The same, for the last count < V::width numbers of an array.
template <typename V>
HILLOCK_INLINE V load_rest(const typename V::scalar* from, int count) {
  using R = typename V::register_type;
  if constexpr (math::moves_some<R>)
    return V::from(math::register_ops<R>::load_rest(from, count));
  else
    return load_some<V>(from, count);
}

template <typename V>
HILLOCK_INLINE void store_rest(const V& x, typename V::scalar* to, int count) {
  using R = typename V::register_type;
  if constexpr (math::moves_some<R>)
    math::register_ops<R>::store_rest(x.bits(), to, count);
  else
    store_some(x, to, count);
}

/// How many elements lie before the first at a multiple of a vector's size.
template <typename V>
HILLOCK_INLINE std::ptrdiff_t before_aligned(const typename V::scalar* p) {
  constexpr std::uintptr_t size = V::width * sizeof(*p);
  return static_cast<std::ptrdiff_t>((0 - reinterpret_cast<std::uintptr_t>(p)) % size / sizeof(*p));
}

#if HILLOCK_HAS_OWN_LOOP

/// Is a kernel's formula shorter for the usual parameters of its activation?
template <typename Kernel, typename = void>
inline constexpr bool has_plain_case = false;
template <typename Kernel>
inline constexpr bool
    has_plain_case<Kernel, std::void_t<decltype(std::declval<const Kernel&>().f.is_plain())>> =
        true;

/// Does a kernel's loop take hardly longer than its loads and stores? That of a cheap one, and of
/// others that say so.
template <typename Kernel, typename = void>
inline constexpr bool is_short = Kernel::is_cheap;
template <typename Kernel>
inline constexpr bool is_short<Kernel, std::enable_if_t<Kernel::is_short>> = true;

/// out[i] = kernel(in[i], ...) for i < n. An output may be one of the inputs.
///
/// Whole vectors, and then the part of one. For a short kernel a long array also begins with a
/// part, which leaves the output aligned: stores that straddle cache lines would halve its speed.
/// For a costly one that gains little, and each place where its code stands takes long to compile.
template <typename Kernel, typename T>
struct sweep {
  using scalar = T;

  template <typename V, typename... In>
  static HILLOCK_INLINE void on(const Kernel* kernel, T* out, std::ptrdiff_t n, const In*... in) {
    const Kernel local = *kernel;  // no store to the output can change it, and the compiler sees so
    if constexpr (has_plain_case<Kernel>)
      if (local.f.is_plain()) return walk<V>(local, out, n, in...);  // with a loop of its own
    walk<V>(local, out, n, in...);
  }

 private:
  template <typename V, typename... In>
  static HILLOCK_INLINE void walk(const Kernel& local, T* out, std::ptrdiff_t n, const In*... in) {
    constexpr std::ptrdiff_t width = V::width;
    std::ptrdiff_t i = 0;
    if constexpr (is_short<Kernel>) {
      if (n >= 16 * width) {
        i = before_aligned<V>(out);
        if (i > 0) part<V>(local, out, i, in...);
      }
      constexpr int together = 4;
      for (; i <= n - together * width; i += together * width)
        vectors<together, V>(local, out + i, (in + i)...);
    }
    for (; i <= n - width; i += width) vectors<1, V>(local, out + i, (in + i)...);
    if (i < n) part<V>(local, out + i, n - i, (in + i)...);
  }

  /// The first Count vectors.
  template <int Count, typename V, typename... In>
  static HILLOCK_INLINE void vectors(const Kernel& kernel, T* out, const In*... in) {
    store(kernel(load<V>(in)...), out);
    if constexpr (Count > 1) vectors<Count - 1, V>(kernel, out + V::width, (in + V::width)...);
  }

  template <typename V, typename... In>
  static HILLOCK_INLINE void part(const Kernel& kernel, T* out, std::ptrdiff_t n, const In*... in) {
    const auto count = static_cast<int>(n);
    store_rest(kernel(load_rest<V>(in, count)...), out, count);
  }
};

/// The registers of one instruction set.
template <typename T, int Bytes, bool Fused>
using own_lanes = math::lanes<math::vector<T, Bytes / static_cast<int>(sizeof(T)), Fused>>;

// One function per instruction set, since a target is an attribute of a function. Task::on<V>(...)
// does the work on lanes V. Its arguments are pointers and sizes, which travel in registers: values
// of a class GCC passes through memory, with moves that wait for the stores before them.

#if HILLOCK_COMPILED_AVX512
inline constexpr int portable_bytes = 64;
#elif HILLOCK_COMPILED_AVX2
inline constexpr int portable_bytes = 32;
#else
inline constexpr int portable_bytes = 16;
#endif

struct portable {
  template <typename Task, typename... Arguments>
  HILLOCK_KERNEL static void run(Arguments... arguments) {
    HILLOCK_KEEP_PRECISE;
    Task::template on<own_lanes<typename Task::scalar, portable_bytes, HILLOCK_COMPILED_FMA>>(
        arguments...);
  }
};

#if HILLOCK_DISPATCHES

struct avx2 {
  template <typename Task, typename... Arguments>
  HILLOCK_KERNEL HILLOCK_TARGET_AVX2 static void run(Arguments... arguments) {
    HILLOCK_KEEP_PRECISE;
    Task::template on<own_lanes<typename Task::scalar, 32, true>>(arguments...);
  }
};

struct avx512 {
  template <typename Task, typename... Arguments>
  HILLOCK_KERNEL HILLOCK_TARGET_AVX512 static void run(Arguments... arguments) {
    HILLOCK_KEEP_PRECISE;
    Task::template on<own_lanes<typename Task::scalar, 64, true>>(arguments...);
  }
};

/// A single Packet, by value, for packets of Eigen and lone scalars in a build whose flags lack
/// fma: the same arithmetic as the loops'.
template <bool Fused>
struct entry;

template <>
struct entry<true> {
  template <typename V, typename Packet, typename Kernel, typename... Packets>
  HILLOCK_KERNEL HILLOCK_TARGET_AVX2 static Packet run(Kernel kernel, Packets... in) {
    HILLOCK_KEEP_PRECISE;
    return math::bit_cast<Packet>(kernel(load<V>(&in)...).bits().v);
  }
};

template <>
struct entry<false> {
  template <typename V, typename Packet, typename Kernel, typename... Packets>
  HILLOCK_KERNEL static Packet run(Kernel kernel, Packets... in) {
    HILLOCK_KEEP_PRECISE;
    return math::bit_cast<Packet>(kernel(load<V>(&in)...).bits().v);
  }
};

/// Do a kernel's bits depend on fma? (Of one that belongs to no activation nothing is known.)
template <typename Kernel, typename = void>
inline constexpr bool uses_fma = true;
template <typename Kernel>
inline constexpr bool uses_fma<
    Kernel, std::enable_if_t<!std::decay_t<decltype(std::declval<const Kernel&>().f)>::uses_fma>> =
    false;

/// kernel(in...) of Eigen packets, or anything of a vector's bytes, in the chosen arithmetic.
template <typename T, typename Kernel, typename Packet, typename... Packets>
HILLOCK_INLINE Packet enter(const Kernel& kernel, const Packet& first, const Packets&... rest) {
  constexpr int bytes = static_cast<int>(sizeof(Packet));
  if (instruction_set() == isa::portable)
    return entry<false>::run<own_lanes<T, bytes, false>, Packet>(kernel, first, rest...);
  return entry<true>::run<own_lanes<T, bytes, true>, Packet>(kernel, first, rest...);
}

#endif

/// Task::on<V>(arguments...) on the chosen instruction set.
template <typename Task, typename... Arguments>
HILLOCK_INLINE void run_on_chosen(Arguments... arguments) {
#if HILLOCK_DISPATCHES
  switch (instruction_set()) {
    case isa::avx512:
      return avx512::run<Task>(arguments...);
    case isa::avx2:
      return avx2::run<Task>(arguments...);
    case isa::portable:
      break;
  }
#endif
  portable::run<Task>(arguments...);
}

/// A task that is a value. It is copied, since no store to an output can change the copy.
template <typename Task>
struct by_value {
  using scalar = typename Task::scalar;
  template <typename V>
  static HILLOCK_INLINE void on(const Task* task) {
    Task(*task).template on<V>();
  }
};

/// task.on<V>() on the chosen instruction set.
template <typename Task>
HILLOCK_INLINE void run(const Task& task) {
  run_on_chosen<by_value<Task>>(&task);
}

#endif  // HILLOCK_HAS_OWN_LOOP

/// kernel(x...) of lone numbers: the bits that the loop gives.
template <typename Kernel, typename T, typename... Ts>
HILLOCK_INLINE T evaluate(const Kernel& kernel, T x, Ts... more) {
#if HILLOCK_ASKS_AT_RUN_TIME
  if constexpr (math::is_native<math::lanes<T>> && uses_fma<Kernel>) {
    using packet = typename math::gnu<T, 16 / sizeof(T)>::type;
    return enter<T>(kernel, x - packet{}, (more - packet{})...)[0];  // x - 0 is x, -0 included
  } else
#endif
    return kernel(math::lanes<T>(x), math::lanes<T>(more)...).bits();
}

}  // namespace detail
}  // namespace HILLOCK_ABI
}  // namespace hillock
