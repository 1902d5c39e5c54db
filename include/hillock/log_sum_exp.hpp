// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/axiswise.hpp>
#include <hillock/core/softmax_row.hpp>

namespace hillock {
inline namespace HILLOCK_ABI {
namespace detail {

/// One number per slice.
template <typename T>
struct slice_values {
  using R = real<std::remove_const_t<T>>;
  T* data;
  std::ptrdiff_t step;
  update how;

  template <typename V>
  HILLOCK_INLINE void put(const place& at, const V& v) const {
    R lane[V::width];
    store(v, lane);
    for (int i = 0; i < at.lanes; ++i) {
      T& to = data[(at.first + i) * step];
      const auto before = static_cast<R>(to);
      to = static_cast<T>(how == update::set   ? lane[i]
                          : how == update::add ? before + lane[i]
                                               : before - lane[i]);
    }
  }
  template <bool Along, typename V>
  HILLOCK_INLINE V get(const place& at) const {
    R lane[V::width];
    for (int i = 0; i < V::width; ++i)
      lane[i] = static_cast<R>(data[(at.first + (i < at.lanes ? i : at.lanes - 1)) * step]);
    return load<V>(lane);
  }
};

/// max + t log sum e^((x - max) / t)
template <typename T>
struct log_sum_exp_forward {
  using R = real<T>;
  static constexpr int tiled_vectors = 4;
  static constexpr bool takes_groups = true;
  R temperature;
  slice_values<T> out;

  template <typename Group, typename X>
  HILLOCK_INLINE void run(const Group& at, const X& x) const {
    using logits = exactly_from_logits<Group, X>;
    using V = typename logits::V;
    typename logits::knowledge rows(at, x);
    logits(rows, x, temperature).sum_up(at, nowhere{});
    for (int i = 0; i < at.rows; ++i) {
      const softmax_row<Group::sums_are_registers, decltype(x(i))> row(x(i), temperature,
                                                                       rows.most[i]);
      const V log = log_of_exponentials(up_to_infinity(at.row(i), row, rows.sum[i]));
      out.put(at.row(i), temperature == 1 ? row.most + log : fma(V(temperature), log, row.most));
    }
  }
};

/// dx = softmax(x) dy
template <typename T>
struct log_sum_exp_backward {
  static constexpr int tiled_vectors = 4;
  real<T> temperature;
  slice_values<const T> dy;

  template <bool Along, typename X, typename To>
  HILLOCK_INLINE void run(const place& at, const X& x, const To& to) const {
    using V = typename X::lanes_type;
    const softmax_row<Along, X> row(at, x, temperature);
    const exponentials<Along, X> e(row);
    const V factor = dy.template get<Along, V>(at);  // before the target, which may be dy, is used
    const reciprocal<V> inverse(e.keep(at, to));
    at.for_each_vector([&](auto j) HILLOCK_INLINE_LAMBDA {
      const V p = inverse.times(e.get(j, to));
      to.put(j, select(p == 0, V(0), p * factor));
    });
  }
};

/// <softmax(x), v>
template <typename T>
struct log_sum_exp_jvp {
  static constexpr int tiled_vectors = 4;
  real<T> temperature;
  slice_values<T> out;

  template <bool Along, typename X, typename W>
  HILLOCK_INLINE void run(const place& at, const X& x, const W& v) const {
    using V = typename X::lanes_type;
    const softmax_row<Along, X> row(at, x, temperature);
    const exponentials<Along, X> exp(row);
    slice_sum<Along, V, terms::positive> sum;
    dot_product<Along, V> product;
    at.for_each_vector([&](auto j) HILLOCK_INLINE_LAMBDA {
      const V e = exp.of(row.get(j));
      sum.add(j.j, e);
      product.add(j.j, e, select(e == 0, V(0), v.get(j, 0)));
    });
    const reciprocal<V> inverse(sum.total(at.vectors));
    out.put(at, inverse.times(product.total(at.vectors)));
  }
};

/// A row of one entry for each column of X, or a column of one for each row.
template <typename Axis, typename X>
struct one_per_slice {
  static constexpr bool is_row = std::is_same_v<Axis, per_column>;
  static constexpr int rows = is_row ? 1 : int(X::RowsAtCompileTime);
  static constexpr int cols = is_row ? int(X::ColsAtCompileTime) : 1;
  static constexpr int order = is_row ? int(Eigen::RowMajor) : int(Eigen::ColMajor);
  using T = typename X::Scalar;
  using type = std::conditional_t<is_array<X>, Eigen::Array<T, rows, cols, order>,
                                  Eigen::Matrix<T, rows, cols, order>>;
};

/// A kernel that gives one number per slice, as an operation of the expression `slicewise`.
template <template <typename> class Kernel, typename T, typename Axis>
struct slice_value_op {
  using scalar = T;
  template <typename X>
  using result = typename one_per_slice<Axis, X>::type;
  real<T> temperature;

  template <typename X>
  static constexpr Eigen::Index rows(const X& x) {
    return std::is_same_v<Axis, per_column> ? 1 : x.rows();
  }
  template <typename X>
  static constexpr Eigen::Index cols(const X& x) {
    return std::is_same_v<Axis, per_column> ? x.cols() : 1;
  }
  template <typename Dst, typename... X>
  void run(Dst& dst, update how, const X&... x) const {
    write({dst.data(), slices_of<whole, T>(dst).step, how}, x...);
  }
  template <typename... X>
  void write(const slice_values<T>& out, const X&... x) const {
    slice_op<Kernel<T>, T, Axis>({temperature, out}).read(x...);
  }
};

/// The gradient, for dy one number per slice or, of one slice, held here.
template <typename T, typename Axis>
struct log_sum_exp_gradient : shaped_like_x {
  using scalar = T;
  real<T> temperature;
  T factor;

  explicit log_sum_exp_gradient(real<T> t, T dy = T(0)) : temperature(t), factor(dy) {}

  template <typename Dst, typename X, typename... More>
  void run(Dst& dst, update how, const X& x, const More&... more) const {
    if constexpr (std::is_same_v<Axis, whole>)
      run_by(dst, how, x, {&factor, 0, how}, more...);
    else
      run_by_values(dst, how, x, more...);
  }

 private:
  template <typename Dst, typename X, typename G, typename... M>
  void run_by_values(Dst& dst, update how, const X& x, const G& dy, const M&... mask) const {
    run_by(dst, how, x, {dy.data(), slices_of<whole, const T>(dy).step, how}, mask...);
  }
  template <typename Dst, typename X, typename... M>
  void run_by(Dst& dst, update how, const X& x, const slice_values<const T>& factors,
              const M&... mask) const {
    slice_op<log_sum_exp_backward<T>, T, Axis>({temperature, factors}).run(dst, how, x, mask...);
  }
};

}  // namespace detail

/// log_sum_exp(x) = t log sum over j of e^(x_j / t), t = temperature
///
/// A smooth maximum, one number per slice: a row for per_column, a column for per_row, a number for
/// whole. Its gradient is softmax.
///
/// Use         Likelihoods of mixtures, normalizing constants, and a maximum that can be trained
///             through.
/// Parameters  temperature > 0, finite, by default 1.
/// Backward    dx = softmax(x) dy, dy one number per slice. jvp: <softmax(x), v>.
/// Edges       NaN in a slice gives NaN; else +infinity gives infinity, with gradient NaN. Entries
///             -infinity, or excluded by a mask, add nothing and have gradient 0; a slice of
///             nothing else gives -infinity.
/// Error       4 ulp of the largest of |max x|, |y| and t log n.
/// Errors      std::invalid_argument where dy or a mask does not fit x, or slices are empty.
/// Source      Boyd and Vandenberghe, "Convex Optimization", 2004, section 3.1.5.
template <typename T, typename Axis = whole>
class log_sum_exp : public tempered<log_sum_exp<T, Axis>> {
  using base = tempered<log_sum_exp<T, Axis>>;
  static constexpr bool is_one_slice = std::is_same_v<Axis, whole>;

 public:
  static constexpr std::string_view name = "log_sum_exp";
  using base::base;

  template <typename X, typename... M>
  auto forward(X&& x, M&&... mask) const {
    if constexpr (base::template fits<X, M...>()) {
      base::check("forward", x, mask...);
      return each<detail::log_sum_exp_forward>(std::forward<X>(x), std::forward<M>(mask)...);
    }
  }
  template <typename X, typename... M>
  auto operator()(X&& x, M&&... mask) const {
    return forward(std::forward<X>(x), std::forward<M>(mask)...);
  }

  /// dy is a number for whole, else a vector of one number per slice.
  template <typename X, typename G, typename... M>
  auto backward(X&& x, G&& dy, M&&... mask) const {
    if constexpr (base::template fits<X, M...>()) {
      base::check("backward", x, mask...);
      using gradient = detail::log_sum_exp_gradient<T, Axis>;
      if constexpr (is_one_slice) {
        static_assert(std::is_convertible_v<G, T>,
                      "hillock: dy of log_sum_exp of one vector is a number");
        return base::expression(gradient(this->temperature(), static_cast<T>(dy)),
                                std::forward<X>(x), std::forward<M>(mask)...);
      } else if constexpr (detail::is_argument_of<T, G>()) {
        check_values(x, dy);
        return base::expression(gradient(this->temperature()), std::forward<X>(x),
                                std::forward<G>(dy), std::forward<M>(mask)...);
      }
    }
  }

  /// How y changes when x changes by v: one number per slice.
  template <typename X, typename W, typename... M>
  auto jvp(X&& x, W&& v, M&&... mask) const {
    if constexpr (base::template fits<X, M...>() && detail::is_sliceable<base, W>()) {
      detail::expect_shape_of(x, v, name, "jvp", "v", "x");
      base::check("jvp", x, mask...);
      return each<detail::log_sum_exp_jvp>(std::forward<X>(x), std::forward<W>(v),
                                           std::forward<M>(mask)...);
    }
  }

 private:
  template <template <typename> class Kernel, typename... X>
  auto each(X&&... x) const {
    const detail::slice_value_op<Kernel, T, Axis> values{this->temperature()};
    if constexpr (is_one_slice) {
      T y(0);
      values.write({&y, 0, detail::update::set}, detail::in_memory(x.derived())...);
      return y;
    } else {
      return base::expression(values, std::forward<X>(x)...);
    }
  }

  template <typename X, typename G>
  static void check_values(const X& x, const G& dy) {
    using values = detail::slice_value_op<detail::log_sum_exp_forward, T, Axis>;
    const bool fits = G::IsVectorAtCompileTime
                          ? dy.size() == detail::slice_count<Axis>(x)
                          : dy.rows() == values::rows(x) && dy.cols() == values::cols(x);
    if (!fits)
      detail::fail_shape(name, "backward", "dy", {dy.rows(), dy.cols()}, "y",
                         {values::rows(x), values::cols(x)});
  }
};

}  // namespace HILLOCK_ABI
}  // namespace hillock
