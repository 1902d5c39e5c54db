// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/elementwise.hpp>
#include <hillock/core/softmax_row.hpp>

namespace hillock {
inline namespace HILLOCK_ABI {
namespace detail {

template <bool Along, typename T>
struct softmax_forward {
  using scalar = real<T>;
  slices<const T> x;
  slices<T> y;
  std::ptrdiff_t count, length;
  scalar temperature;
  update how;

  template <typename V>
  HILLOCK_INLINE void on() const {
    const softmax_forward task = *this;
    for (std::ptrdiff_t s = 0; s < count; s += Along ? 1 : V::width) task.template slice<V>(s);
  }

 private:
  template <typename V>
  HILLOCK_INLINE void slice(std::ptrdiff_t s) const {
    softmax_row<Along, V, T> r{row_of<Along, V>(x, s, count, length), V(temperature),
                               temperature != 1};
    const auto to = row_of<Along, V>(y, s, count, length);
    r.find_maximum();
    if (Along && to.vectors == 1) {  // it stays in the register
      const V e = r.exponential(0);
      const V sum = r.total(e);
      return to.put(0, e / reciprocal<V>::or_one(sum), how);
    }
    // The destination holds the exponentials, unless it must not lose what it has.
    const bool stores = how == update::set && std::is_same_v<T, scalar>;
    running_sum<V> sum;
    for (std::ptrdiff_t j = 0; j < to.vectors; ++j) {
      const V e = r.exponential(j);
      if (stores) to.put(j, e);
      sum.add(e);
    }
    const reciprocal<V> inverse(r.total(sum));
    for (std::ptrdiff_t j = 0; j < to.vectors; ++j)
      to.put(j, inverse.times(stores ? to.get(j, 0) : r.exponential(j)), how);
  }
};

/// dx = y (v - <y, v>) / temperature, from x or from y: backward and jvp alike, J being symmetric.
template <bool Along, typename T>
struct softmax_backward {
  using scalar = real<T>;
  slices<const T> from, v;
  slices<T> dx;
  std::ptrdiff_t count, length;
  scalar temperature;
  update how;
  bool from_output;

  template <typename V>
  HILLOCK_INLINE void on() const {
    const softmax_backward task = *this;
    for (std::ptrdiff_t s = 0; s < count; s += Along ? 1 : V::width)
      from_output ? task.template slice_from_output<V>(s) : task.template slice<V>(s);
  }

 private:
  template <typename V>
  HILLOCK_INLINE V scaled(const V& t) const {
    return temperature == 1 ? t : t / temperature;
  }

  template <typename V>
  HILLOCK_INLINE void slice_from_output(std::ptrdiff_t s) const {
    using rows = softmax_row<Along, V, T>;
    const auto y = row_of<Along, V>(from, s, count, length),
               w = row_of<Along, V>(v, s, count, length);
    const auto to = row_of<Along, V>(dx, s, count, length);
    V dot = 0;
    for (std::ptrdiff_t j = 0; j < to.vectors; ++j) dot = fma(y.get(j, 0), w.get(j, 0), dot);
    dot = rows::total(dot);
    for (std::ptrdiff_t j = 0; j < to.vectors; ++j)
      to.put(j, scaled(y.get(j, 0) * (w.get(j, 0) - dot)), how);
  }

  template <typename V>
  HILLOCK_INLINE void slice(std::ptrdiff_t s) const {
    softmax_row<Along, V, T> r{row_of<Along, V>(from, s, count, length), V(temperature),
                               temperature != 1};
    const auto w = row_of<Along, V>(v, s, count, length);
    const auto to = row_of<Along, V>(dx, s, count, length);
    r.find_maximum();
    if (Along && to.vectors == 1) {
      const V e = r.exponential(0), g = w.get(0, 0);
      const V y = e / reciprocal<V>::or_one(r.total(e));
      return to.put(0, scaled(y * (g - r.total(y * g))), how);
    }
    const bool stores = how == update::set && std::is_same_v<T, scalar> && !overlap(dx, v);
    running_sum<V> sum;
    V dot = 0;
    for (std::ptrdiff_t j = 0; j < to.vectors; ++j) {
      const V e = r.exponential(j);
      dot = fma(e, w.get(j, 0), dot);
      if (stores) to.put(j, e);
      sum.add(e);
    }
    const reciprocal<V> inverse(r.total(sum));
    dot = inverse.times(r.total(dot));
    for (std::ptrdiff_t j = 0; j < to.vectors; ++j) {
      const V y = inverse.times(stores ? to.get(j, 0) : r.exponential(j));
      to.put(j, scaled(y * (w.get(j, 0) - dot)), how);
    }
  }
};

}  // namespace detail

/// softmax(x)_i = e^(x_i / temperature) / sum over j of e^(x_j / temperature)
///
/// Turns the numbers of each slice into probabilities. Axis says what a slice is: whole (a vector,
/// the default), per_column or per_row.
///
/// Parameters  temperature > 0, finite, by default 1: the larger, the flatter.
/// Backward    dx = y (dy - <y, dy>) / temperature; the Jacobian is symmetric and never formed.
/// Edges       A NaN or +infinity in a slice makes that slice NaN. An entry -infinity gets exactly
///             0; a slice of nothing else is all 0.
/// Evaluation  The maximum, then e^(x - max) with the low part of the difference, then quotients by
///             a compensated sum.
/// Error       4 ulp for logits of any spread; the sum of a slice is 1 within 4 epsilon up to a
///             million entries. How a slice is summed depends on its length and storage order
///             alone, never on the other slices.
/// Source      Bridle, "Probabilistic Interpretation of Feedforward Classification Network
///             Outputs", 1990.
///
/// Results are expressions; right of =, += and -= nothing is allocated. The destination may be an
/// argument.
template <typename T, typename Axis = whole>
class softmax {
  static_assert(std::is_floating_point_v<T> || detail::is_small_float<T>,
                "hillock: softmax works over float, double, long double, Eigen::half or "
                "Eigen::bfloat16, e.g. hillock::softmax<float>");

 public:
  using scalar = T;
  using axis = Axis;
  static constexpr std::string_view name = "softmax";
  static constexpr std::array parameters{parameter{"temperature", 1, domain::positive}};

  constexpr softmax() = default;
  explicit softmax(real<T> temperature)
      : temperature_(detail::checked(name, parameters[0], temperature)) {}

  constexpr real<T> temperature() const { return temperature_; }
  softmax with_temperature(real<T> temperature) const { return softmax(temperature); }

  /// y = softmax(x).
  template <typename X>
  auto forward(X&& x) const {
    return slicewise(forward_op{temperature_}, std::forward<X>(x));
  }
  template <typename X>
  auto operator()(X&& x) const {
    return forward(std::forward<X>(x));
  }

  /// dx = J dy. Throws std::invalid_argument unless dy has the shape of x.
  template <typename X, typename G>
  auto backward(X&& x, G&& dy) const {
    return slicewise("backward", "dy", "x", backward_op<false>{temperature_}, std::forward<X>(x),
                     dy);
  }
  /// The same from y = softmax(x).
  template <typename Y, typename G>
  auto backward_from_output(Y&& y, G&& dy) const {
    return slicewise("backward_from_output", "dy", "y", backward_op<true>{temperature_},
                     std::forward<Y>(y), dy);
  }

  /// J v: how y changes when x changes by v.
  template <typename X, typename W>
  auto jvp(X&& x, W&& v) const {
    return slicewise("jvp", "v", "x", backward_op<false>{temperature_}, std::forward<X>(x), v);
  }
  /// The same from y = softmax(x).
  template <typename Y, typename W>
  auto jvp_from_output(Y&& y, W&& v) const {
    return slicewise("jvp_from_output", "v", "y", backward_op<true>{temperature_},
                     std::forward<Y>(y), v);
  }

 private:
  struct forward_op {
    using scalar = T;
    real<T> temperature;
    template <typename Dst, typename X>
    void run(Dst& dst, detail::update how, const X& x) const {
      constexpr bool along = detail::lies_along<Axis, X>;
      detail::perform(detail::softmax_forward<along, T>{
          detail::slices_of<Axis, const T>(x), detail::slices_of<Axis, T>(dst),
          detail::slice_count<Axis>(x), detail::slice_length<Axis>(x), temperature, how});
    }
  };

  template <bool FromOutput>
  struct backward_op {
    using scalar = T;
    real<T> temperature;
    template <typename Dst, typename X, typename G>
    void run(Dst& dst, detail::update how, const X& x, const G& dy) const {
      constexpr bool along = detail::lies_along<Axis, X>;
      detail::perform(detail::softmax_backward<along, T>{
          detail::slices_of<Axis, const T>(x), detail::slices_of<Axis, const T>(dy),
          detail::slices_of<Axis, T>(dst), detail::slice_count<Axis>(x),
          detail::slice_length<Axis>(x), temperature, how, FromOutput});
    }
  };

  template <typename Op, typename X>
  static auto slicewise(const Op& op, X&& x) {
    if constexpr (detail::is_sliceable<softmax, X>()) {
      detail::expect_entries<Axis>(x, name, "forward");
      using derived = std::decay_t<decltype(x.derived())>;
      if constexpr (detail::is_plain_temporary<X>) {
        op.run(x, detail::update::set, x);
        return derived(std::move(x));
      } else {
        return detail::slicewise<Op, derived>(op, x.derived());
      }
    }
  }

  template <typename Op, typename X, typename G>
  static auto slicewise(std::string_view verb, std::string_view second, std::string_view first,
                        const Op& op, X&& x, G&& dy) {
    if constexpr (detail::is_sliceable<softmax, X>() && detail::is_sliceable<softmax, G>()) {
      detail::expect_shape_of(x, dy, name, verb, second, first);
      detail::expect_entries<Axis>(x, name, verb);
      using derived = std::decay_t<decltype(x.derived())>;
      const auto& gradient = dy.derived();
      decltype(auto) like_x = detail::as_kind_of<derived>(gradient);
      using gradient_type = std::decay_t<decltype(like_x)>;
      const detail::slicewise<Op, derived, gradient_type> dx(op, x.derived(), like_x);
      if constexpr (detail::is_plain_temporary<X> || detail::is_plain_temporary<G>)
        return typename derived::PlainObject(dx);
      else
        return dx;
    }
  }

  real<T> temperature_ = 1;
};

}  // namespace HILLOCK_ABI
}  // namespace hillock
