// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/axiswise.hpp>
#include <hillock/core/softmax_row.hpp>

namespace hillock {
inline namespace HILLOCK_ABI {
namespace detail {

/// y = e / sum e, for the exponentials e below the maximum.
template <typename R>
struct softmax_forward {
  static constexpr int tiled_vectors = 4;
  static constexpr bool takes_groups = true, interleaves = true;
  R temperature;

  template <typename Group, typename X, typename Y>
  HILLOCK_INLINE void run(const Group& at, const X& x, const Y& y) const {
    using logits = from_logits<Group, X>;
    typename logits::knowledge rows(at, x);
    logits p(rows, x, temperature);
    p.sum_up(at, y);
    at.write(
        y, [&](int i) HILLOCK_INLINE_LAMBDA { return p.second_pass(i); },
        [&](const auto& pass, int i, auto j)
            HILLOCK_INLINE_LAMBDA { return p.probability(pass, i, j, y(i)); });
  }
};

/// dx = y (v - <y, v>) / temperature, where an entry of which y is 0 takes no part: backward and
/// jvp alike, J being symmetric.
template <typename R>
struct softmax_product {
  R temperature;
  R divisor = temperature;  // of dx; softmin's is negative

  template <typename V>
  static HILLOCK_INLINE V where_positive(const V& y, const V& v) {
    return select(y == 0, V(0), v);
  }
  template <typename V>
  HILLOCK_INLINE V entry(const V& y, const V& v, const V& dot) const {
    const V product = where_positive(y, y * (v - dot));
    return divisor == 1 ? product : product / divisor;
  }
};

template <typename R>
struct softmax_backward : softmax_product<R> {
  static constexpr int tiled_vectors = 3;
  static constexpr bool takes_groups = true, interleaves = true;

  template <typename Group, typename X, typename W, typename To>
  HILLOCK_INLINE void run(const Group& at, const X& x, const W& v, const To& dx) const {
    using logits = from_logits<Group, X>;
    using V = typename logits::V;
    using sums = sums_with<logits, dot_product<Group::sums_are_registers, V>>;
    struct second_pass {
      typename logits::dividing p;
      V dot;
    };
    typename logits::knowledge rows(at, x);
    logits p(rows, x, this->temperature);
    typename Group::template values<V> products;
    at.template walk<sums>([&](int i) HILLOCK_INLINE_LAMBDA { return p.first_pass(i); },
                           [&](const auto& known, sums& sum, int i, auto j) HILLOCK_INLINE_LAMBDA {
                             const V e = p.multiple(known, sum.p, i, j, dx(i));
                             sum.more.add(j.j, e, this->where_positive(e, v(i).get(j, 0)));
                           },
                           [&](sums& sum, int i) HILLOCK_INLINE_LAMBDA {
                             p.finish(at, sum.p, i);
                             products.put(i, at.total(sum.more));
                           });
    at.write(
        dx,
        [&](int i) HILLOCK_INLINE_LAMBDA {
          const auto pass = p.second_pass(i);
          return second_pass{pass, pass.scaled(products[i])};
        },
        [&](const second_pass& pass, int i, auto j) HILLOCK_INLINE_LAMBDA {
          const V y = p.probability(pass.p, i, j, dx(i));
          return this->entry(y, v(i).get(j, 0), pass.dot);
        });
  }
};

template <typename R>
struct softmax_backward_from_output : softmax_product<R> {
  static constexpr int tiled_vectors = 1;
  static constexpr bool takes_groups = true, interleaves = true;

  template <typename Group, typename Y, typename W, typename To>
  HILLOCK_INLINE void run(const Group& at, const Y& y, const W& v, const To& dx) const {
    using V = typename decltype(y(0))::lanes_type;
    typename Group::template values<V> dot;
    at.template walk<dot_product<Group::sums_are_registers, V>>(
        knows_nothing{},
        [&](nothing, auto& product, int i, auto j) HILLOCK_INLINE_LAMBDA {
          const V p = y(i).get(j, 0);
          product.add(j.j, p, this->where_positive(p, v(i).get(j, 0)));
        },
        [&](auto& product, int i) HILLOCK_INLINE_LAMBDA { dot.put(i, at.total(product)); });
    at.write(
        dx, [&](int i) HILLOCK_INLINE_LAMBDA { return dot[i]; },
        [&](const V& d, int i, auto j)
            HILLOCK_INLINE_LAMBDA { return this->entry(y(i).get(j, 0), v(i).get(j, 0), d); });
  }
};

template <typename R>
inline constexpr bool waits_for_memory<softmax_backward_from_output<R>> = true;

}  // namespace detail

/// softmax(x)_i = e^(x_i / temperature) / sum over j of e^(x_j / temperature)
///
/// Turns the numbers of each slice into probabilities. Axis says what a slice is: whole (a vector,
/// the default), per_column or per_row.
///
/// Use         The output for one of several classes, trained with softmax_cross_entropy on its
///             input; attention. For two classes sigmoid does.
/// Parameters  temperature > 0, finite, by default 1: the larger, the flatter.
/// Backward    dx = y (dy - <y, dy>) / temperature; the Jacobian is symmetric. Entries of which y
///             is 0 take no part: their dx is 0, their dy ignored.
/// Edges       A NaN or +infinity in a slice makes that slice NaN. An entry -infinity, or excluded
///             by a mask, gets exactly 0; a slice of nothing else is all 0.
/// Evaluation  The maximum, then e^(x - max) from the rests of x and max beside multiples of ln 2,
///             then quotients by a compensated sum. Short slices along memory are transposed in
///             registers; those across it are taken as one array if they have no gaps and their
///             number leaves lanes idle, or are walked side by side, 1 KB of neighbours at a time,
///             if their entries lie far apart; with up to 84 KB on the stack.
/// Error       4 ulp for logits of any spread; the sum of a slice is 1 within 4 epsilon up to a
///             million entries. How a slice is summed depends on its length and the instruction set
///             alone: not on the storage order, nor on other slices.
/// Errors      std::invalid_argument where dy or a mask does not fit x, or slices are empty.
/// Source      Bridle, "Probabilistic Interpretation of Feedforward Classification Network
///             Outputs", 1990.
template <typename T, typename Axis = whole>
class softmax : public tempered<softmax<T, Axis>> {
  using base = tempered<softmax<T, Axis>>;
  using R = real<T>;

 public:
  static constexpr std::string_view name = "softmax";
  using base::base;

  /// y = softmax(x), or of the entries that the mask keeps.
  template <typename X, typename... M>
  auto forward(X&& x, M&&... mask) const {
    return base::unary("forward", detail::softmax_forward<R>{this->temperature()},
                       std::forward<X>(x), std::forward<M>(mask)...);
  }
  template <typename X, typename... M>
  auto operator()(X&& x, M&&... mask) const {
    return forward(std::forward<X>(x), std::forward<M>(mask)...);
  }

  /// dx = J dy. Throws std::invalid_argument unless dy has the shape of x.
  template <typename X, typename G, typename... M>
  auto backward(X&& x, G&& dy, M&&... mask) const {
    return base::binary("backward", "dy", "x", detail::softmax_backward<R>{{this->temperature()}},
                        std::forward<X>(x), std::forward<G>(dy), std::forward<M>(mask)...);
  }
  /// The same from y = softmax(x).
  template <typename Y, typename G>
  auto backward_from_output(Y&& y, G&& dy) const {
    return base::binary("backward_from_output", "dy", "y",
                        detail::softmax_backward_from_output<R>{{this->temperature()}},
                        std::forward<Y>(y), std::forward<G>(dy));
  }

  /// J itself, formed for one vector: (diag(y) - y y') / temperature. This one allocates.
  template <typename X>
  auto jacobian(const X& x) const {
    static_assert(std::is_same_v<Axis, whole>,
                  "hillock: the Jacobian is formed for one vector: hillock::softmax<T>");
    if constexpr (detail::is_sliceable<base, X>()) {
      constexpr int size = X::SizeAtCompileTime;
      const Eigen::Matrix<T, size, 1> y = forward(x).reshaped().matrix();
      Eigen::Matrix<T, size, size> j = -y * y.transpose();
      // The columns add up to 0; 1 - y_i would have lost the digits of a y_i near 1.
      for (Eigen::Index i = 0; i < y.size(); ++i)
        j(i, i) = y[i] * (y.head(i).sum() + y.tail(y.size() - 1 - i).sum());
      return Eigen::Matrix<T, size, size>(j / static_cast<T>(this->temperature()));
    }
  }

  /// J v: how y changes when x changes by v.
  template <typename X, typename W, typename... M>
  auto jvp(X&& x, W&& v, M&&... mask) const {
    return base::binary("jvp", "v", "x", detail::softmax_backward<R>{{this->temperature()}},
                        std::forward<X>(x), std::forward<W>(v), std::forward<M>(mask)...);
  }
  /// The same from y = softmax(x).
  template <typename Y, typename W>
  auto jvp_from_output(Y&& y, W&& v) const {
    return base::binary("jvp_from_output", "v", "y",
                        detail::softmax_backward_from_output<R>{{this->temperature()}},
                        std::forward<Y>(y), std::forward<W>(v));
  }
};

}  // namespace HILLOCK_ABI
}  // namespace hillock
