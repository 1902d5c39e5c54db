// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/axiswise.hpp>
#include <hillock/core/softmax_row.hpp>
#include <hillock/math/log1p.hpp>

namespace hillock {
inline namespace HILLOCK_ABI {
namespace detail {

/// y = (x - max) / t - log sum e^((x - max) / t)
template <typename R>
struct log_softmax_forward {
  static constexpr bool is_worth_a_tile = true, takes_groups = true;
  R temperature;

  template <bool Along, typename Rows, typename Targets>
  HILLOCK_INLINE void run(const place& at, const Rows& x, const Targets& to) const {
    using group = softmax_group<Along, Rows>;
    using V = typename group::V;
    constexpr R largest = (std::numeric_limits<R>::max)();
    const group rows(at, x, temperature);
    running_sum<V> sum[group::most_rows];
    for (int i = 0; i < rows.size(); ++i) sum[i] = sum_of_exponentials(at, rows[i]);
    for (int i = 0; i < rows.size(); ++i) {
      const auto row = rows[i];
      const auto y = to(i);
      const V log = row.log(sum[i]);
      const V poison = sum[i].sum * 0;  // NaN where the slice has one, or +infinity
      at.for_each_vector([&](auto j) HILLOCK_INLINE_LAMBDA {
        const two_parts<V> below = row.below_most(j);
        const V logarithm = -((log - below.low) - below.high);  // where it vanishes, -0
        y.put(j, select(below.high >= -largest, logarithm, below.high + poison));
      });
    }
  }
};

/// The probabilities of a slice from its logits; what takes part are entries above -infinity.
template <bool Along, typename X, typename To>
class from_logits {
  using V = typename X::lanes_type;

 public:
  HILLOCK_INLINE from_logits(const place& at, const X& x, const To& to, typename V::scalar t)
      : row_(at, x, t), e_(at, row_, to), inverse_(e_.total()) {}
  template <typename At>
  HILLOCK_INLINE V probability(At j) const {
    return inverse_.times(e_.get(j));
  }
  template <typename At>
  HILLOCK_INLINE V where_possible(At j, const V& v) const {
    return select(row_.get(j) == row_.minus_infinity, V(0), v);
  }

 private:
  softmax_row<Along, X> row_;
  exponentials<Along, X, To> e_;
  reciprocal<V> inverse_;
};

/// The same from their logarithms.
template <bool Along, typename Y, typename To>
class from_logarithms {
  using V = typename Y::lanes_type;
  static constexpr auto minus_infinity = -std::numeric_limits<typename V::scalar>::infinity();

 public:
  HILLOCK_INLINE from_logarithms(const place&, const Y& y, const To&, typename V::scalar) : y_(y) {}
  template <typename At>
  HILLOCK_INLINE V probability(At j) const {
    return exp_below(y_.get(j, minus_infinity), V(0), V(1), false);
  }
  template <typename At>
  HILLOCK_INLINE V where_possible(At j, const V& v) const {
    return select(y_.get(j, minus_infinity) == minus_infinity, V(0), v);
  }

 private:
  Y y_;
};

/// dx = (dy - p <1, dy>) / t
template <template <bool, typename, typename> class Probabilities, typename R>
struct log_softmax_backward {
  static constexpr bool is_worth_a_tile = true;
  R temperature;

  template <bool Along, typename X, typename G, typename To>
  HILLOCK_INLINE void run(const place& at, const X& x, const G& dy, const To& to) const {
    using V = typename X::lanes_type;
    const Probabilities<Along, X, To> p(at, x, to, temperature);
    slice_sum<Along, V> sum;
    at.for_each_vector(
        [&](auto j) HILLOCK_INLINE_LAMBDA { sum.add(j.j, p.where_possible(j, dy.get(j, 0))); });
    const V total = sum.total(to.vectors).sum;
    at.for_each_vector([&](auto j) HILLOCK_INLINE_LAMBDA {
      const V dx = fma(-p.probability(j), total, dy.get(j, 0));
      to.put(j, p.where_possible(j, temperature == 1 ? dx : dx / temperature));
    });
  }
};

/// J v = (v - <p, v>) / t
template <template <bool, typename, typename> class Probabilities, typename R>
struct log_softmax_jvp {
  static constexpr bool is_worth_a_tile = true;
  R temperature;

  template <bool Along, typename X, typename W, typename To>
  HILLOCK_INLINE void run(const place& at, const X& x, const W& v, const To& to) const {
    using V = typename X::lanes_type;
    const Probabilities<Along, X, To> p(at, x, to, temperature);
    dot_product<Along, V> product;
    at.for_each_vector([&](auto j) HILLOCK_INLINE_LAMBDA {
      product.add(j.j, p.probability(j), p.where_possible(j, v.get(j, 0)));
    });
    const V dot = product.total(to.vectors);
    at.for_each_vector([&](auto j) HILLOCK_INLINE_LAMBDA {
      const V change = v.get(j, 0) - dot;
      to.put(j, p.where_possible(j, temperature == 1 ? change : change / temperature));
    });
  }
};

}  // namespace detail

/// log_softmax(x)_i = x_i / t - log sum over j of e^(x_j / t), t = temperature
///
/// The logarithm of softmax, computed without forming that: finite for logits of +-1e4, where a
/// probability would be 0.
///
/// Use         Logarithms of probabilities, to sum them up. Never log(softmax(x)). As a loss,
///             softmax_cross_entropy.
/// Parameters  temperature > 0, finite, by default 1.
/// Backward    dx = (dy - e^y <1, dy>) / t. jvp: J v = (v - <e^y, v>) / t.
/// Edges       A NaN or +infinity in a slice makes that slice NaN. Entries -infinity, or excluded
///             by a mask, give -infinity; their gradient is 0, their dy ignored.
/// Evaluation  (x - max) / t, with its low part, less log1p of what the others add to the largest:
///             both of one sign, so that nothing cancels.
/// Error       4 ulp. From the output: e^y has the error |y| ulp.
/// Errors      std::invalid_argument where dy or a mask does not fit x, or slices are empty.
/// Source      PyTorch torch.nn.functional.log_softmax; JAX jax.nn.log_softmax.
template <typename T, typename Axis = whole>
class log_softmax : public tempered<log_softmax<T, Axis>> {
  using base = tempered<log_softmax<T, Axis>>;
  using R = real<T>;

 public:
  static constexpr std::string_view name = "log_softmax";
  using base::base;

  template <typename X, typename... M>
  auto forward(X&& x, M&&... mask) const {
    return base::unary("forward", detail::log_softmax_forward<R>{this->temperature()},
                       std::forward<X>(x), std::forward<M>(mask)...);
  }
  template <typename X, typename... M>
  auto operator()(X&& x, M&&... mask) const {
    return forward(std::forward<X>(x), std::forward<M>(mask)...);
  }

  template <typename X, typename G, typename... M>
  auto backward(X&& x, G&& dy, M&&... mask) const {
    return base::binary("backward", "dy", "x",
                        detail::log_softmax_backward<detail::from_logits, R>{this->temperature()},
                        std::forward<X>(x), std::forward<G>(dy), std::forward<M>(mask)...);
  }
  template <typename Y, typename G>
  auto backward_from_output(Y&& y, G&& dy) const {
    return base::binary(
        "backward_from_output", "dy", "y",
        detail::log_softmax_backward<detail::from_logarithms, R>{this->temperature()},
        std::forward<Y>(y), std::forward<G>(dy));
  }

  template <typename X, typename W, typename... M>
  auto jvp(X&& x, W&& v, M&&... mask) const {
    return base::binary("jvp", "v", "x",
                        detail::log_softmax_jvp<detail::from_logits, R>{this->temperature()},
                        std::forward<X>(x), std::forward<W>(v), std::forward<M>(mask)...);
  }
  template <typename Y, typename W>
  auto jvp_from_output(Y&& y, W&& v) const {
    return base::binary("jvp_from_output", "v", "y",
                        detail::log_softmax_jvp<detail::from_logarithms, R>{this->temperature()},
                        std::forward<Y>(y), std::forward<W>(v));
  }
};

}  // namespace HILLOCK_ABI
}  // namespace hillock
