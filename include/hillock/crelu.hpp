// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/axiswise.hpp>
#include <hillock/relu.hpp>

namespace hillock {
inline namespace HILLOCK_ABI {
namespace detail {

// Of sizes that may be dynamic.
constexpr int doubled(int size) {
  return size == Eigen::Dynamic ? size : 2 * size;
}
constexpr int halved(int size) {
  return size == Eigen::Dynamic ? size : size / 2;
}

/// The first or the second half of a dense argument along Axis.
template <typename Axis, bool Second, typename X>
auto half_of(X& x) {
  using xpr = std::remove_const_t<X>;
  constexpr bool down = std::is_same_v<Axis, per_column> ||
                        (std::is_same_v<Axis, whole> && int(xpr::ColsAtCompileTime) == 1);
  if constexpr (down) {
    const Eigen::Index rows = x.rows() / 2;
    return x.template middleRows<halved(int(xpr::RowsAtCompileTime))>(Second ? rows : 0, rows);
  } else {
    const Eigen::Index cols = x.cols() / 2;
    return x.template middleCols<halved(int(xpr::ColsAtCompileTime))>(Second ? cols : 0, cols);
  }
}

/// [relu(x); relu(-x)] as an operation of the expression `slicewise`.
template <typename T, typename Axis>
struct crelu_op {
  using scalar = T;
  template <typename X>
  static constexpr bool is_stacked_down = std::is_same_v<Axis, per_column> ||
                                          (std::is_same_v<Axis, whole> &&
                                           int(X::ColsAtCompileTime) == 1);
  template <typename X>
  static constexpr int rows_of = is_stacked_down<X> ? doubled(int(X::RowsAtCompileTime))
                                                    : int(X::RowsAtCompileTime);
  template <typename X>
  static constexpr int cols_of = is_stacked_down<X> ? int(X::ColsAtCompileTime)
                                                    : doubled(int(X::ColsAtCompileTime));
  template <typename X>
  static constexpr int order = X::PlainObject::IsRowMajor ? int(Eigen::RowMajor)
                                                          : int(Eigen::ColMajor);
  template <typename X>
  using result = std::conditional_t<is_array<X>, Eigen::Array<T, rows_of<X>, cols_of<X>, order<X>>,
                                    Eigen::Matrix<T, rows_of<X>, cols_of<X>, order<X>>>;

  template <typename X>
  static constexpr Eigen::Index rows(const X& x) {
    return is_stacked_down<X> ? 2 * x.rows() : x.rows();
  }
  template <typename X>
  static constexpr Eigen::Index cols(const X& x) {
    return is_stacked_down<X> ? x.cols() : 2 * x.cols();
  }

  template <typename Dst, typename X>
  void run(Dst& dst, update how, const X& x) const {
    constexpr relu<T> f;
    assign(half_of<Axis, false>(dst), how, f.forward(as_kind_of<Dst>(x)));
    assign(half_of<Axis, true>(dst), how, f.forward(-as_kind_of<Dst>(x)));
  }

 private:
  template <typename Half, typename Y>
  static void assign(Half half, update how, const Y& y) {
    if (how == update::set)
      half = y;
    else if (how == update::add)
      half += y;
    else
      half -= y;
  }
};

}  // namespace detail

/// crelu(x) = [relu(x); relu(-x)], stacked along the axis, which it doubles
///
/// Keeps what relu throws away: both the positive and the negative part of every entry.
///
/// Use         The first layers of convolutional networks, whose filters come in pairs of opposite
///             sign.
/// Shapes      x: n x m gives 2n x m per_column, n x 2m per_row; a vector (whole, the default) one
///             of twice its length.
/// Backward    dx = dy of the first half where x > 0, minus dy of the second where x < 0; 0 at 0.
/// Edges       NaN gives NaN in both halves. dy is a factor like any other.
/// Error       none.
/// Errors      std::invalid_argument where dy or y has not twice the shape of x along the axis.
/// Source      Shang, Sohn, Almeida and Lee, "Understanding and Improving Convolutional Neural
///             Networks via Concatenated Rectified Linear Units", ICML 2016.
///
/// forward is an expression; right of = nothing is allocated. The destination is no argument.
template <typename T, typename Axis = whole>
class crelu : public axiswise<crelu<T, Axis>> {
  using base = axiswise<crelu<T, Axis>>;

 public:
  static constexpr std::string_view name = "crelu";

  template <typename X>
  auto forward(X&& x) const {
    if constexpr (base::template fits<X>())
      return base::expression(detail::crelu_op<T, Axis>{}, std::forward<X>(x));
  }
  template <typename X>
  auto operator()(X&& x) const {
    return forward(std::forward<X>(x));
  }

  /// Lazy, in the kind of x.
  template <typename X, typename G>
  auto backward(X&& x, G&& dy) const {
    if constexpr (base::template fits<X>() && detail::is_sliceable<base, G>()) {
      using forward_op = detail::crelu_op<T, Axis>;
      if (dy.rows() != forward_op::rows(x) || dy.cols() != forward_op::cols(x))
        detail::fail_shape(name, "backward", "dy", {dy.rows(), dy.cols()}, "y",
                           {forward_op::rows(x), forward_op::cols(x)});
      constexpr relu<T> f;
      const auto& factors = dy;
      auto dx = f.backward(std::as_const(x), detail::half_of<Axis, false>(factors)) -
                f.backward(-x, detail::half_of<Axis, true>(factors));
      if constexpr (detail::is_plain_temporary<X> || detail::is_plain_temporary<G>)
        return typename decltype(dx)::PlainObject(dx);
      else
        return dx;
    }
  }
};

}  // namespace HILLOCK_ABI
}  // namespace hillock
