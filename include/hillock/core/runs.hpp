// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/eigen.hpp>
#include <hillock/core/sums.hpp>

#include <algorithm>

// Arrays in memory as runs, numbers that lie one after the other, which is what loops take.

namespace hillock {
inline namespace HILLOCK_ABI {
namespace detail {

/// Do loops serve a scalar: as it is, or as float?
template <typename T>
inline constexpr bool is_looped = has_packets<T> || is_small_float<T>;

/// Does an array lie in runs of what loops compute in?
template <typename X>
inline constexpr bool lies_in_runs = is_contiguous<X>&& has_packets<typename X::Scalar>;

/// Is all of X one run, as its type tells?
template <typename X>
inline constexpr bool is_one_run = lies_in_runs<X> &&
                                   (X::IsVectorAtCompileTime ||
                                    std::is_base_of_v<Eigen::PlainObjectBase<X>, X>);
template <typename X, typename... More>
inline constexpr bool are_one_run = is_one_run<X> &&
                                    ((is_one_run<More> && is_ordered_alike<X, More>)&&...);

/// Runs shorter than this are copied, as is what does not lie in runs: a call of the loop costs
/// more than so many copies. (Not one of a cheap kernel, unless runs are lone numbers.)
inline constexpr Eigen::Index short_run = 8, short_cheap_run = 2;

/// Calls run(n, x.data()...) for each run that all of x share: one where all lie without gaps, else
/// one for each column (row, if row-major). Returns false, having done nothing, where they share
/// none, or such as are shorter than Shortest.
template <Eigen::Index Shortest = short_run, typename Run, typename First, typename... More>
bool for_each_run(const Run& run, First& first, More&... more) {
  if (first.size() == 0) return true;
  if constexpr (has_packets<typename First::Scalar> && (is_ordered_alike<First, More> && ...)) {
    if (((first.innerStride() != 1) || ... || (more.innerStride() != 1))) return false;
    const Eigen::Index inner = first.innerSize(), outer = first.outerSize();
    const auto has_no_gaps = [inner](const auto& x) { return x.outerStride() == inner; };
    if (outer == 1 || (has_no_gaps(first) && ... && has_no_gaps(more))) {
      run(inner * outer, first.data(), more.data()...);
      return true;
    }
    if (inner < Shortest) return false;
    for (Eigen::Index j = 0; j < outer; ++j)
      run(inner, first.data() + j * first.outerStride(), (more.data() + j * more.outerStride())...);
    return true;
  } else {
    return false;
  }
}

inline constexpr Eigen::Index piece_length = 256;

/// Calls body(first, n) for pieces of n elements of x.
template <typename X, typename Body>
void for_each_piece(const X& x, const Body& body) {
  for (Eigen::Index first = 0; first < x.size(); first += piece_length)
    body(first, (std::min)(piece_length, x.size() - first));
}

/// A copy of n elements of an array, from a first one on, in the storage order of Like; of half and
/// bfloat16 as float. (Copying is not inlined: all kernels share it.)
template <typename Like>
class piece {
 public:
  using stored = typename Like::Scalar;
  using scalar = real<stored>;

  piece() {}
  template <typename X>
  EIGEN_DONT_INLINE piece(const X& x, Eigen::Index first, Eigen::Index n) {
    for_each_segment(x, first, n,
                     [](const stored* from, Eigen::Index step, scalar* to, scalar* end) {
                       for (; to != end; from += step) *to++ = static_cast<scalar>(*from);
                     });
  }
  template <typename X>
  EIGEN_DONT_INLINE void copy_to(X& x, Eigen::Index first, Eigen::Index n) {
    for_each_segment(x, first, n,
                     [](stored* to, Eigen::Index step, const scalar* from, scalar* end) {
                       for (; from != end; to += step) *to = static_cast<stored>(*from++);
                     });
  }
  scalar* data() { return numbers_; }

 private:
  /// body(there, step, here, end) for each column of x (row, if Like is row-major or columns are
  /// lone numbers), or the part of it that is in the piece.
  template <typename X, typename Body>
  void for_each_segment(X& x, Eigen::Index first, Eigen::Index n, const Body& body) {
    const bool by_row = Like::IsRowMajor ? x.cols() > 1 : x.rows() == 1;
    const bool is_inner = bool(X::IsRowMajor) == by_row;
    const Eigen::Index length = by_row ? x.cols() : x.rows();
    const Eigen::Index step = is_inner ? x.innerStride() : x.outerStride();
    const Eigen::Index next = is_inner ? x.outerStride() : x.innerStride();
    Eigen::Index i = first % length, j = first / length;
    for (Eigen::Index k = 0; k < n; ++j, i = 0) {
      const Eigen::Index count = (std::min)(length - i, n - k);
      body(x.data() + i * step + j * next, step, numbers_ + k, numbers_ + k + count);
      k += count;
    }
  }

  scalar numbers_[piece_length];
};

/// run(n, out, in...) over all elements of arrays in memory of one shape. The output may be an
/// input.
template <Eigen::Index Shortest = short_run, typename Run, typename Out, typename... In>
void run_over_all(const Run& run, Out& out, const In&... in) {
  const bool is_done = for_each_run<Shortest>(run, out, in...);
  if constexpr (!are_one_run<Out, In...>) {
    if (is_done) return;
    for_each_piece(out, [&](Eigen::Index first, Eigen::Index n) {
      piece<Out> result;
      run(n, result.data(), piece<Out>(in, first, n).data()...);
      result.copy_to(out, first, n);
    });
  }
}

#if HILLOCK_HAS_OWN_LOOP

/// Small fixed sizes are unrolled by Eigen, better than any loop.
template <typename X>
inline constexpr bool is_worth_a_loop = int(X::SizeAtCompileTime) == Eigen::Dynamic ||
                                        int(X::SizeAtCompileTime) > 64;

/// Is a destination one for hillock's own loop?
template <typename Dst>
inline constexpr bool takes_over =
    is_looped<typename Dst::Scalar>&& is_in_memory<Dst>&& is_worth_a_loop<Dst>;

/// A kernel whose first argument is what was there.
template <typename Kernel, update How>
struct updating : Kernel {
  template <typename V, typename... X>
  HILLOCK_INLINE V operator()(const V& before, const X&... x) const {
    const V result = Kernel::operator()(x...);
    if constexpr (How == update::add)
      return before + result;
    else if constexpr (How == update::subtract)
      return before - result;
    else
      return before * result;
  }
};

/// dst = kernel(x...) coefficient by coefficient.
template <typename Kernel, typename Dst, typename... X>
void sweep_over(const Kernel& kernel, Dst& dst, const X&... x) {
  using T = real<typename Kernel::scalar>;
  run_over_all<Kernel::is_cheap ? short_cheap_run : short_run>(
      [&kernel](Eigen::Index n, T* out, const auto*... in) {
        run_on_chosen<sweep<Kernel, T>>(&kernel, out, std::ptrdiff_t{n}, in...);
      },
      dst, x...);
}

/// The same, or dst += kernel(x...) and so on.
template <update How, typename Kernel, typename Dst, typename... X>
void update_over(const Kernel& kernel, Dst& dst, const X&... x) {
  if constexpr (How == update::set)
    sweep_over(kernel, dst, x...);
  else
    sweep_over(updating<Kernel, How>{kernel}, dst, dst, x...);
}

/// sum = the sum of kernel(in[i], ...) for i < n.
template <typename Kernel, typename T>
struct sum_up {
  using scalar = T;

  template <typename V, typename... In>
  static HILLOCK_INLINE void on(const Kernel* kernel, T* sum, std::ptrdiff_t n, const In*... in) {
    const Kernel local = *kernel;
    V lanes = 0;
    std::ptrdiff_t i = 0;
    for (; i <= n - V::width; i += V::width) lanes = lanes + local(load<V>(in + i)...);
    T total[V::width];
    if (i < n) {  // what the kernel makes of lanes behind the end does not count
      const auto few = static_cast<int>(n - i);
      store(local(load_some<V>(in + i, few)...), total);
      lanes = lanes + load_some<V>(total, few);
    }
    store(math::reduce(lanes, math::sum_of{}), total);
    *sum = total[0];
  }
};

/// The sum of kernel(x...) over all elements of arrays in memory.
template <typename Kernel, typename First, typename... More>
auto sum_over(const Kernel& kernel, const First& first, const More&... more) {
  using T = typename Kernel::scalar;
  running_sum<math::lanes<T>> total;
  const auto add = [&](std::ptrdiff_t n, const auto*... in) {
    for (std::ptrdiff_t i = 0; i < n; i += plain_sum_length) {
      T sum;
      run_on_chosen<sum_up<Kernel, T>>(&kernel, &sum, (std::min)(plain_sum_length, n - i),
                                       (in + i)...);
      total.add(sum);
    }
  };
  if (!for_each_run(add, first, more...))
    for_each_piece(first, [&](Eigen::Index at, Eigen::Index n) {
      add(n, piece<First>(first, at, n).data(), piece<First>(more, at, n).data()...);
    });
  return total.total().bits();
}

#endif

}  // namespace detail
}  // namespace HILLOCK_ABI
}  // namespace hillock
