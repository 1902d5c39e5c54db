// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/dispatch.hpp>
#include <hillock/core/scalars.hpp>

namespace hillock {
inline namespace HILLOCK_ABI {

/// What an activation's both(x) returns: value(x), to the bit, and f'(x), within the bounds of
/// prime(x), for less than the two cost apart.
template <typename V>
struct value_and_prime {
  V value, prime;
};

namespace detail {

// The faces of an activation F that loops, packets and scalars evaluate. A kernel is a small value
// that maps lanes to lanes. A cheap one takes hardly longer than its loads and stores.

template <typename F>
struct second_derivative_kernel {
  using scalar = typename F::scalar;
  static constexpr bool is_cheap = F::is_piecewise_polynomial;
  F f;
  template <typename V>
  HILLOCK_INLINE V operator()(const V& x) const {
    return f.double_prime(x);
  }
};

template <typename F>
struct derivative_kernel {
  using scalar = typename F::scalar;
  static constexpr bool is_cheap = F::is_piecewise_polynomial;
  F f;
  template <typename V>
  HILLOCK_INLINE V operator()(const V& x) const {
    return f.prime(x);
  }
  second_derivative_kernel<F> differentiated() const { return {f}; }
};

template <typename F>
struct value_kernel {
  using scalar = typename F::scalar;
  static constexpr bool is_cheap = F::is_piecewise_polynomial;
  F f;
  template <typename V>
  HILLOCK_INLINE V operator()(const V& x) const {
    return f.value(x);
  }
  derivative_kernel<F> differentiated() const { return {f}; }
};

template <typename F, typename V, typename = void>
inline constexpr bool has_both = false;
template <typename F, typename V>
inline constexpr bool
    has_both<F, V, std::void_t<decltype(std::declval<const F&>().both(std::declval<V>()))>> = true;

/// f(x) and f'(x), by both where F has it.
template <typename F, typename V>
HILLOCK_INLINE value_and_prime<V> evaluate_both(const F& f, const V& x) {
  if constexpr (has_both<F, V>)
    return f.both(x);
  else
    return {f.value(x), f.prime(x)};
}

template <typename F>
struct backward_kernel {
  using scalar = typename F::scalar;
  static constexpr bool is_cheap = F::is_piecewise_polynomial;
  F f;
  template <typename V>
  HILLOCK_INLINE V operator()(const V& x, const V& dy) const {
    return dy * f.prime(x);
  }
  derivative_kernel<F> factor() const { return {f}; }
};

template <typename F>
struct derivative_from_output_kernel {
  using scalar = typename F::scalar;
  static constexpr bool is_cheap = F::is_piecewise_polynomial;
  static constexpr bool is_short = F::has_short_output_form;
  F f;
  template <typename V>
  HILLOCK_INLINE V operator()(const V& y) const {
    return f.prime_from_output(y);
  }
};

template <typename F>
struct backward_from_output_kernel {
  using scalar = typename F::scalar;
  static constexpr bool is_cheap = F::is_piecewise_polynomial;
  static constexpr bool is_short = F::has_short_output_form;
  F f;
  template <typename V>
  HILLOCK_INLINE V operator()(const V& y, const V& dy) const {
    return dy * f.prime_from_output(y);
  }
  derivative_from_output_kernel<F> factor() const { return {f}; }
};

/// dy df/dp of the I-th parameter p, in what hillock computes in: sums of half are none of half.
template <typename F, std::size_t I>
struct parameter_kernel {
  using scalar = real<typename F::scalar>;
  static constexpr bool is_cheap = F::is_piecewise_polynomial;
  F f;
  template <typename V>
  HILLOCK_INLINE V operator()(const V& x, const V& dy) const {
    return dy * f.template partial<I>(x);
  }
};

template <typename>
inline constexpr bool never = false;

/// A kernel of one number of any scalar that hillock serves.
template <typename Kernel, typename T>
T evaluate_any(const Kernel& kernel, const T& x) {
  if constexpr (is_small_float<T>)
    return static_cast<T>(evaluate(kernel, static_cast<float>(x)));
  else if constexpr (is_dual<T>)  // the chain rule, with hillock's own derivative
    return T(evaluate_any(kernel, x.value()),
             evaluate_any(kernel.differentiated(), x.value()) * x.derivatives());
  else
    return evaluate(kernel, x);
}

/// A kernel of two: some factor of the first, times the second.
template <typename Kernel, typename T>
T evaluate_any(const Kernel& kernel, const T& x, const T& dy) {
  if constexpr (is_small_float<T>)
    return static_cast<T>(evaluate(kernel, static_cast<float>(x), static_cast<float>(dy)));
  else if constexpr (is_dual<T>)
    return T(evaluate_any(kernel.factor(), x) * dy);
  else
    return evaluate(kernel, x, dy);
}

}  // namespace detail
}  // namespace HILLOCK_ABI
}  // namespace hillock
