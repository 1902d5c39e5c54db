// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/abi.hpp>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <type_traits>

// What ISO C++ lacks, and nothing else in hillock holds: forced inlining, vector types, target
// attributes, a stop for the compiler's rearranging. Elsewhere hillock is ISO C++17.

#if defined(__GNUC__)
#define HILLOCK_INLINE inline __attribute__((always_inline))
#elif defined(_MSC_VER)
#define HILLOCK_INLINE __forceinline
#else
#define HILLOCK_INLINE inline
#endif

// The same after the parameters of a lambda.
#if defined(__GNUC__)
#define HILLOCK_INLINE_LAMBDA __attribute__((always_inline))
#else
#define HILLOCK_INLINE_LAMBDA
#endif

// Before an EIGEN_DEVICE_FUNC, which Eigen calls from its own: hillock is for processors alone, and
// CUDA's compiler would warn at every use.
#if defined(__NVCC__)
#define HILLOCK_CALLED_BY_EIGEN _Pragma("nv_exec_check_disable")
#else
#define HILLOCK_CALLED_BY_EIGEN
#endif

// Are lone numbers computed by x87, to more digits than they have?
#if defined(__i386__) && !defined(__SSE2_MATH__)
#define HILLOCK_EXCESS_DIGITS 1
#else
#define HILLOCK_EXCESS_DIGITS 0
#endif

// Are vectors, the compiler's and Eigen's, rounded as IEEE 754 says? Those of 32-bit ARM and of
// AltiVec without VSX take denormal numbers for zero, and Eigen estimates quotients there. Without
// any, x87 would compute their lanes.
#if defined(__arm__) || defined(_M_ARM) || (defined(__ALTIVEC__) && !defined(__VSX__)) || \
    (HILLOCK_EXCESS_DIGITS && !defined(__SSE2__))
#define HILLOCK_VECTORS_ARE_EXACT 0
#else
#define HILLOCK_VECTORS_ARE_EXACT 1
#endif

// GNU vector types: hillock's own loop, at whatever width the processor has.
#if defined(__GNUC__) && HILLOCK_VECTORS_ARE_EXACT && !defined(HILLOCK_NO_DISPATCH)
#define HILLOCK_HAS_OWN_LOOP 1
#else
#define HILLOCK_HAS_OWN_LOOP 0
#endif

// Before a loop over lanes: GCC at -O3 would unroll it before it can become one instruction.
#if defined(__GNUC__) && !defined(__clang__) && !defined(__NVCC__)
#define HILLOCK_LANE_LOOP _Pragma("GCC unroll 1")
#else
#define HILLOCK_LANE_LOOP
#endif

// Is fma one instruction by the compiler's own flags? (GCC says so, where it is, for any
// processor.)
#if defined(__FMA__) || defined(__ARM_FEATURE_FMA) || defined(EIGEN_VECTORIZE_FMA) || \
    defined(__AVX512F__) || (defined(__FP_FAST_FMAF) && defined(__FP_FAST_FMA)) ||    \
    defined(__s390x__) || defined(__powerpc64__) || (defined(__riscv_flen) && __riscv_flen >= 64)
#define HILLOCK_COMPILED_FMA 1
#else
#define HILLOCK_COMPILED_FMA 0
#endif

#if defined(__AVX512F__) && defined(__AVX512DQ__) && defined(__AVX512VL__) && defined(__AVX512BW__)
#define HILLOCK_COMPILED_AVX512 1
#else
#define HILLOCK_COMPILED_AVX512 0
#endif

#if defined(__AVX2__) && defined(__FMA__)
#define HILLOCK_COMPILED_AVX2 1
#else
#define HILLOCK_COMPILED_AVX2 0
#endif

// May a function write instructions of its own target, for what compilers have no vector operation
// of? (Clang takes them only where the flags of the whole file allow them.)
#if defined(__x86_64__) && (!defined(__clang__) || HILLOCK_COMPILED_AVX512)
#define HILLOCK_WIDE_ASSEMBLY 1
#else
#define HILLOCK_WIDE_ASSEMBLY 0
#endif

// Does the compiler (Clang 17 and later) know the square root of a vector?
#if defined(__has_builtin)
#define HILLOCK_TAKES_ROOTS_OF_VECTORS __has_builtin(__builtin_elementwise_sqrt)
#else
#define HILLOCK_TAKES_ROOTS_OF_VECTORS 0
#endif

// Is the instruction set chosen at run time? Not where the flags already allow the widest.
#if HILLOCK_HAS_OWN_LOOP && defined(__x86_64__) && !HILLOCK_COMPILED_AVX512 && !defined(_MSC_VER)
#define HILLOCK_DISPATCHES 1
#else
#define HILLOCK_DISPATCHES 0
#endif

// Is even the arithmetic chosen at run time, since the flags allow no fma? Then scalars and packets
// must ask, too, to give the bits of the loop.
#if HILLOCK_DISPATCHES && !HILLOCK_COMPILED_FMA
#define HILLOCK_ASKS_AT_RUN_TIME 1
#else
#define HILLOCK_ASKS_AT_RUN_TIME 0
#endif

// The outermost function of a loop alone carries the target; all under it is inlined into it
// (flatten) and compiled for it. GCC there also forgoes contraction, and what -ffast-math allows,
// which would turn divisions into estimates; for Clang a pragma in registers.hpp does so. GCC
// inlines only what has the same such flags or must be inlined: hence HILLOCK_INLINE on kernels.
// And GCC optimizes, whatever the user's flags: a loop over lanes that does not become one
// instruction takes 40 times as long, as with -O1 and -Os, before GCC 12 with -O2, too.
#if defined(__clang__)
#define HILLOCK_KERNEL __attribute__((noinline, flatten, min_vector_width(512)))
#elif defined(__GNUC__) && !defined(HILLOCK_PRECISE_MATH)
#define HILLOCK_KERNEL              \
  __attribute__((noinline, flatten, \
                 optimize("O2", "tree-loop-vectorize", "no-fast-math", "fp-contract=off")))
#elif defined(__GNUC__)
#define HILLOCK_KERNEL \
  __attribute__((noinline, flatten, optimize("O2", "tree-loop-vectorize", "fp-contract=off")))
#endif

// What GCC's assembler statements call a register of numbers, if it has one.
#if defined(__AVX512F__)
#define HILLOCK_REGISTER "v"
#elif defined(__SSE2__)
#define HILLOCK_REGISTER "x"
#elif defined(__aarch64__) || defined(__ARM_FP)
#define HILLOCK_REGISTER "w"
#elif defined(__VSX__)
#define HILLOCK_REGISTER "wa"
#elif defined(__riscv_flen) || defined(__s390x__)
#define HILLOCK_REGISTER "f"
#else
#define HILLOCK_REGISTER "m"
#endif

// GCC gives a function that computes nothing itself the floating-point flags of what is inlined
// into it. So under -ffast-math a HILLOCK_KERNEL begins with a computation, of nothing.
#if defined(__GNUC__) && !defined(__clang__) && !defined(HILLOCK_PRECISE_MATH)
#define HILLOCK_KEEP_PRECISE \
  float nothing = 0;         \
  __asm__ volatile("" : "+" HILLOCK_REGISTER(nothing))
#else
#define HILLOCK_KEEP_PRECISE static_cast<void>(0)
#endif

#if defined(__x86_64__)
#define HILLOCK_TARGET_AVX2 __attribute__((target("avx2,fma")))
#define HILLOCK_TARGET_AVX512 __attribute__((target("avx512f,avx512dq,avx512vl,avx512bw,avx2,fma")))
#endif

namespace hillock {
inline namespace HILLOCK_ABI {
namespace math {

/// Keeps GCC from joining a product with an addition that follows it, here or in the user's
/// expression, into one instruction of another rounding. Costs nothing where x is in a register.
/// On processors not named GCC joins no vectors, whose products are not its own operator *.
template <typename X>
HILLOCK_INLINE void seal(X& x) {
#if !defined(__GNUC__) || defined(__clang__)
  static_cast<void>(x);
#elif defined(__SSE2__) || defined(__aarch64__) || defined(__VSX__)
  __asm__("" : "+" HILLOCK_REGISTER(x));
#else
  if constexpr (std::is_floating_point_v<X>) __asm__("" : "+" HILLOCK_REGISTER(x));
#endif
}

/// Lets the compiler take x for set, where what is not is read but never used.
template <typename X>
HILLOCK_INLINE void take_for_set(X& x) {
#if defined(__GNUC__)
  __asm__("" : "=m"(x));
#else
  static_cast<void>(x);
#endif
}

/// Asks for memory that many bytes behind p before it is needed. It need not be there.
HILLOCK_INLINE void prefetch(const void* p, std::uintptr_t bytes) {
#if defined(__GNUC__)
  __builtin_prefetch(reinterpret_cast<const void*>(reinterpret_cast<std::uintptr_t>(p) + bytes));
#else
  static_cast<void>(p);
  static_cast<void>(bytes);
#endif
}

#if defined(__GNUC__)

// GCC drops the attribute where the type depends on a template parameter: hence one by one.
template <typename T, int N>
struct gnu;
template <>
struct gnu<float, 4> {
  typedef float type __attribute__((vector_size(16)));
};
template <>
struct gnu<float, 8> {
  typedef float type __attribute__((vector_size(32)));
};
template <>
struct gnu<float, 16> {
  typedef float type __attribute__((vector_size(64)));
};
template <>
struct gnu<double, 2> {
  typedef double type __attribute__((vector_size(16)));
};
template <>
struct gnu<double, 4> {
  typedef double type __attribute__((vector_size(32)));
};
template <>
struct gnu<double, 8> {
  typedef double type __attribute__((vector_size(64)));
};
template <>
struct gnu<std::uint32_t, 4> {
  typedef std::uint32_t type __attribute__((vector_size(16)));
};
template <>
struct gnu<std::uint32_t, 8> {
  typedef std::uint32_t type __attribute__((vector_size(32)));
};
template <>
struct gnu<std::uint32_t, 16> {
  typedef std::uint32_t type __attribute__((vector_size(64)));
};
template <>
struct gnu<std::uint64_t, 2> {
  typedef std::uint64_t type __attribute__((vector_size(16)));
};
template <>
struct gnu<std::uint64_t, 4> {
  typedef std::uint64_t type __attribute__((vector_size(32)));
};
template <>
struct gnu<std::uint64_t, 8> {
  typedef std::uint64_t type __attribute__((vector_size(64)));
};

#endif

}  // namespace math
}  // namespace HILLOCK_ABI
}  // namespace hillock
