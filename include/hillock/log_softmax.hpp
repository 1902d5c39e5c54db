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
  static constexpr int tiled_vectors = 4;
  static constexpr bool takes_groups = true, interleaves = true;
  R temperature;

  template <typename Group, typename X, typename Y>
  HILLOCK_INLINE void run(const Group& at, const X& x, const Y& y) const {
    using logits = exactly_from_logits<Group, X>;
    using V = typename logits::V;
    using row = softmax_row<Group::sums_are_registers, decltype(x(0))>;
    // At temperature 1, the two are summed up. No entry but those near that sum lose digits where
    // its high part is subtracted, and there the difference is exact.
    struct second_pass {
      V most, log_of_sum;
      V poison;  // NaN where the row has one, or +infinity
    };
    typename logits::knowledge rows(at, x);
    logits(rows, x, temperature).sum_up(at, nowhere{});
    at.write(
        y,
        [&](int i) HILLOCK_INLINE_LAMBDA {
          const running_sum<V>& sum = rows.sum[i];
          const V log = log_of_exponentials<V>({reciprocal<V>::or_one(sum.sum), sum.lost});
          if (temperature != 1) return second_pass{rows.most[i], log, sum.sum * 0};
          const two_parts<V> both = sum_in_parts(rows.most[i], log);
          return second_pass{both.high, both.low, V(0)};
        },
        // Where it vanishes, -0.
        [&](const second_pass& pass, int i, auto j) HILLOCK_INLINE_LAMBDA {
          if (temperature == 1) return -((pass.most - logit(x(i), j)) + pass.log_of_sum);
          constexpr R largest = (std::numeric_limits<R>::max)();
          const two_parts<V> below = row(x(i), temperature, pass.most).below_most(j);
          const V log = -((pass.log_of_sum - below.low) - below.high);
          return select(below.high >= -largest, log, below.high + pass.poison);
        });
  }
};

/// As from_logits, from the logarithms of the probabilities.
template <typename Group, typename X>
class from_logarithms {
 public:
  using V = typename decltype(std::declval<const X&>()(0))::lanes_type;
  using R = typename V::scalar;

  struct knowledge {
    HILLOCK_INLINE knowledge(const Group&, const X&) {}
  };
  HILLOCK_INLINE from_logarithms(const knowledge&, const X& y, R) : y_(y) {}

  using sums = nothing;
  HILLOCK_INLINE nothing first_pass(int) const { return {}; }
  template <typename At, typename To>
  HILLOCK_INLINE V multiple(nothing, sums, int i, At j, const To&) const {
    return exp_below(logit(y_(i), j), V(0), V(1), false);
  }
  HILLOCK_INLINE void finish(const Group&, sums, int) const {}

  struct dividing {
    HILLOCK_INLINE V scaled(const V& sum) const { return sum; }
  };
  HILLOCK_INLINE dividing second_pass(int) const { return {}; }
  template <typename At, typename To>
  HILLOCK_INLINE V probability(const dividing&, int i, At j, const To&) const {
    return exp_below(logit(y_(i), j), V(0), V(1), false);
  }

 private:
  const X& y_;
};

/// v, but 0 where the logit is -infinity.
template <typename V>
HILLOCK_INLINE V where_possible(const V& logit, const V& v) {
  using R = typename V::scalar;
  return select(logit == -std::numeric_limits<R>::infinity(), V(0), v);
}

/// dx = (dy - p <1, dy>) / t
template <template <typename, typename> class Probabilities, typename R>
struct log_softmax_backward {
  static constexpr int tiled_vectors = 3;
  static constexpr bool takes_groups = true, interleaves = true;
  R temperature;

  template <typename Group, typename X, typename G, typename To>
  HILLOCK_INLINE void run(const Group& at, const X& x, const G& dy, const To& dx) const {
    using probabilities = Probabilities<Group, X>;
    using V = typename probabilities::V;
    using sums = sums_with<probabilities, dot_product<Group::sums_are_registers, V>>;
    struct second_pass {
      typename probabilities::dividing p;
      V total;
    };
    typename probabilities::knowledge rows(at, x);
    probabilities p(rows, x, temperature);
    typename Group::template values<V> total;
    at.template walk<sums>([&](int i) HILLOCK_INLINE_LAMBDA { return p.first_pass(i); },
                           [&](const auto& known, sums& sum, int i, auto j) HILLOCK_INLINE_LAMBDA {
                             p.multiple(known, sum.p, i, j, dx(i));
                             sum.more.add(j.j, where_possible(logit(x(i), j), dy(i).get(j, 0)));
                           },
                           [&](sums& sum, int i) HILLOCK_INLINE_LAMBDA {
                             p.finish(at, sum.p, i);
                             total.put(i, at.total(sum.more));
                           });
    at.write(
        dx,
        [&](int i) HILLOCK_INLINE_LAMBDA {
          return second_pass{p.second_pass(i), total[i]};
        },
        [&](const second_pass& pass, int i, auto j) HILLOCK_INLINE_LAMBDA {
          const V probability = p.probability(pass.p, i, j, dx(i));
          const V change = fma(-probability, pass.total, dy(i).get(j, 0));
          return where_possible(logit(x(i), j), temperature == 1 ? change : change / temperature);
        });
  }
};

template <template <typename, typename> class Probabilities, typename R>
inline constexpr bool reads_again<log_softmax_backward<Probabilities, R>> = true;

/// J v = (v - <p, v>) / t
template <template <typename, typename> class Probabilities, typename R>
struct log_softmax_jvp {
  static constexpr int tiled_vectors = 3;
  static constexpr bool takes_groups = true, interleaves = true;
  R temperature;

  template <typename Group, typename X, typename W, typename To>
  HILLOCK_INLINE void run(const Group& at, const X& x, const W& v, const To& y) const {
    using probabilities = Probabilities<Group, X>;
    using V = typename probabilities::V;
    using sums = sums_with<probabilities, dot_product<Group::sums_are_registers, V>>;
    typename probabilities::knowledge rows(at, x);
    probabilities p(rows, x, temperature);
    typename Group::template values<V> product;
    at.template walk<sums>([&](int i) HILLOCK_INLINE_LAMBDA { return p.first_pass(i); },
                           [&](const auto& known, sums& sum, int i, auto j) HILLOCK_INLINE_LAMBDA {
                             const V multiple = p.multiple(known, sum.p, i, j, nowhere{});
                             sum.more.add(j.j, multiple,
                                          where_possible(logit(x(i), j), v(i).get(j, 0)));
                           },
                           [&](sums& sum, int i) HILLOCK_INLINE_LAMBDA {
                             p.finish(at, sum.p, i);
                             product.put(i, at.total(sum.more));
                           });
    at.write(
        y, [&](int i) HILLOCK_INLINE_LAMBDA { return p.second_pass(i).scaled(product[i]); },
        [&](const V& dot, int i, auto j) HILLOCK_INLINE_LAMBDA {
          const V change = v(i).get(j, 0) - dot;
          return where_possible(logit(x(i), j), temperature == 1 ? change : change / temperature);
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
