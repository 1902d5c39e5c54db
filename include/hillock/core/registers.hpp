// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/compiler.hpp>

#include <limits>
#include <utility>

#if defined(__clang__)  // which knows this for some processors only, and warns for the others
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wignored-pragmas"
#pragma float_control(precise, on, push)
#endif

namespace hillock {
inline namespace HILLOCK_ABI {
namespace math {

/// The unsigned integer as wide as the floating-point type T.
template <typename T>
struct integer_of;
template <>
struct integer_of<float> {
  using type = std::uint32_t;
};
template <>
struct integer_of<double> {
  using type = std::uint64_t;
};

template <typename To, typename From>
HILLOCK_INLINE To bit_cast(const From& from) {
  static_assert(sizeof(To) == sizeof(From), "hillock: bit_cast between types of unequal size");
  To to;
  std::memcpy(&to, &from, sizeof to);
  return to;
}

/// The bytes of a register.
template <typename R>
HILLOCK_INLINE auto raw(R& r) {
  return &r;
}

/// Keeps GCC from loading a register anew for each use; of Eigen's packets it does not.
template <typename R>
HILLOCK_INLINE void settle(R&) {}

/// What lanes<R> asks of a register R: its scalar, its mask and its integers, and the operations on
/// them, each rounded as IEEE 754 says. Three kinds of register exist: a lone scalar (below),
/// hillock's own vector (below), an Eigen packet (eigen.hpp).
template <typename R, typename = void>
struct register_ops;

/// Can the first lanes of a register be loaded and stored alone, by one instruction?
template <typename R>
inline constexpr bool moves_some = false;
/// If not, can a register be joined of parts? (GCC from 12 on could, too, but has the above.)
template <typename R>
inline constexpr bool joins_parts = false;

/// Does arithmetic take a mask, so that lanes can be left out at no cost?
template <typename R>
inline constexpr bool masks_arithmetic = false;
/// Is there a register_ops<R>::by_class?
template <typename R>
inline constexpr bool tells_classes = HILLOCK_WIDE_ASSEMBLY != 0 && masks_arithmetic<R>;

/// A lone scalar: float, double, long double.
template <typename T>
struct scalar_integers {
  using type = typename integer_of<T>::type;
};
template <>
struct scalar_integers<long double> {
  using type = void;  // no kernel of long double looks at bits
};

template <typename T>
struct register_ops<T, std::enable_if_t<std::is_floating_point_v<T>>> {
  using scalar = T;
  using mask = bool;
  using integers = typename scalar_integers<T>::type;
  static constexpr int width = 1;
  static constexpr bool fused = HILLOCK_COMPILED_FMA || std::is_same_v<T, long double>;

  static HILLOCK_INLINE T broadcast(T c) { return c; }
  static HILLOCK_INLINE T negate(T a) { return -a; }
  static HILLOCK_INLINE T add(T a, T b) { return rounded(a + b); }
  static HILLOCK_INLINE T subtract(T a, T b) { return rounded(a - b); }
  static HILLOCK_INLINE T multiply(T a, T b) { return sealed(a * b); }
  static HILLOCK_INLINE T divide(T a, T b) { return rounded(a / b); }
  static HILLOCK_INLINE T fma(T a, T b, T c) { return rounded(std::fma(a, b, c)); }
  static HILLOCK_INLINE T sqrt(T a) { return rounded(std::sqrt(a)); }

  static HILLOCK_INLINE bool less(T a, T b) { return a < b; }
  static HILLOCK_INLINE bool less_equal(T a, T b) { return a <= b; }
  static HILLOCK_INLINE bool equal(T a, T b) { return a == b; }
  static HILLOCK_INLINE bool both(bool a, bool b) { return a && b; }
  static HILLOCK_INLINE bool either(bool a, bool b) { return a || b; }
  static HILLOCK_INLINE bool no(bool a) { return !a; }
  static HILLOCK_INLINE T select(bool m, T a, T b) { return m ? a : b; }
  static HILLOCK_INLINE T minimum(T a, T b) { return a < b ? a : b; }
  static HILLOCK_INLINE T maximum(T a, T b) { return a > b ? a : b; }

  template <typename I>
  static HILLOCK_INLINE bool integers_less(I a, I b) {
    return static_cast<std::make_signed_t<I>>(a) < static_cast<std::make_signed_t<I>>(b);
  }
  template <typename I = integers>
  static HILLOCK_INLINE I to_integers(T a) {
    return bit_cast<I>(a);
  }
  template <typename I>
  static HILLOCK_INLINE T from_integers(I a) {
    return bit_cast<T>(a);
  }
  template <typename I>
  static HILLOCK_INLINE I broadcast_integer(I c) {
    return c;
  }

 private:
  static HILLOCK_INLINE T sealed(T x) {
    if constexpr (!std::is_same_v<T, long double>) seal(x);
    return x;
  }
  static HILLOCK_INLINE T rounded(T x) { return HILLOCK_EXCESS_DIGITS ? sealed(x) : x; }
};

#if defined(__GNUC__)

/// hillock's own vector: N numbers T in a register of the processor that the enclosing function is
/// compiled for. Fused says whether that processor has fma, for the text alone cannot know.
///
/// The copy constructor is user-provided so that a vector is passed by reference, whatever its
/// width: no calling convention depends on the target then.
template <typename T, int N, bool Fused>
struct vector {
  typename gnu<T, N>::type v;

  vector() = default;
  HILLOCK_INLINE explicit vector(const typename gnu<T, N>::type& from) : v(from) {}
  HILLOCK_INLINE vector(const vector& other) : v(other.v) {}
  HILLOCK_INLINE vector& operator=(const vector& other) {
    v = other.v;
    return *this;
  }

  friend HILLOCK_INLINE vector operator+(const vector& a, const vector& b) {
    return vector(a.v + b.v);
  }
  friend HILLOCK_INLINE vector operator-(const vector& a, const vector& b) {
    return vector(a.v - b.v);
  }
  friend HILLOCK_INLINE vector operator&(const vector& a, const vector& b) {
    return vector(a.v & b.v);
  }
  friend HILLOCK_INLINE vector operator|(const vector& a, const vector& b) {
    return vector(a.v | b.v);
  }
  friend HILLOCK_INLINE vector operator^(const vector& a, const vector& b) {
    return vector(a.v ^ b.v);
  }
  friend HILLOCK_INLINE vector operator<<(const vector& a, int k) { return vector(a.v << k); }
  friend HILLOCK_INLINE vector operator>>(const vector& a, int k) { return vector(a.v >> k); }
};

/// Its bytes.
template <typename T, int N, bool Fused>
HILLOCK_INLINE void* raw(vector<T, N, Fused>& r) {
  return &r.v;
}
template <typename T, int N, bool Fused>
HILLOCK_INLINE const void* raw(const vector<T, N, Fused>& r) {
  return &r.v;
}

template <typename T, int N, bool Fused>
HILLOCK_INLINE void settle(vector<T, N, Fused>& r) {
  seal(r.v);
}

/// Lanes that are all ones or all zeros: what comparing GNU vectors gives.
template <typename T, int N>
struct vector_mask {
  using type =
      decltype(std::declval<typename gnu<T, N>::type>() < std::declval<typename gnu<T, N>::type>());
  type m;

  vector_mask() = default;
  HILLOCK_INLINE explicit vector_mask(const type& from) : m(from) {}
  HILLOCK_INLINE vector_mask(const vector_mask& other) : m(other.m) {}
  HILLOCK_INLINE vector_mask& operator=(const vector_mask& other) {
    m = other.m;
    return *this;
  }
};

template <typename T, int N>
inline constexpr bool masks_arithmetic<vector<T, N, true>> = N * sizeof(T) == 64;

#if HILLOCK_WIDE_ASSEMBLY
template <typename T, int N, bool Fused>
inline constexpr bool moves_some<vector<T, N, Fused>> = N * sizeof(T) >= 32;
#endif

#if defined(__clang__)
template <typename T, int N, bool Fused>
inline constexpr bool joins_parts<vector<T, N, Fused>> = true;
#endif

template <typename T, int N, bool Fused>
struct register_ops<vector<T, N, Fused>> {
  using R = vector<T, N, Fused>;
  using scalar = T;
  using mask = vector_mask<T, N>;
  using integers = vector<typename integer_of<T>::type, N, Fused>;
  static constexpr int width = N;
  static constexpr bool fused = Fused;

  static HILLOCK_INLINE R negate(const R& a) { return R(-a.v); }
  static HILLOCK_INLINE R add(const R& a, const R& b) { return a + b; }
  static HILLOCK_INLINE R subtract(const R& a, const R& b) { return a - b; }
  // No seal: HILLOCK_KERNEL, round every loop over vectors, forbids contraction.
  static HILLOCK_INLINE R multiply(const R& a, const R& b) { return R(a.v * b.v); }
  static HILLOCK_INLINE R divide(const R& a, const R& b) { return R(a.v / b.v); }

  // A loop stays one where the compiler does not optimize, as in some of Clang's levels; but from
  // the difference GCC, where it optimizes, would make a constant anew for each use.
  static HILLOCK_INLINE R broadcast(T c) {
    R r;
#if defined(__clang__) || !defined(__OPTIMIZE__)
    r.v = c - typename gnu<T, N>::type{};
#else
    HILLOCK_LANE_LOOP
    for (int i = 0; i < N; ++i) r.v[i] = c;
#endif
    return r;
  }

  static HILLOCK_INLINE R fma(const R& a, const R& b, const R& c) {
#if defined(__clang__)
#pragma clang fp contract(on)
    return R(a.v * b.v + c.v);
#else
    R r;
    HILLOCK_LANE_LOOP
    for (int i = 0; i < N; ++i) r.v[i] = lone_fma(a.v[i], b.v[i], c.v[i]);
    return r;
#endif
  }

  // Lane by lane, each root would ask whether errno is to be set.
  static HILLOCK_INLINE R sqrt(const R& a) {
    R r;
#if HILLOCK_TAKES_ROOTS_OF_VECTORS
    r.v = __builtin_elementwise_sqrt(a.v);
#elif defined(__x86_64__) && defined(__clang__)
    for (int i = 0; i < N; i += 16 / sizeof(T)) {
      typename gnu<T, 16 / sizeof(T)>::type some;
      std::memcpy(&some, reinterpret_cast<const T*>(&a.v) + i, sizeof some);
      some = roots(some);
      std::memcpy(reinterpret_cast<T*>(&r.v) + i, &some, sizeof some);
    }
#elif defined(__x86_64__)
    if constexpr (Fused && sizeof(T) == sizeof(float))
      __asm__("vsqrtps %1, %0" : "=v"(r.v) : "v"(a.v));
    else if constexpr (Fused)
      __asm__("vsqrtpd %1, %0" : "=v"(r.v) : "v"(a.v));
    else if constexpr (sizeof(T) == sizeof(float))
      __asm__("sqrtps %1, %0" : "=x"(r.v) : "x"(a.v));
    else
      __asm__("sqrtpd %1, %0" : "=x"(r.v) : "x"(a.v));
#elif defined(__aarch64__)
    if constexpr (sizeof(T) == sizeof(float))
      __asm__("fsqrt %0.4s, %1.4s" : "=w"(r.v) : "w"(a.v));
    else
      __asm__("fsqrt %0.2d, %1.2d" : "=w"(r.v) : "w"(a.v));
#else
    HILLOCK_LANE_LOOP
    for (int i = 0; i < N; ++i) r.v[i] = std::sqrt(a.v[i]);
#endif
    return r;
  }

  static HILLOCK_INLINE mask less(const R& a, const R& b) {
    return mask(a.v < b.v);
  }
  static HILLOCK_INLINE mask less_equal(const R& a, const R& b) {
    return mask(a.v <= b.v);
  }
  static HILLOCK_INLINE mask equal(const R& a, const R& b) {
    return mask(a.v == b.v);
  }
  static HILLOCK_INLINE mask both(const mask& a, const mask& b) {
    if constexpr (compares_to_vectors)
      return mask(a.m & b.m);
    else
      return is_set(select(a, truth(b), broadcast(0)));
  }
  static HILLOCK_INLINE mask either(const mask& a, const mask& b) {
    if constexpr (compares_to_vectors)
      return mask(a.m | b.m);
    else
      return is_set(select(a, broadcast(1), truth(b)));
  }
  static HILLOCK_INLINE mask no(const mask& a) {
    if constexpr (compares_to_vectors)
      return mask(~a.m);
    else
      return is_set(select(a, broadcast(0), broadcast(1)));
  }
  static HILLOCK_INLINE R select(const mask& m, const R& a, const R& b) {
    return compares_to_vectors ? choose(m, a, b) : sealed(choose(m, a, b));
  }
  static HILLOCK_INLINE R minimum(const R& a, const R& b) {
    const R first = sealed(a), second = sealed(b);
    return choose(less(first, second), first, second);
  }
  static HILLOCK_INLINE R maximum(const R& a, const R& b) {
    const R first = sealed(a), second = sealed(b);
    return choose(less(second, first), first, second);
  }

#if HILLOCK_WIDE_ASSEMBLY
  /// The first count of N numbers, and 0 in the other lanes, whose memory is not touched.
  static HILLOCK_INLINE R load_some(const T* from, int count) {
    R r;
    if constexpr (is_widest)
      __asm__("vmovups %1, %0%{%2%}%{z%}" : "=v"(r.v) : "m"(at<N>(from)), "Yk"(first_words(count)));
    else
      __asm__("vmaskmovps %1, %2, %0" : "=x"(r.v) : "m"(at<N>(from)), "x"(first_lanes(count).m));
    return r;
  }
  static HILLOCK_INLINE void store_some(const R& a, T* to, int count) {
    if constexpr (is_widest)
      __asm__("vmovups %1, %0%{%2%}" : "+m"(at<N>(to)) : "v"(a.v), "Yk"(first_words(count)));
    else
      __asm__("vmaskmovps %1, %2, %0" : "+m"(at<N>(to)) : "x"(a.v), "x"(first_lanes(count).m));
  }

  // The same for the end of an array, count < N. A processor makes a load under a mask wait for
  // stores beside what it reads, and a load wait for a store under a mask until that has reached
  // memory. So the load is no wider than it must be; the store is one of halves, and of halves of
  // halves.
  static HILLOCK_INLINE R load_rest(const T* from, int count) {
    R r;
    if (count > N / 2) return load_some(from, count);
    if constexpr (!is_widest)
      __asm__("vmaskmovps %1, %x2, %x0"
              : "=x"(r.v)
              : "m"(at<N / 2>(from)), "x"(first_lanes(count).m));
    else if (count > N / 4)
      __asm__("vmovups %1, %t0%{%2%}%{z%}"
              : "=v"(r.v)
              : "m"(at<N / 2>(from)), "Yk"(first_words(count)));
    else
      __asm__("vmovups %1, %x0%{%2%}%{z%}"
              : "=v"(r.v)
              : "m"(at<N / 4>(from)), "Yk"(first_words(count)));
    return r;
  }
  static HILLOCK_INLINE void store_rest(R a, T* first, int count) {
    const auto size = static_cast<unsigned>(count) * sizeof(T);
    auto* to = reinterpret_cast<char*>(first);
    if constexpr (is_widest) {
      if (size & 32) {
        __asm__("vmovups %t1, %0" : "=m"(at<32>(to)) : "v"(a.v));
        __asm__("vextractf64x4 $1, %1, %t0" : "=v"(a.v) : "v"(a.v));
      }
      to += size & 32;
    }
    if (size & 16) {
      __asm__("vmovups %x1, %0" : "=m"(at<16>(to)) : "v"(a.v));
      if constexpr (is_widest)
        __asm__("vextractf32x4 $1, %t1, %x0" : "=v"(a.v) : "v"(a.v));
      else
        __asm__("vextractf128 $1, %1, %x0" : "=x"(a.v) : "x"(a.v));
    }
    to += size & 16;
    if (size & 8) {
      __asm__("vmovlps %x1, %0" : "=m"(at<8>(to)) : "v"(a.v));
      __asm__("vmovhlps %x1, %x1, %x0" : "=v"(a.v) : "v"(a.v));
    }
    to += size & 8;
    if (size & 4) __asm__("vmovss %x1, %0" : "=m"(at<4>(to)) : "v"(a.v));
  }
#endif

#if defined(__clang__)
  /// The first count < N numbers, and 0 in the other lanes. Parts of 1, 2, 4 ... numbers, from the
  /// end on, push up what is there; through memory, a load would wait for the stores of the parts.
  static HILLOCK_INLINE R load_parts(const T* from, int count) {
    R r = broadcast(0);
    push_parts<1>(r, from, count);
    return r;
  }
#endif

  /// The blocks of 16 bytes at block_at(0), block_at(1) ...
  template <typename BlockAt>
  static HILLOCK_INLINE R load_blocks(const BlockAt& block_at) {
    return load_blocks(block_at, std::make_integer_sequence<int, N / block>{});
  }
  template <int K>
  static HILLOCK_INLINE void store_block(const R& a, T* to) {
    block_type part;
    std::memcpy(&part, reinterpret_cast<const char*>(&a.v) + K * sizeof part, sizeof part);
    std::memcpy(to, &part, sizeof part);
  }

  /// The lanes in the order i ^ Distance.
  template <int Distance>
  static HILLOCK_INLINE R swapped(const R& a) {
    return swapped<Distance>(a, std::make_integer_sequence<int, N>{});
  }
  /// In each block of 16 bytes, the numbers of a and b in turns: of their lower halves into a, of
  /// their upper ones into b.
  static HILLOCK_INLINE void interleave_blocks(R& a, R& b) {
    interleave_blocks(a, b, std::make_integer_sequence<int, N>{});
  }

  /// What Answers says of the class of x. One instruction of AVX-512, which tells them apart (NaN,
  /// NaN, 0, 1, -infinity, infinity, negative, positive: a digit for each, from the last one on);
  /// of its answers, 0 is c, 1 is x, 8 is 0, A is 1.
  template <std::uint32_t Answers>
  static HILLOCK_INLINE R by_class([[maybe_unused]] const R& x, R c) {
#if HILLOCK_WIDE_ASSEMBLY
    const integers answers = broadcast_integer(Answers);
    if constexpr (sizeof(T) == sizeof(float))
      __asm__("vfixupimmps {$0, %2, %1, %0|%0, %1, %2, 0}" : "+v"(c.v) : "v"(x.v), "v"(answers.v));
    else
      __asm__("vfixupimmpd {$0, %2, %1, %0|%0, %1, %2, 0}" : "+v"(c.v) : "v"(x.v), "v"(answers.v));
#endif
    return c;
  }

  /// Which of N neighbours are true.
  static HILLOCK_INLINE mask flags(const bool* p) {
    typename gnu<typename integer_of<T>::type, N>::type wide;
#if defined(__clang__)
    using bytes_type = unsigned char __attribute__((vector_size(N)));
    bytes_type bytes;
    std::memcpy(&bytes, p, N);
    wide = __builtin_convertvector(bytes, decltype(wide));
#else
#if defined(__x86_64__)  // GCC converts one by one
    if constexpr (Fused) {
      const auto& bytes = *reinterpret_cast<const char(*)[N]>(p);
      if constexpr (sizeof(T) == sizeof(float))
        __asm__("vpmovzxbd {%1, %0|%0, %1}" : "=v"(wide) : "m"(bytes));
      else
        __asm__("vpmovzxbq {%1, %0|%0, %1}" : "=v"(wide) : "m"(bytes));
    } else
#endif
      for (int i = 0; i < N; ++i) wide[i] = p[i];
#endif
    return mask(wide != 0);
  }

  static HILLOCK_INLINE mask integers_less(const integers& a, const integers& b) {
    using signed_type = typename mask::type;
    return mask(reinterpret_cast<signed_type>(a.v) < reinterpret_cast<signed_type>(b.v));
  }
  static HILLOCK_INLINE integers to_integers(const R& a) {
    return integers(reinterpret_cast<typename gnu<typename integer_of<T>::type, N>::type>(a.v));
  }
  static HILLOCK_INLINE R from_integers(const integers& a) {
    return R(reinterpret_cast<typename gnu<T, N>::type>(a.v));
  }
  static HILLOCK_INLINE integers broadcast_integer(typename integer_of<T>::type c) {
    return integers(typename gnu<typename integer_of<T>::type, N>::type{} + c);
  }

 private:
  static constexpr int block = 16 / sizeof(T);
  using block_type = typename gnu<T, block>::type;

  template <typename BlockAt, int... K>
  static HILLOCK_INLINE R load_blocks(const BlockAt& block_at, std::integer_sequence<int, K...>) {
    R r;
#if defined(__x86_64__) && !defined(__clang__)  // GCC would join them in memory
    if constexpr (Fused) {
      __asm__("vmovups {%1, %x0|%x0, %1}" : "=v"(r.v) : "m"(in_block(block_at(0))));
      (insert<K>(r, block_at(K)), ...);
      return r;
    }
#endif
    (std::memcpy(reinterpret_cast<char*>(&r.v) + K * 16, block_at(K), 16), ...);
    return r;
  }
#if defined(__x86_64__) && !defined(__clang__)
  static HILLOCK_INLINE const auto& in_block(const T* from) {
    return *reinterpret_cast<const char(*)[16]>(from);
  }
  template <int K>
  static HILLOCK_INLINE void insert(R& r, const T* from) {
    if constexpr (K > 0 && sizeof r == 64)
      __asm__("vinsertf32x4 {%2, %1, %0, %0|%0, %0, %1, %2}"
              : "+v"(r.v)
              : "m"(in_block(from)), "n"(K));
    else if constexpr (K > 0)
      __asm__("vinsertf128 {%2, %1, %0, %0|%0, %0, %1, %2}"
              : "+x"(r.v)
              : "m"(in_block(from)), "n"(K));
  }
#endif

  static HILLOCK_INLINE float lone_fma(float a, float b, float c) {
    return __builtin_fmaf(a, b, c);
  }
  static HILLOCK_INLINE double lone_fma(double a, double b, double c) {
    return __builtin_fma(a, b, c);
  }
  static HILLOCK_INLINE R choose(const mask& m, const R& a, const R& b) {
    return R(m.m ? a.v : b.v);
  }
  // AVX-512 compares to no vector; where the truth is more than the condition of one select, GCC
  // falls back to comparing lane by lane. There truths are combined as numbers, and each selection
  // is sealed, since GCC would make one of two with a joint condition.
#if defined(__clang__)
  static constexpr bool compares_to_vectors = true;
#else
  static constexpr bool compares_to_vectors = N * sizeof(T) < 64;
#endif
  static HILLOCK_INLINE R truth(const mask& m) {
    return select(m, broadcast(1), broadcast(0));
  }
  static HILLOCK_INLINE mask is_set(const R& number) {
    return mask(number.v != typename gnu<T, N>::type{});
  }
  // Also, GCC sees that a selection is one instruction, minps, where it sees nothing else.
  static HILLOCK_INLINE R sealed(R a) {
    seal(a.v);
    return a;
  }
#if HILLOCK_WIDE_ASSEMBLY
  static constexpr bool is_widest = N * sizeof(T) == 64;
  template <int Count, typename E>
  static HILLOCK_INLINE auto& at(E* first) {
    return reinterpret_cast<E(&)[Count]>(*first);
  }
  /// The mask of the first count numbers, in words of four bytes.
  static HILLOCK_INLINE std::uint16_t first_words(int count) {
    return static_cast<std::uint16_t>((1u << (static_cast<unsigned>(count) * sizeof(T) / 4)) - 1);
  }
  static HILLOCK_INLINE mask first_lanes(int count) {
    return first_lanes(count, std::make_integer_sequence<int, N>{});
  }
  template <int... I>
  static HILLOCK_INLINE mask first_lanes(int count, std::integer_sequence<int, I...>) {
    return mask(typename mask::type{I...} < count);
  }
#endif
#if defined(__clang__)
  template <int Size>
  static HILLOCK_INLINE void push_parts(R& r, const T* from, int count) {
    if constexpr (Size < N) {
      if (count & Size)
        push_part<Size>(r, from + (count & -2 * Size), std::make_integer_sequence<int, N>{});
      push_parts<2 * Size>(r, from, count);
    }
  }
  template <int Size, int... I>
  static HILLOCK_INLINE void push_part(R& r, const T* from, std::integer_sequence<int, I...>) {
    typedef T type __attribute__((vector_size(Size * sizeof(T))));
    type part;
    std::memcpy(&part, from, sizeof part);
    const typename gnu<T, N>::type wide =
        __builtin_shufflevector(part, part, (I < Size ? I : -1)...);
    r.v = __builtin_shufflevector(wide, r.v, (I < Size ? I : N + I - Size)...);
  }
#endif
  template <int Distance, int... I>
  static HILLOCK_INLINE R swapped(const R& a, std::integer_sequence<int, I...>) {
#if defined(__clang__)
    return R(__builtin_shufflevector(a.v, a.v, (I ^ Distance)...));
#else
    using index = typename mask::type;
    return R(__builtin_shuffle(a.v, index{(I ^ Distance)...}));
#endif
  }
  template <int... I>
  static HILLOCK_INLINE void interleave_blocks(R& a, R& b, std::integer_sequence<int, I...>) {
    const typename gnu<T, N>::type first = a.v, second = b.v;
#if defined(__clang__)
    a.v = __builtin_shufflevector(first, second, in_turns(I)...);
    b.v = __builtin_shufflevector(first, second, (in_turns(I) + block / 2)...);
#else
    using index = typename mask::type;
    a.v = __builtin_shuffle(first, second, index{in_turns(I)...});
    b.v = __builtin_shuffle(first, second, index{(in_turns(I) + block / 2)...});
#endif
  }
  static constexpr int in_turns(int i) {
    return i / block * block + i % block / 2 + i % 2 * N;
  }
#if defined(__x86_64__) && defined(__clang__) && !HILLOCK_TAKES_ROOTS_OF_VECTORS
  static HILLOCK_INLINE gnu<float, 4>::type roots(const gnu<float, 4>::type& a) {
    return __builtin_ia32_sqrtps(a);
  }
  static HILLOCK_INLINE gnu<double, 2>::type roots(const gnu<double, 2>::type& a) {
    return __builtin_ia32_sqrtpd(a);
  }
#endif
};

#endif

}  // namespace math
}  // namespace HILLOCK_ABI
}  // namespace hillock

#if defined(__clang__)
#pragma float_control(pop)
#pragma clang diagnostic pop
#endif
