// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>

static_assert(EIGEN_VERSION_AT_LEAST(3, 4, 0), "hillock: needs Eigen 3.4 or newer");

// CUDA's compiler loses the attributes of lambdas, which dispatch needs. And GCC for Windows,
// unless it is patched (its bug 54412), takes a stack that is aligned to 16 bytes for one that is
// aligned to 32, so programs with wider vectors crash, or not, by chance: there HILLOCK_DISPATCH
// asks for them.
#if defined(__NVCC__) || \
    (defined(_WIN32) && defined(__GNUC__) && !defined(__clang__) && !defined(HILLOCK_DISPATCH))
#undef HILLOCK_NO_DISPATCH
#define HILLOCK_NO_DISPATCH
#endif

// The name of the inline namespace that holds all of hillock. It spells the flags that change the
// code or the layout of a translation unit, so that objects compiled with different flags link, and
// each keeps its own code: without it the linker would pick one copy of every inline function, and
// a baseline object might execute AVX-512, or a precise one what -ffast-math made. Where nothing is
// said it is the default: hillock::avx512_64 is code of AVX-512 with Eigen's 64-byte alignment.

#if defined(__AVX512F__) && defined(__AVX512DQ__) && defined(__AVX512VL__) && defined(__AVX512BW__)
#define HILLOCK_ABI_ISA avx512
#elif defined(__AVX512F__)
#define HILLOCK_ABI_ISA avx512f
#elif defined(__AVX2__) && defined(__FMA__)
#define HILLOCK_ABI_ISA avx2fma
#elif defined(__AVX2__)
#define HILLOCK_ABI_ISA avx2
#elif defined(__AVX__) && defined(__FMA__)
#define HILLOCK_ABI_ISA avxfma
#elif defined(__AVX__)
#define HILLOCK_ABI_ISA avx
#elif defined(__SSE4_1__)
#define HILLOCK_ABI_ISA sse4
#elif defined(__SSSE3__)
#define HILLOCK_ABI_ISA ssse3
#elif defined(__SSE3__)
#define HILLOCK_ABI_ISA sse3
#elif defined(__i386__) && !defined(__SSE2__)
#define HILLOCK_ABI_ISA i386
#elif defined(__arm__) && defined(__ARM_FEATURE_FMA)
#define HILLOCK_ABI_ISA armfma
#else
#define HILLOCK_ABI_ISA base
#endif

// -ffast-math or, of what it allows, so much. (GCC says so from version 12 on, before only all.)
#if defined(__FINITE_MATH_ONLY__) && __FINITE_MATH_ONLY__
#define HILLOCK_FINITE_MATH 1
#else
#define HILLOCK_FINITE_MATH 0
#endif
#if defined(__FAST_MATH__) || defined(_M_FP_FAST)
#define HILLOCK_ABI_MATH _fast
#elif defined(__ASSOCIATIVE_MATH__) || defined(__RECIPROCAL_MATH__) || defined(__NO_SIGNED_ZEROS__)
#if HILLOCK_FINITE_MATH
#define HILLOCK_ABI_MATH _unsafe_finite
#else
#define HILLOCK_ABI_MATH _unsafe
#endif
#elif HILLOCK_FINITE_MATH
#define HILLOCK_ABI_MATH _finite
#else
#define HILLOCK_ABI_MATH
#define HILLOCK_PRECISE_MATH 1
#endif

#if defined(__FLT_EVAL_METHOD__) && __FLT_EVAL_METHOD__ == 2
#define HILLOCK_ABI_EXCESS _x87
#else
#define HILLOCK_ABI_EXCESS
#endif

// Fixed-size Eigen types have the same name but another alignment under these.
#if EIGEN_MAX_STATIC_ALIGN_BYTES == 0
#define HILLOCK_ABI_ALIGN _0
#elif EIGEN_MAX_STATIC_ALIGN_BYTES == 16
#define HILLOCK_ABI_ALIGN _16
#elif EIGEN_MAX_STATIC_ALIGN_BYTES == 32
#define HILLOCK_ABI_ALIGN _32
#else
#define HILLOCK_ABI_ALIGN _64
#endif

#if defined(EIGEN_DONT_VECTORIZE)
#define HILLOCK_ABI_PACKETS _scalar
#else
#define HILLOCK_ABI_PACKETS
#endif

#if defined(EIGEN_DEFAULT_TO_ROW_MAJOR)
#define HILLOCK_ABI_ORDER _rows
#else
#define HILLOCK_ABI_ORDER
#endif

#if defined(HILLOCK_NO_DISPATCH)
#define HILLOCK_ABI_DISPATCH _static
#else
#define HILLOCK_ABI_DISPATCH
#endif

#if defined(__cpp_exceptions) || defined(_CPPUNWIND)
#define HILLOCK_ABI_ERRORS
#else
#define HILLOCK_ABI_ERRORS _aborts
#endif

#define HILLOCK_ABI_PASTE(a, b, c, d, e, f, g, h) a##b##c##d##e##f##g##h
#define HILLOCK_ABI_EXPAND(a, b, c, d, e, f, g, h) HILLOCK_ABI_PASTE(a, b, c, d, e, f, g, h)
#define HILLOCK_ABI                                                                            \
  HILLOCK_ABI_EXPAND(HILLOCK_ABI_ISA, HILLOCK_ABI_MATH, HILLOCK_ABI_EXCESS, HILLOCK_ABI_ALIGN, \
                     HILLOCK_ABI_PACKETS, HILLOCK_ABI_ORDER, HILLOCK_ABI_DISPATCH,             \
                     HILLOCK_ABI_ERRORS)
