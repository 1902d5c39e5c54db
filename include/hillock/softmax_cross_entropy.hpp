// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/axiswise.hpp>
#include <hillock/core/softmax_row.hpp>

#include <optional>

namespace hillock {
inline namespace HILLOCK_ABI {
namespace detail {

/// How a target becomes weights of the classes: w_i (kept t_i + spread).
template <typename T>
struct class_options {
  using R = real<T>;
  const T* weights = nullptr;  // none: all 1
  std::ptrdiff_t classes = 0;
  R total_weight = 0;
  R kept = 1, spread = 0;  // 1 - label_smoothing, label_smoothing / classes
  R scale = 1;             // of the gradient

  HILLOCK_INLINE R weight(std::ptrdiff_t i) const {
    return weights ? static_cast<R>(weights[i]) : R(1);
  }
  /// Those of vector j of row x; 0 in lanes not in use.
  template <bool Along, typename X, typename At>
  HILLOCK_INLINE auto weights_at(const X& x, At j) const {
    using V = typename X::lanes_type;
    if (!weights) return x.used(j);
    if constexpr (Along)
      return rows_of<layout::along, V, const T>({weights, 0, 1, weights, weights + classes}, 0, 1,
                                                classes)(0)
          .get(any_vector{j.j}, 0);
    else
      return V(weight(j.j));
  }
};

/// a b, but 0 where a is, whatever b.
template <typename V>
HILLOCK_INLINE V gated_product(const V& a, const V& b) {
  return select(a == 0, V(0), a * b);
}

/// The label whose slices count nowhere, if there is one.
struct ignored_label {
  bool exists = false;
  std::ptrdiff_t label = 0;

  /// Not inlined: of an empty optional in sight GCC 12 reads the number too early, and warns.
  static EIGEN_DONT_INLINE ignored_label of(const std::optional<Eigen::Index>& label) {
    return label ? ignored_label{true, *label} : ignored_label{};
  }
  HILLOCK_INLINE bool counts(std::ptrdiff_t l) const { return !exists || l != label; }
};

/// The label of each slice. One that is ignored has factors 0.
template <typename T, typename L>
struct label_targets : class_options<T> {
  using R = real<T>;
  slices<const L> labels;
  ignored_label ignored;

  HILLOCK_INLINE std::ptrdiff_t label(std::ptrdiff_t s) const {
    return static_cast<std::ptrdiff_t>(labels.data[s * labels.step]);
  }
  HILLOCK_INLINE bool counts(std::ptrdiff_t s) const { return ignored.counts(label(s)); }

  /// The logit at the label, its weight, and the factors of the loss by label and by smoothing.
  template <typename V>
  struct of_lanes {
    R logit[V::width], weight[V::width], factor[V::width], spread[V::width];
  };
  /// Along a slice, all lanes are those of its label.
  template <bool Along, typename X>
  HILLOCK_INLINE auto read(const place& at, const X& x) const {
    using V = typename X::lanes_type;
    of_lanes<V> all;
    for (int i = 0; i < V::width; ++i) {
      const int lane = i < at.lanes ? i : at.lanes - 1;
      const bool is_counted = counts(at.first + lane);
      const std::ptrdiff_t l = is_counted ? label(at.first + lane) : 0;
      all.logit[i] = static_cast<R>(entry_of<Along>(x, l, lane));
      all.weight[i] = this->weight(l);
      all.factor[i] = is_counted ? this->scale * this->kept * all.weight[i] : R(0);
      all.spread[i] = is_counted ? this->scale * this->spread : R(0);
    }
    return all;
  }
  /// Entry l of the slice in a lane of a row.
  template <bool Along, typename Row>
  static HILLOCK_INLINE auto& entry_of(const Row& row, std::ptrdiff_t l, int lane) {
    return row.data[Along ? l * row.lane_step : l * row.jump + lane * row.lane_step];
  }
};

/// kept w_label (log sum e^x - x_label) + spread sum over i of w_i (log sum e^x - x_i)
template <typename T, typename L>
struct label_loss : label_targets<T, L> {
  static constexpr int tiled_vectors = 4;
  static constexpr bool takes_groups = true;
  per_slice<T> out;

  template <typename Group, typename X>
  HILLOCK_INLINE void run(const Group& at, const X& x) const {
    constexpr bool along = Group::sums_are_registers;
    using logits = exactly_from_logits<Group, X>;
    typename logits::knowledge rows(at, x);
    logits(rows, x, 1).sum_up(at, nowhere{});
    for (int i = 0; i < at.rows; ++i)
      out.put(at.row(i), loss<along>(at.row(i), x(i), rows.most[i], rows.sum[i]));
  }

 private:
  template <bool Along, typename X, typename V>
  HILLOCK_INLINE V loss(const place& at, const X& x, const V& most,
                        const running_sum<V>& sum) const {
    const auto label = this->template read<Along>(at, x);
    const V log = log_of_exponentials(sum);
    const V at_label = gated_product(load<V>(label.factor), log + (most - load<V>(label.logit)));
    if (this->spread == 0) return at_label;
    const V factor = load<V>(label.spread);
    slice_sum<Along, V> below;
    at.for_each_vector([&](auto j) HILLOCK_INLINE_LAMBDA {
      const V share = factor * this->template weights_at<Along>(x, j);
      below.add(j.j, gated_product(share, most - logit(x, j)));
    });
    const V common = gated_product(factor * this->total_weight, log);
    return at_label + (common + below.total(at.vectors).sum);
  }
};

/// (softmax(x) - 1 at the label) kept w_label + spread (softmax(x) total_weight - w_i)
template <typename T, typename L>
struct label_gradient : label_targets<T, L> {
  using R = real<T>;
  static constexpr int tiled_vectors = 4;
  static constexpr bool takes_groups = true;

  template <typename Group, typename X, typename To>
  HILLOCK_INLINE void run(const Group& at, const X& x, const To& to) const {
    constexpr bool along = Group::sums_are_registers;
    using logits = exactly_from_logits<Group, X>;
    using V = typename logits::V;
    struct second_pass {
      typename logits::dividing p;
      V factor, spread;
    };
    struct target {
      typename label_targets<T, L>::template of_lanes<V> label;
      R gradient[V::width];  // there
    };
    typename Group::template values<target> targets;
    const auto target_of = [&](int i) HILLOCK_INLINE_LAMBDA {
      return target{this->template read<along>(at.row(i), x(i)), {}};
    };
    for (int i = 0; i < at.rows; ++i)  // before the target, which may be x, holds exponentials
      targets.put_made(i, target_of);
    typename logits::knowledge rows(at, x);
    logits p(rows, x, 1);
    p.sum_up(at, to);
    const bool is_smooth = this->spread != 0;
    at.write(
        to,
        [&](int i) HILLOCK_INLINE_LAMBDA {
          const auto& label = targets[i].label;
          const second_pass pass{p.second_pass(i), load<V>(label.factor), load<V>(label.spread)};
          // At the label, minus the probabilities of all others; it is written last.
          const V e = p.exponential(pass.p, load<V>(label.logit));
          const running_sum<V>& sum = rows.sum[i];
          V there = gated_product(pass.factor, -pass.p.scaled((sum.sum - e) + sum.lost));
          if (is_smooth)
            there = there + smoothing(pass.spread, pass.p.scaled(e), load<V>(label.weight));
          store(there, targets[i].gradient);
          update_labels<along>(at.row(i), to(i), targets[i].gradient);
          return pass;
        },
        [&](const second_pass& pass, int i, auto j) HILLOCK_INLINE_LAMBDA {
          const V probability = p.probability(pass.p, i, j, to(i));
          V dx = gated_product(pass.factor, probability);
          if (is_smooth)
            dx =
                dx + smoothing(pass.spread, probability, this->template weights_at<along>(x(i), j));
          return dx;
        },
        [&](int i)
            HILLOCK_INLINE_LAMBDA { put_labels<along>(at.row(i), to(i), targets[i].gradient); });
  }

 private:
  template <typename V>
  HILLOCK_INLINE V smoothing(const V& factor, const V& p, const V& weight) const {
    return gated_product(factor, p * this->total_weight - weight);
  }
  /// What the entries at the labels are to become, from what is added to them or subtracted.
  template <bool Along, typename To>
  HILLOCK_INLINE void update_labels(const place& at, const To& to, R* gradient) const {
    if (to.how == update::set) return;
    for_each_label(at, [&](int lane, std::ptrdiff_t label) HILLOCK_INLINE_LAMBDA {
      const auto before = static_cast<R>(this->template entry_of<Along>(to, label, lane));
      gradient[lane] = to.how == update::add ? before + gradient[lane] : before - gradient[lane];
    });
  }
  template <bool Along, typename To>
  HILLOCK_INLINE void put_labels(const place& at, const To& to, const R* gradient) const {
    for_each_label(at, [&](int lane, std::ptrdiff_t label) HILLOCK_INLINE_LAMBDA {
      this->template entry_of<Along>(to, label, lane) =
          static_cast<std::decay_t<decltype(*to.data)>>(gradient[lane]);
    });
  }
  template <typename Body>
  HILLOCK_INLINE void for_each_label(const place& at, Body body) const {
    for (int i = 0; i < at.lanes; ++i)
      if (this->counts(at.first + i)) body(i, this->label(at.first + i));
  }
};

/// The targets of a row of slices, weighted and smoothed: q_i = w_i (kept t_i + spread).
template <bool Along, typename X, typename Q, typename T>
struct weighted_targets {
  using V = typename X::lanes_type;
  const X& x;
  const Q& t;
  const class_options<T>& options;

  template <typename At>
  HILLOCK_INLINE V get(At j) const {
    const V smooth = t.get(j, 0) * options.kept + V(options.spread);
    return options.template weights_at<Along>(x, j) * smooth;
  }
};

/// sum over i of q_i (log sum e^x - x_i)
template <typename T>
struct probability_loss : class_options<T> {
  static constexpr int tiled_vectors = 4;
  per_slice<T> out;

  template <bool Along, typename X, typename Q>
  HILLOCK_INLINE void run(const place& at, const X& x, const Q& t) const {
    using V = typename X::lanes_type;
    const weighted_targets<Along, X, Q, T> target{x, t, *this};
    const softmax_row<Along, X> row(at, x, 1);
    slice_sum<Along, V> below, all;
    at.for_each_vector([&](auto j) HILLOCK_INLINE_LAMBDA {
      const V q = target.get(j);
      below.add(j.j, gated_product(q, row.most - row.get(j)));
      all.add(j.j, q);
    });
    const V log =
        gated_product(all.total(x.vectors).sum, log_of_exponentials(sum_of_exponentials(at, row)));
    out.put(at, log + below.total(x.vectors).sum);
  }
};

/// softmax(x) sum of q - q
template <typename T>
struct probability_gradient : class_options<T> {
  static constexpr int tiled_vectors = 4;

  template <bool Along, typename X, typename Q, typename To>
  HILLOCK_INLINE void run(const place& at, const X& x, const Q& t, const To& to) const {
    using V = typename X::lanes_type;
    const weighted_targets<Along, X, Q, T> target{x, t, *this};
    const softmax_row<Along, X> row(at, x, 1);
    const exponentials<Along, X> exps(row);
    const running_sum<V> sum = exps.keep(at, to);
    const reciprocal<V> inverse(sum);
    slice_sum<Along, V> all;
    at.for_each_vector([&](auto j) HILLOCK_INLINE_LAMBDA { all.add(j.j, target.get(j)); });
    const V total = all.total(to.vectors).sum;
    at.for_each_vector([&](auto j) HILLOCK_INLINE_LAMBDA {
      to.put(j, (inverse.times(exps.get(j, to)) * total - target.get(j)) * this->scale);
    });
  }
};

}  // namespace detail

/// softmax_cross_entropy(x, label) = log sum over j of e^(x_j) - x_label
///
/// The loss of a classifier whose last layer gives the logits x, for the class `label`: the
/// negative logarithm of its softmax probability, computed without forming that. In place of a
/// label a slice may have a probability t_i for each class: sum over i of t_i (log sum e^x - x_i).
///
/// Use         The loss for one of several classes; the network then ends with the logits, and
///             softmax is for use after training.
/// Shapes      logits: slices along Axis (whole: a vector is one observation; per_column, per_row).
///             labels: an Eigen vector of integers, one per slice, each the index of an entry; or
///             probabilities, in the shape of the logits.
/// Verbs       forward: the mean over slices; forward_sum: the sum; forward_each: a vector of one
///             per slice (this one allocates). backward: the gradient of the mean by the logits,
///             (softmax(x) - onehot) / n; backward_sum: that of the sum. A mean over nothing is 0.
/// Options     public members, off by default. ignore_index: slices with this label count nowhere.
///             label_smoothing, in [0, 1]: targets (1 - s) t_i + s / classes. class_weights: term i
///             times w_i; the mean over labels is then that weighted with w_label, the mean over
///             probabilities undivided, as in PyTorch.
/// Errors      std::invalid_argument where labels are not one per slice or out of range, targets or
///             weights do not fit, label_smoothing is not in [0, 1], or slices are empty.
/// Edges       NaN or +infinity in a slice makes its loss and gradient NaN, unless it is ignored.
///             Finite where the true class has logit -1e4. With all slices ignored loss and
///             gradient are 0 (PyTorch: the loss is NaN). A probability 0 at a logit -infinity adds
///             0. Where all logits are -infinity the loss is NaN and the gradient 0.
/// Evaluation  log1p of what the other classes add to the largest; at the label the gradient is
///             minus the sum of the other probabilities, not 1 less than a number near 1.
/// Error       by label, without options: loss 4 ulp, gradient of the sum 5 ulp.
/// Source      the mean of weighted losses: torch.nn.CrossEntropyLoss, PyTorch 2.
///
/// The gradient is an expression, as those of softmax; it refers to class_weights.
template <typename T, typename Axis = whole>
class softmax_cross_entropy : public axiswise<softmax_cross_entropy<T, Axis>> {
  using base = axiswise<softmax_cross_entropy<T, Axis>>;
  using R = real<T>;

 public:
  static constexpr std::string_view name = "softmax_cross_entropy";

  std::optional<Eigen::Index> ignore_index;
  R label_smoothing = 0;
  Eigen::Array<T, Eigen::Dynamic, 1> class_weights;

  template <typename X, typename Y>
  T forward(const X& logits, const Y& labels) const {
    const R sum = evaluate("forward", logits, labels, nullptr);
    if constexpr (are_arguments<X, Y>()) return static_cast<T>(sum / divisor(logits, labels));
  }

  template <typename X, typename Y>
  T forward_sum(const X& logits, const Y& labels) const {
    return static_cast<T>(evaluate("forward_sum", logits, labels, nullptr));
  }

  /// One loss per slice, as a plain column: this one allocates.
  template <typename X, typename Y>
  auto forward_each(const X& logits, const Y& labels) const {
    if constexpr (are_arguments<X, Y>()) {
      Eigen::Array<T, Eigen::Dynamic, 1> each(detail::slice_count<Axis>(logits));
      evaluate("forward_each", logits, labels, each.data());
      return each;
    }
  }

  template <typename X, typename Y>
  auto backward(X&& logits, Y&& labels) const {
    return gradient("backward", std::forward<X>(logits), std::forward<Y>(labels), true);
  }

  template <typename X, typename Y>
  auto backward_sum(X&& logits, Y&& labels) const {
    return gradient("backward_sum", std::forward<X>(logits), std::forward<Y>(labels), false);
  }

 private:
  /// Are these labels (or else probabilities)? Says what is wrong with neither.
  template <typename X, typename Y>
  static constexpr bool are_labels() {
    static_assert(detail::is_dense<Y>,
                  "hillock: labels must be an Eigen vector of integers, or "
                  "probabilities in the shape of the logits");
    if constexpr (detail::is_dense<Y>) {
      using targets = std::decay_t<Y>;
      constexpr bool are_probabilities =
          std::is_same_v<typename targets::Scalar, T> &&
          (!targets::IsVectorAtCompileTime || std::decay_t<X>::IsVectorAtCompileTime);
      static_assert(are_probabilities || (std::is_integral_v<typename targets::Scalar> &&
                                          targets::IsVectorAtCompileTime),
                    "hillock: labels must be an Eigen vector of integers, or probabilities in the "
                    "shape of the logits");
      return !are_probabilities;
    } else {
      return false;
    }
  }

  template <typename X, typename Y>
  static constexpr bool are_arguments() {
    if constexpr (detail::is_sliceable<base, X>()) {
      static_assert(are_labels<X, Y>() || detail::is_dense<Y>);  // so that GCC says it first
      return detail::is_dense<Y>;
    } else {
      return false;
    }
  }

  template <typename X>
  detail::class_options<T> options(std::string_view verb, const X& x) const {
    const Eigen::Index classes = detail::slice_length<Axis>(x);
    if (!(label_smoothing >= 0 && label_smoothing <= 1))
      detail::fail(detail::text(name, verb) + ": label_smoothing must lie in [0, 1], but is " +
                   detail::number_text(label_smoothing));
    if (class_weights.size() != 0 && class_weights.size() != classes)
      detail::fail(detail::text(name, verb) + ": there are " +
                   std::to_string(class_weights.size()) + " class_weights, but " +
                   std::to_string(classes) + " classes");
    detail::class_options<T> all;
    all.weights = class_weights.size() == 0 ? nullptr : class_weights.data();
    all.classes = classes;
    detail::running_sum<math::lanes<R>> total;
    for (Eigen::Index i = 0; i < class_weights.size(); ++i)
      total.add(static_cast<R>(class_weights[i]));
    all.total_weight = all.weights ? total.sum.bits() : static_cast<R>(classes);
    all.kept = 1 - label_smoothing;
    all.spread = classes == 0 ? R(0) : label_smoothing / static_cast<R>(classes);
    return all;
  }

  /// Throws where labels or probabilities do not fit the logits.
  template <typename X, typename Y>
  void check(std::string_view verb, const X& x, const Y& targets) const {
    const Eigen::Index count = detail::slice_count<Axis>(x);
    if (count > 0) detail::expect_entries<Axis>(x, name, verb);
    if constexpr (!are_labels<X, Y>()) {
      detail::expect_shape_of(x, targets, name, verb, "targets", "logits");
    } else {
      if (targets.size() != count)
        detail::fail(detail::text(name, verb) + ": there are " + std::to_string(targets.size()) +
                     " labels, but logits is " + detail::text({x.rows(), x.cols()}) +
                     ", which is " + std::to_string(count) + " slices");
      for (Eigen::Index i = 0; i < count; ++i)
        check_label(verb, i, static_cast<Eigen::Index>(targets.coeff(i)),
                    detail::slice_length<Axis>(x));
    }
  }
  void check_label(std::string_view verb, Eigen::Index slice, Eigen::Index label,
                   Eigen::Index classes) const {
    if ((label < 0 || label >= classes) && ignored().counts(label))
      detail::fail(detail::text(name, verb) + ": label " + std::to_string(label) + " of slice " +
                   std::to_string(slice) + " is out of range, for there are " +
                   std::to_string(classes) + " classes");
  }

  detail::ignored_label ignored() const { return detail::ignored_label::of(ignore_index); }

  /// What the mean divides by: slices, or their weights; 1 where there are none.
  template <typename X, typename Y>
  R divisor(const X& x, const Y& targets) const {
    R sum = 0;
    if constexpr (are_labels<X, Y>()) {
      const detail::ignored_label skipped = ignored();
      if (!skipped.exists && class_weights.size() == 0) {
        sum = static_cast<R>(targets.size());
      } else {
        detail::running_sum<math::lanes<R>> total;
        for (Eigen::Index i = 0; i < targets.size(); ++i)
          if (const auto label = static_cast<Eigen::Index>(targets.coeff(i)); skipped.counts(label))
            total.add(class_weights.size() == 0 ? R(1) : static_cast<R>(class_weights[label]));
        sum = total.total().bits();
      }
    } else {
      sum = static_cast<R>(detail::slice_count<Axis>(x));
    }
    return sum == 0 ? R(1) : sum;
  }

  template <typename Y>
  static auto labelled(const detail::class_options<T>& all, const Y& labels,
                       const detail::ignored_label& ignored) {
    using label = typename Y::Scalar;
    return detail::label_targets<T, label>{all, detail::slices_of<whole, const label>(labels),
                                           ignored};
  }

  /// The sum of all losses; each goes to `each` unless that is null.
  template <typename X, typename Y>
  R evaluate(std::string_view verb, const X& logits, const Y& targets, T* each) const {
    detail::running_sum<math::lanes<R>> sum;
    if constexpr (are_arguments<X, Y>()) {
      check(verb, logits, targets);
      const detail::class_options<T> all = options(verb, logits);
      const auto& x = detail::in_memory(logits.derived());
      const auto& y = detail::in_memory(targets.derived());
      const detail::per_slice<T> out{each, 1, &sum};
      if constexpr (are_labels<X, Y>())
        read(detail::label_loss<T, typename Y::Scalar>{labelled(all, y, ignored()), out}, x);
      else
        read(detail::probability_loss<T>{all, out}, x, y);
    }
    return sum.total().bits();
  }
  template <typename Kernel, typename... X>
  static void read(const Kernel& kernel, const X&... x) {
    detail::slice_op<Kernel, T, Axis>(kernel).read(x...);
  }

  /// The gradient by labels as an operation of the expression `slicewise`.
  struct label_op : detail::shaped_like_x {
    using scalar = T;
    detail::class_options<T> options;
    detail::ignored_label ignored;

    label_op(const detail::class_options<T>& all, const detail::ignored_label& ignore)
        : options(all), ignored(ignore) {}

    template <typename Dst, typename X, typename Y>
    void run(Dst& dst, detail::update how, const X& x, const Y& labels) const {
      using kernel = detail::label_gradient<T, typename Y::Scalar>;
      typename base::template op<kernel>({labelled(options, labels, ignored)}).run(dst, how, x);
    }
  };

  template <typename X, typename Y>
  auto gradient(std::string_view verb, X&& logits, Y&& targets, bool of_mean) const {
    if constexpr (are_arguments<X, Y>()) {
      check(verb, logits, targets);
      detail::class_options<T> all = options(verb, logits);
      if (of_mean) all.scale = 1 / divisor(logits, targets);
      if constexpr (are_labels<X, Y>())
        return base::expression(label_op(all, ignored()), std::forward<X>(logits),
                                std::forward<Y>(targets));
      else
        return base::expression(typename base::template op<detail::probability_gradient<T>>({all}),
                                std::forward<X>(logits), std::forward<Y>(targets));
    }
  }
};

}  // namespace HILLOCK_ABI
}  // namespace hillock
