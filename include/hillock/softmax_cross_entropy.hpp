// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/arguments.hpp>
#include <hillock/core/scalars.hpp>
#include <hillock/core/softmax_row.hpp>
#include <hillock/math/log1p.hpp>

namespace hillock {
inline namespace HILLOCK_ABI {
namespace detail {

/// What the loss knows of one row of vectors, in every lane: log sum e^x - x[label], and its
/// derivative by x[label], which is minus the probability of all other classes.
template <bool Along, typename V, typename T>
struct cross_entropy_row : softmax_row<Along, V, T> {
  using rows = softmax_row<Along, V, T>;
  using R = typename V::scalar;
  R label_value[V::width];

  template <typename L>
  HILLOCK_INLINE cross_entropy_row(const slices<const T>& all, const slices<const L>& labels,
                                   std::ptrdiff_t s, std::ptrdiff_t count, std::ptrdiff_t length)
      : rows{row_of<Along, V>(all, s, count, length), V(1), false} {
    for (int i = 0; i < V::width; ++i) {  // along a slice all lanes hold its label
      const std::ptrdiff_t slice = Along || s + i >= count ? s : s + i;
      const auto label = static_cast<std::ptrdiff_t>(labels.data[slice * labels.step]);
      label_value[i] = static_cast<R>(all.data[slice * all.slice_step + label * all.step]);
    }
    rows::find_maximum();
  }
  HILLOCK_INLINE V at_label() const { return load<V>(label_value); }

  HILLOCK_INLINE V loss(const running_sum<V>& sum) const {
    return math::log1p((sum.sum - 1) + sum.lost) + (rows::most - at_label());
  }
  HILLOCK_INLINE V label_derivative(const running_sum<V>& sum, const reciprocal<V>& inverse) const {
    const V e = exp_below(at_label(), rows::most, V(1), false);
    return -inverse.times((sum.sum - e) + sum.lost);
  }
};

template <bool Along, typename T, typename L>
struct cross_entropy_forward {
  using scalar = real<T>;
  slices<const T> x;
  slices<const L> labels;
  std::ptrdiff_t count, length;
  T* each;        // one loss per slice, unless null
  scalar* total;  // their sum, unless null

  template <typename V>
  HILLOCK_INLINE void on() const {
    running_sum<math::lanes<scalar>> sum;
    for (std::ptrdiff_t s = 0; s < count; s += Along ? 1 : V::width) slice<V>(s, sum);
    if (total) *total = (sum.sum + sum.lost).bits();
  }

 private:
  template <typename V>
  HILLOCK_INLINE void slice(std::ptrdiff_t s, running_sum<math::lanes<scalar>>& losses) const {
    const cross_entropy_row<Along, V, T> r(x, labels, s, count, length);
    running_sum<V> sum;
    for (std::ptrdiff_t j = 0; j < r.x.vectors; ++j) sum.add(r.exponential(j));
    scalar loss[V::width];
    store(r.loss(r.total(sum)), loss);
    for (std::ptrdiff_t i = 0; i < (Along ? 1 : V::width) && s + i < count; ++i) {
      if (each) each[s + i] = static_cast<T>(loss[i]);
      losses.add(loss[i]);
    }
  }
};

/// (softmax(x) - 1 at the label) * scale.
template <bool Along, typename T, typename L>
struct cross_entropy_backward {
  using scalar = real<T>;
  slices<const T> x;
  slices<const L> labels;
  slices<T> dx;
  std::ptrdiff_t count, length;
  scalar scale;
  update how;

  template <typename V>
  HILLOCK_INLINE void on() const {
    const cross_entropy_backward task = *this;
    for (std::ptrdiff_t s = 0; s < count; s += Along ? 1 : V::width) task.template slice<V>(s);
  }

 private:
  template <typename V>
  HILLOCK_INLINE void slice(std::ptrdiff_t s) const {
    const cross_entropy_row<Along, V, T> r(x, labels, s, count, length);
    const auto to = row_of<Along, V>(dx, s, count, length);
    const bool stores = how == update::set && std::is_same_v<T, scalar>;
    running_sum<V> sum;
    for (std::ptrdiff_t j = 0; j < to.vectors; ++j) {
      const V e = r.exponential(j);
      if (stores) to.put(j, e);
      sum.add(e);
    }
    sum = r.total(sum);
    const reciprocal<V> inverse(sum);
    scalar at_label[V::width];
    store(r.label_derivative(sum, inverse) * scale, at_label);
    for (std::ptrdiff_t i = 0; i < (Along ? 1 : V::width) && s + i < count; ++i)
      at_label[i] = updated(label_entry(s + i), at_label[i]);
    for (std::ptrdiff_t j = 0; j < to.vectors; ++j)
      to.put(j, inverse.times(stores ? to.get(j, 0) : r.exponential(j)) * scale, how);
    for (std::ptrdiff_t i = 0; i < (Along ? 1 : V::width) && s + i < count; ++i)
      label_entry(s + i) = static_cast<T>(at_label[i]);
  }

  T& label_entry(std::ptrdiff_t s) const {
    const auto label = static_cast<std::ptrdiff_t>(labels.data[s * labels.step]);
    return dx.data[s * dx.slice_step + label * dx.step];
  }
  scalar updated(const T& before, scalar change) const {
    if (how == update::set) return change;
    return how == update::add ? static_cast<scalar>(before) + change
                              : static_cast<scalar>(before) - change;
  }
};

}  // namespace detail

/// softmax_cross_entropy(x, label) = log sum over j of e^(x_j) - x_label
///
/// The loss of a classifier whose last layer gives the logits x, for the class `label`: the
/// negative logarithm of its softmax probability, computed without forming that.
///
/// Shapes      logits: slices along Axis (whole: a vector is one observation; per_column, per_row);
///             labels: an Eigen vector of integers, one per slice, each the index of an entry.
/// Verbs       forward: the mean over slices; forward_sum: the sum; forward_each: a vector of one
///             per slice. backward: the gradient of the mean by the logits, (softmax(x) - onehot) /
///             n; backward_sum: that of the sum. A mean over no slices is 0.
/// Errors      std::invalid_argument where labels are not one per slice or out of range, or slices
///             are empty.
/// Edges       NaN or +infinity in a slice makes its loss and gradient NaN. Finite where the true
///             class has logit -1e4.
/// Evaluation  log1p of what the other classes add to the largest; at the label the gradient is
///             minus the sum of the other probabilities, not 1 less than a number near 1.
template <typename T, typename Axis = whole>
class softmax_cross_entropy {
  static_assert(std::is_floating_point_v<T> || detail::is_small_float<T>,
                "hillock: softmax_cross_entropy works over float, double, long double, Eigen::half "
                "or Eigen::bfloat16, e.g. hillock::softmax_cross_entropy<float>");

 public:
  using scalar = T;
  using axis = Axis;
  static constexpr std::string_view name = "softmax_cross_entropy";

  template <typename X, typename L>
  T forward(const X& logits, const L& labels) const {
    const Eigen::Index count = detail::slice_count<Axis>(logits);
    return static_cast<T>(
        count == 0 ? real<T>(0) : total("forward", logits, labels) / static_cast<real<T>>(count));
  }

  template <typename X, typename L>
  T forward_sum(const X& logits, const L& labels) const {
    return static_cast<T>(total("forward_sum", logits, labels));
  }

  /// One loss per slice, as a plain column: this one allocates.
  template <typename X, typename L>
  Eigen::Array<T, Eigen::Dynamic, 1> forward_each(const X& logits, const L& labels) const {
    Eigen::Array<T, Eigen::Dynamic, 1> losses(detail::slice_count<Axis>(logits));
    evaluate("forward_each", logits, labels, losses.data(), nullptr);
    return losses;
  }

  template <typename X, typename L>
  auto backward(const X& logits, const L& labels) const {
    const Eigen::Index count = detail::slice_count<Axis>(logits);
    return gradient("backward", logits, labels,
                    count == 0 ? real<T>(1) : 1 / static_cast<real<T>>(count));
  }

  template <typename X, typename L>
  auto backward_sum(const X& logits, const L& labels) const {
    return gradient("backward_sum", logits, labels, real<T>(1));
  }

 private:
  struct backward_op {
    using scalar = T;
    real<T> scale;
    template <typename Dst, typename X, typename L>
    void run(Dst& dst, detail::update how, const X& x, const L& labels) const {
      using label = typename L::Scalar;
      detail::perform(detail::cross_entropy_backward<detail::lies_along<Axis, X>, T, label>{
          detail::slices_of<Axis, const T>(x), detail::slices_of<whole, const label>(labels),
          detail::slices_of<Axis, T>(dst), detail::slice_count<Axis>(x),
          detail::slice_length<Axis>(x), scale, how});
    }
  };

  template <typename X, typename L>
  static void check(std::string_view verb, const X& logits, const L& labels) {
    static_assert(std::is_integral_v<typename L::Scalar> && L::IsVectorAtCompileTime,
                  "hillock: labels must be an Eigen vector of integers");
    const Eigen::Index count = detail::slice_count<Axis>(logits);
    const Eigen::Index length = detail::slice_length<Axis>(logits);

    if (count > 0) detail::expect_entries<Axis>(logits, name, verb);
    if (labels.size() != count)
      detail::fail(detail::text(name, verb) + ": there are " + std::to_string(labels.size()) +
                   " labels, but logits is " + detail::text({logits.rows(), logits.cols()}) +
                   ", which is " + std::to_string(count) + " slices");
    for (Eigen::Index i = 0; i < count; ++i)
      if (const auto label = static_cast<Eigen::Index>(labels.coeff(i));
          label < 0 || label >= length)
        detail::fail(detail::text(name, verb) + ": label " + std::to_string(label) + " of slice " +
                     std::to_string(i) + " is out of range, for there are " +
                     std::to_string(length) + " classes");
  }

  template <typename X, typename L>
  static void evaluate(std::string_view verb, const X& logits, const L& labels, T* each,
                       real<T>* sum) {
    if constexpr (detail::is_sliceable<softmax_cross_entropy, X>()) {
      check(verb, logits, labels);
      using label = typename L::Scalar;
      const auto& x = detail::in_memory(logits.derived());
      const auto& of = detail::in_memory(labels.derived());
      using argument = std::decay_t<decltype(x)>;
      detail::perform(detail::cross_entropy_forward<detail::lies_along<Axis, argument>, T, label>{
          detail::slices_of<Axis, const T>(x), detail::slices_of<whole, const label>(of),
          detail::slice_count<Axis>(x), detail::slice_length<Axis>(x), each, sum});
    }
  }

  template <typename X, typename L>
  static real<T> total(std::string_view verb, const X& logits, const L& labels) {
    real<T> sum = 0;
    evaluate(verb, logits, labels, nullptr, &sum);
    return sum;
  }

  template <typename X, typename L>
  static auto gradient(std::string_view verb, const X& logits, const L& labels, real<T> scale) {
    if constexpr (detail::is_sliceable<softmax_cross_entropy, X>()) {
      check(verb, logits, labels);
      return detail::slicewise<backward_op, std::decay_t<decltype(logits.derived())>,
                               std::decay_t<decltype(labels.derived())>>({scale}, logits.derived(),
                                                                         labels.derived());
    }
  }
};

}  // namespace HILLOCK_ABI
}  // namespace hillock
