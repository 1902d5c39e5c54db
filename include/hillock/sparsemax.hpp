// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/axiswise.hpp>
#include <hillock/core/softmax_row.hpp>

namespace hillock {
inline namespace HILLOCK_ABI {
namespace detail {

/// The projection of x / t on the simplex: y = max(x / t - threshold, 0), the threshold such that
/// the sum is 1. Both are taken relative to the maximum, so that the threshold lies in [-1, 0).
///
/// The sum as a function of the threshold is convex, decreasing and piecewise linear; from any
/// point Newton's step leads to a lower bound of the root, and to itself once no entry leaves the
/// support. From the eighth on every second step starts at the middle of the bounds, so that no
/// slice takes more of them than a number has digits, twice.
template <bool Along, typename X>
class simplex_projection {
  using V = typename X::lanes_type;
  using R = typename V::scalar;

 public:
  HILLOCK_INLINE simplex_projection(const place& at, const X& x, R temperature)
      : row_(at, x, temperature) {
    V highest = 0;
    for (int step = 0; step < 8 + 4 * std::numeric_limits<R>::digits; ++step) {
      const bool from_middle = step >= 8 && step % 2 == 1;
      const V from = from_middle ? (threshold_ + highest) * R(0.5) : threshold_;
      const V next = newton(at, from);
      highest = select(next <= from, from, highest);
      const V gain = next - threshold_;
      threshold_ = select(gain <= 0, threshold_, next);
      if (!from_middle && !any_positive(gain)) break;
    }
  }

  template <typename At>
  HILLOCK_INLINE V get(At j) const {
    const V y = below_most(j) - threshold_;
    return select(y <= 0, V(0), y);
  }

 private:
  template <typename At>
  HILLOCK_INLINE V below_most(At j) const {
    return row_.below_most(j).high;
  }

  /// The root of the line that the sum follows at a threshold. NaN, if any, counts as support.
  HILLOCK_INLINE V newton(const place& at, const V& from) const {
    slice_sum<Along, V> sum;
    dot_product<Along, V> count;
    at.for_each_vector([&](auto j) HILLOCK_INLINE_LAMBDA {
      const V d = below_most(j);
      sum.add(j.j, select(d <= from, V(0), d));
      count.add(j.j, V(1), select(d <= from, V(-0.0), V(1)));
    });
    const running_sum<V> total = sum.total(at.vectors);
    const V size = count.total(at.vectors);
    const V excess = (total.sum - 1) + total.lost;
    return select(size == 0, V(-1), excess / select(size == 0, V(1), size));
  }

  softmax_row<Along, X> row_;
  V threshold_ = -1;
};

template <typename R>
struct sparsemax_forward {
  static constexpr int tiled_vectors = 4;
  R temperature;

  template <bool Along, typename X, typename To>
  HILLOCK_INLINE void run(const place& at, const X& x, const To& to) const {
    const simplex_projection<Along, X> y(at, x, temperature);
    at.for_each_vector([&](auto j) HILLOCK_INLINE_LAMBDA { to.put(j, y.get(j)); });
  }
};

/// The output itself, where that is given.
template <bool Along, typename Y>
class projected {
  using V = typename Y::lanes_type;

 public:
  HILLOCK_INLINE projected(const place&, const Y& y, typename V::scalar) : y_(y) {}
  template <typename At>
  HILLOCK_INLINE V get(At j) const {
    return y_.get(j, 0);
  }

 private:
  Y y_;
};

/// dx = (v - mean of v) / temperature on the support of y, else 0: backward and jvp alike.
template <template <bool, typename> class Output, typename R>
struct sparsemax_backward {
  static constexpr int tiled_vectors = 4;
  R temperature;

  template <bool Along, typename X, typename W, typename To>
  HILLOCK_INLINE void run(const place& at, const X& x, const W& v, const To& to) const {
    using V = typename X::lanes_type;
    const Output<Along, X> y(at, x, temperature);
    slice_sum<Along, V> sum;
    dot_product<Along, V> count;
    at.for_each_vector([&](auto j) HILLOCK_INLINE_LAMBDA {
      const V p = y.get(j);
      sum.add(j.j, select(p == 0, V(0), v.get(j, 0)));
      count.add(j.j, V(1), select(p == 0, V(-0.0), V(1)));
    });
    const V size = count.total(to.vectors);
    const V mean = sum.total(to.vectors).sum / select(size == 0, V(1), size);
    at.for_each_vector([&](auto j) HILLOCK_INLINE_LAMBDA {
      const V p = y.get(j), dx = (v.get(j, 0) - mean) + (p - p);  // NaN where p is
      to.put(j, select(p == 0, V(0), temperature == 1 ? dx : dx / temperature));
    });
  }
};

}  // namespace detail

/// sparsemax(x) = the point of the simplex nearest to x / temperature
///
/// Probabilities as softmax gives, but exactly 0 for entries far enough below the largest:
/// max(x_i / t - threshold, 0), with the threshold that makes the sum 1.
///
/// Use         Attention and probabilities of which most should be exactly 0.
/// Parameters  temperature > 0, finite, by default 1.
/// Backward    dx = (dy - mean of dy over the support) / temperature on the support of y, else 0;
///             dy elsewhere is ignored. The Jacobian is symmetric.
/// Edges       A NaN or +infinity in a slice makes that slice NaN. An entry -infinity, or excluded
///             by a mask, gets 0; a slice of nothing else is all 0.
/// Evaluation  Newton's method for the threshold, a few passes over the slice, with compensated
///             sums; bisection bounds their number.
/// Error       2 epsilon, absolutely: near 0 an entry is the difference of two numbers near 1.
/// Errors      std::invalid_argument where dy or a mask does not fit x, or slices are empty.
/// Source      Martins and Astudillo, "From Softmax to Sparsemax", ICML 2016.
template <typename T, typename Axis = whole>
class sparsemax : public tempered<sparsemax<T, Axis>> {
  using base = tempered<sparsemax<T, Axis>>;
  using R = real<T>;
  using from_input = detail::sparsemax_backward<detail::simplex_projection, R>;
  using from_output = detail::sparsemax_backward<detail::projected, R>;

 public:
  static constexpr std::string_view name = "sparsemax";
  using base::base;

  template <typename X, typename... M>
  auto forward(X&& x, M&&... mask) const {
    return base::unary("forward", detail::sparsemax_forward<R>{this->temperature()},
                       std::forward<X>(x), std::forward<M>(mask)...);
  }
  template <typename X, typename... M>
  auto operator()(X&& x, M&&... mask) const {
    return forward(std::forward<X>(x), std::forward<M>(mask)...);
  }

  template <typename X, typename G, typename... M>
  auto backward(X&& x, G&& dy, M&&... mask) const {
    return base::binary("backward", "dy", "x", from_input{this->temperature()}, std::forward<X>(x),
                        std::forward<G>(dy), std::forward<M>(mask)...);
  }
  template <typename Y, typename G>
  auto backward_from_output(Y&& y, G&& dy) const {
    return base::binary("backward_from_output", "dy", "y", from_output{this->temperature()},
                        std::forward<Y>(y), std::forward<G>(dy));
  }

  template <typename X, typename W, typename... M>
  auto jvp(X&& x, W&& v, M&&... mask) const {
    return base::binary("jvp", "v", "x", from_input{this->temperature()}, std::forward<X>(x),
                        std::forward<W>(v), std::forward<M>(mask)...);
  }
  template <typename Y, typename W>
  auto jvp_from_output(Y&& y, W&& v) const {
    return base::binary("jvp_from_output", "v", "y", from_output{this->temperature()},
                        std::forward<Y>(y), std::forward<W>(v));
  }
};

}  // namespace HILLOCK_ABI
}  // namespace hillock
