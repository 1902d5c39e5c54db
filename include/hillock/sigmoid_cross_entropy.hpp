// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/elementwise.hpp>
#include <hillock/core/slices.hpp>
#include <hillock/math/exp.hpp>
#include <hillock/math/log1p.hpp>
#include <hillock/math/logistic.hpp>

namespace hillock {
inline namespace HILLOCK_ABI {
namespace detail {

/// 0 where the weight is, also for infinite numbers.
template <typename V>
HILLOCK_INLINE V weighted(const V& weight, const V& number) {
  return select(weight == 0, V(0), weight * number);
}

/// (1 - t) softplus(x) + w t softplus(-x): of two terms of one sign nothing cancels.
template <typename T>
struct sigmoid_loss_kernel {
  using scalar = T;
  static constexpr bool is_cheap = false;
  real<T> positive_weight;

  template <typename V>
  HILLOCK_INLINE V operator()(const V& x, const V& t) const {
    const V log = math::log1p(math::exp(-abs(x)));
    const V loss = weighted(1 - t, maximum(x, V(0)) + log) +
                   weighted(positive_weight * t, maximum(-x, V(0)) + log);
    return propagate_nan(x, loss);
  }
};

/// (1 - t) sigmoid(x) - w t sigmoid(-x), scaled.
template <typename T>
struct sigmoid_loss_gradient_kernel {
  using scalar = T;
  static constexpr bool is_cheap = false;
  real<T> positive_weight, scale;

  template <typename V>
  HILLOCK_INLINE V operator()(const V& x, const V& t) const {
    const V rise = (1 - t) * math::logistic(x);
    return scale * fma(-(positive_weight * t), math::logistic(-x), rise);
  }
};

/// The losses of slices, summed.
template <typename T>
struct sigmoid_loss_sum {
  static constexpr int tiled_vectors = 0;
  sigmoid_loss_kernel<T> loss;
  per_slice<T> out;

  template <bool Along, typename X, typename Y>
  HILLOCK_INLINE void run(const place& at, const X& x, const Y& t) const {
    using V = typename X::lanes_type;
    constexpr auto none = -std::numeric_limits<typename V::scalar>::infinity();
    slice_sum<Along, V> sum;
    at.for_each_vector([&](auto j) HILLOCK_INLINE_LAMBDA {
      sum.add(j.j, loss(x.get(j, none), t.get(j, 0)));  // the loss of -infinity as 0 is 0
    });
    out.put(at, sum.total(at.vectors).total());
  }
};

}  // namespace detail

/// sigmoid_cross_entropy(x, t) = (1 - t) log(1 + e^x) + t log(1 + e^-x)
///
/// The loss of a logit x, whose sigmoid is a probability, for the target t in [0, 1]; the same as
/// max(x, 0) - x t + log(1 + e^-|x|).
///
/// Use         The loss for two classes, or for several that do not exclude each other; the network
///             then ends with the logits.
/// Shapes      logits and targets of one shape.
/// Verbs       forward: the mean over entries; forward_sum: the sum; forward_each: one per entry, a
///             lazy expression. backward: the gradient of the mean, (sigmoid(x) - t) / n;
///             backward_sum: that of the sum; both lazy. A mean over nothing is 0.
/// Options     positive_weight, a public member: the factor of the term of t, by default 1.
/// Edges       NaN gives NaN. At +-infinity the loss is 0 or infinity; a term of weight 0 adds 0.
/// Error       4 ulp, values and gradients, for targets 0 and 1; for others 4 ulp of the larger
///             term of the gradient.
/// Errors      std::invalid_argument where targets have not the shape of logits, or positive_weight
///             is not finite and >= 0.
/// Source      torch.nn.BCEWithLogitsLoss, PyTorch 2.
template <typename T>
class sigmoid_cross_entropy {
  static_assert(std::is_floating_point_v<T> || detail::is_small_float<T>,
                "hillock: sigmoid_cross_entropy works over float, double, long double, Eigen::half "
                "or Eigen::bfloat16, e.g. hillock::sigmoid_cross_entropy<float>");
  using R = real<T>;

 public:
  using scalar = T;
  static constexpr std::string_view name = "sigmoid_cross_entropy";

  R positive_weight = 1;

  template <typename X, typename Y>
  T forward(const X& logits, const Y& targets) const {
    const R sum = total("forward", logits, targets);
    if constexpr (is_argument<X>())
      return static_cast<T>(logits.size() == 0 ? R(0) : sum / static_cast<R>(logits.size()));
  }
  template <typename X, typename Y>
  T forward_sum(const X& logits, const Y& targets) const {
    return static_cast<T>(total("forward_sum", logits, targets));
  }
  template <typename X, typename Y>
  auto forward_each(X&& logits, Y&& targets) const {
    return lazy("forward_each", detail::sigmoid_loss_kernel<T>{positive_weight},
                std::forward<X>(logits), std::forward<Y>(targets));
  }

  template <typename X, typename Y>
  auto backward(X&& logits, Y&& targets) const {
    if constexpr (is_argument<X>()) {
      const R scale = 1 / static_cast<R>((std::max)(Eigen::Index(1), Eigen::Index(logits.size())));
      return lazy("backward", detail::sigmoid_loss_gradient_kernel<T>{positive_weight, scale},
                  std::forward<X>(logits), std::forward<Y>(targets));
    }
  }
  template <typename X, typename Y>
  auto backward_sum(X&& logits, Y&& targets) const {
    return lazy("backward_sum", detail::sigmoid_loss_gradient_kernel<T>{positive_weight, R(1)},
                std::forward<X>(logits), std::forward<Y>(targets));
  }

 private:
  template <typename A>
  static constexpr bool is_argument() {
    return detail::is_argument_of<T, A>();
  }

  template <typename X, typename Y>
  void check(std::string_view verb, const X& logits, const Y& targets) const {
    detail::expect_shape_of(logits, targets, name, verb, "targets", "logits");
    if (!detail::contains(domain::nonnegative, positive_weight))
      detail::fail(detail::text(name, verb) + ": positive_weight must be finite and >= 0, but is " +
                   detail::number_text(positive_weight));
  }

  template <typename Kernel, typename X, typename Y>
  auto lazy(std::string_view verb, const Kernel& kernel, X&& logits, Y&& targets) const {
    if constexpr (is_argument<X>() && is_argument<Y>()) {
      check(verb, logits, targets);
      using derived = std::decay_t<decltype(logits.derived())>;
      const auto& t = targets.derived();
      auto result = logits.derived().binaryExpr(detail::as_kind_of<derived>(t),
                                                detail::functor<Kernel>{kernel});
      if constexpr (detail::is_plain_temporary<X> || detail::is_plain_temporary<Y>)
        return typename derived::PlainObject(result);
      else
        return result;
    }
  }

  template <typename X, typename Y>
  R total(std::string_view verb, const X& logits, const Y& targets) const {
    detail::running_sum<math::lanes<R>> sum;
    if constexpr (is_argument<X>() && is_argument<Y>()) {
      check(verb, logits, targets);
      if (logits.size() > 0)
        add(sum, detail::in_memory(logits.derived()), detail::in_memory(targets.derived()));
    }
    return sum.total().bits();
  }
  /// Slice by slice as they lie in memory.
  template <typename X, typename Y>
  void add(detail::running_sum<math::lanes<R>>& sum, const X& x, const Y& t) const {
    using axis = std::conditional_t<X::IsRowMajor, per_row, per_column>;
    using kernel = detail::sigmoid_loss_sum<T>;
    detail::read_slices<axis, T>(kernel{{positive_weight}, {nullptr, 1, &sum}}, x, t);
  }
};

}  // namespace HILLOCK_ABI
}  // namespace hillock
