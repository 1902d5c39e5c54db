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
  static constexpr bool takes_groups = true;
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

/// The probabilities of a group of slices from their logits, in two passes: their sums must be
/// known before them.
template <bool Along, typename Rows>
class from_logits {
  using group = softmax_group<Along, Rows>;

 public:
  using V = typename group::V;
  using R = typename group::R;
  static constexpr int most_rows = group::most_rows;

  HILLOCK_INLINE from_logits(const place& at, const Rows& x, R temperature)
      : rows_(at, x, temperature) {}
  HILLOCK_INLINE int size() const { return rows_.size(); }

  /// each(j, logits, multiples of the probabilities)
  template <typename To, typename Each>
  HILLOCK_INLINE void first_pass(const place& at, int i, const To& to, Each each) {
    const auto row = rows_[i];
    sum_[i] = exponentials(at, row, to, [&](auto j, const V& e) HILLOCK_INLINE_LAMBDA {
                each(j, row.get(j), e);
              }).total();
  }
  /// What a sum of such multiples is of probabilities.
  HILLOCK_INLINE V scaled(int i, const V& sum) const { return reciprocal(sum_[i]).times(sum); }

  /// each(j, logits, probabilities)
  template <typename To, typename Each>
  HILLOCK_INLINE void second_pass(const place& at, int i, const To& to, Each each) const {
    const auto row = rows_[i];
    const exponentials e(row, to);
    const reciprocal inverse(sum_[i]);
    at.for_each_vector([&](auto j) HILLOCK_INLINE_LAMBDA {
      const V p = inverse.times(e.get(j));
      each(j, row.get(j), p);
    });
  }

 private:
  group rows_;
  running_sum<V> sum_[most_rows];
};

/// The same from their logarithms.
template <bool Along, typename Rows>
class from_logarithms {
  using row = decltype(std::declval<const Rows&>()(0));

 public:
  using V = typename row::lanes_type;
  using R = typename V::scalar;
  static constexpr int most_rows = Along ? group_size : 1;

  HILLOCK_INLINE from_logarithms(const place& at, const Rows& y, R)
      : y_(y), size_(Along ? at.rows : 1) {}
  HILLOCK_INLINE int size() const { return size_; }

  template <typename To, typename Each>
  HILLOCK_INLINE void first_pass(const place& at, int i, const To& to, Each each) const {
    second_pass(at, i, to, each);
  }
  HILLOCK_INLINE V scaled(int, const V& sum) const { return sum; }

  template <typename To, typename Each>
  HILLOCK_INLINE void second_pass(const place& at, int i, const To&, Each each) const {
    const row y = y_(i);
    at.for_each_vector([&](auto j) HILLOCK_INLINE_LAMBDA {
      const V log = y.get(j, -std::numeric_limits<R>::infinity());
      each(j, log, exp_below(log, V(0), V(1), false));
    });
  }

 private:
  const Rows& y_;
  int size_;
};

/// v, but 0 where the logit is -infinity.
template <typename V>
HILLOCK_INLINE V where_possible(const V& logit, const V& v) {
  using R = typename V::scalar;
  return select(logit == -std::numeric_limits<R>::infinity(), V(0), v);
}

/// dx = (dy - p <1, dy>) / t
template <template <bool, typename> class Probabilities, typename R>
struct log_softmax_backward {
  static constexpr int tiled_vectors = 3;
  static constexpr bool takes_groups = true;
  R temperature;

  template <bool Along, typename Rows, typename Others, typename Targets>
  HILLOCK_INLINE void run(const place& at, const Rows& x, const Others& dy,
                          const Targets& to) const {
    using probabilities = Probabilities<Along, Rows>;
    using V = typename probabilities::V;
    probabilities all(at, x, temperature);
    struct {
      V of_row = 0;
    } total[probabilities::most_rows];
    for (int i = 0; i < all.size(); ++i) {
      const auto g = dy(i);
      slice_sum<Along, V> sum;
      all.first_pass(at, i, to(i), [&](auto j, const V& logit, const V&) HILLOCK_INLINE_LAMBDA {
        sum.add(j.j, where_possible(logit, g.get(j, 0)));
      });
      total[i].of_row = sum.total(at.vectors).sum;
    }
    for (int i = 0; i < all.size(); ++i) {
      const auto g = dy(i);
      const auto dx = to(i);
      all.second_pass(at, i, dx, [&](auto j, const V& logit, const V& p) HILLOCK_INLINE_LAMBDA {
        const V change = fma(-p, total[i].of_row, g.get(j, 0));
        dx.put(j, where_possible(logit, temperature == 1 ? change : change / temperature));
      });
    }
  }
};

/// J v = (v - <p, v>) / t
template <template <bool, typename> class Probabilities, typename R>
struct log_softmax_jvp {
  static constexpr int tiled_vectors = 3;
  static constexpr bool takes_groups = true;
  R temperature;

  template <bool Along, typename Rows, typename Others, typename Targets>
  HILLOCK_INLINE void run(const place& at, const Rows& x, const Others& v,
                          const Targets& to) const {
    using probabilities = Probabilities<Along, Rows>;
    using V = typename probabilities::V;
    probabilities all(at, x, temperature);
    struct {
      V of_row = 0;
    } dot[probabilities::most_rows];
    for (int i = 0; i < all.size(); ++i) {
      const auto w = v(i);
      dot_product<Along, V> product;
      all.first_pass(at, i, to(i), [&](auto j, const V& logit, const V& p) HILLOCK_INLINE_LAMBDA {
        product.add(j.j, p, where_possible(logit, w.get(j, 0)));
      });
      dot[i].of_row = all.scaled(i, product.total(at.vectors));
    }
    for (int i = 0; i < all.size(); ++i) {
      const auto w = v(i);
      const auto y = to(i);
      all.second_pass(at, i, y, [&](auto j, const V& logit, const V&) HILLOCK_INLINE_LAMBDA {
        const V change = w.get(j, 0) - dot[i].of_row;
        y.put(j, where_possible(logit, temperature == 1 ? change : change / temperature));
      });
    }
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
