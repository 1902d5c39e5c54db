// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/elementwise.hpp>
#include <hillock/core/runs.hpp>
#include <hillock/gelu.hpp>
#include <hillock/gelu_tanh.hpp>
#include <hillock/identity.hpp>
#include <hillock/relu.hpp>
#include <hillock/sigmoid.hpp>
#include <hillock/silu.hpp>

#include <utility>

namespace hillock {
inline namespace HILLOCK_ABI {
namespace detail {

/// value F(gate), the gate first: its factor is what automatic differentiation wants.
template <typename F>
struct gate_kernel {
  using scalar = typename F::scalar;
  static constexpr bool is_cheap = F::is_piecewise_polynomial;
  F f;
  template <typename V>
  HILLOCK_INLINE V operator()(const V& gate, const V& value) const {
    return value * f.value(gate);
  }
  value_kernel<F> factor() const { return {f}; }
};

/// F'(gate) as gate_backward computes it.
template <typename F>
struct gate_slope_kernel {
  using scalar = typename F::scalar;
  static constexpr bool is_cheap = false;
  F f;
  template <typename V>
  HILLOCK_INLINE V operator()(const V& gate) const {
    return evaluate_both(f, gate).prime;
  }
  second_derivative_kernel<F> differentiated() const { return {f}; }
};

/// Both gradients of one place.
template <typename V>
struct gate_gradients {
  V value, gate;
};

template <typename F, typename V>
HILLOCK_INLINE gate_gradients<V> gate_backward(const F& f, const V& value, const V& gate,
                                               const V& dy) {
  const value_and_prime<V> at = evaluate_both(f, gate);
  return {dy * at.value, (dy * value) * at.prime};
}

/// Both gradients of n places that lie one after the other. Outputs may be inputs.
template <typename F>
struct gate_backward_task {
  using scalar = real<typename F::scalar>;
  F f;
  const scalar *value, *gate, *dy;
  scalar *dvalue, *dgate;
  std::ptrdiff_t n;

  template <typename V>
  HILLOCK_INLINE void on() const {
    const gate_backward_task task = *this;  // no store can change it
    std::ptrdiff_t i = 0;
    for (; i + V::width <= n; i += V::width) {
      const gate_gradients<V> g = gate_backward(task.f, load<V>(task.value + i),
                                                load<V>(task.gate + i), load<V>(task.dy + i));
      store(g.value, task.dvalue + i);
      store(g.gate, task.dgate + i);
    }
    if (i < n) {
      const auto few = static_cast<int>(n - i);
      const gate_gradients<V> g =
          gate_backward(task.f, load_rest<V>(task.value + i, few), load_rest<V>(task.gate + i, few),
                        load_rest<V>(task.dy + i, few));
      store_rest(g.value, task.dvalue + i, few);
      store_rest(g.gate, task.dgate + i, few);
    }
  }
};

}  // namespace detail

/// gated<F>(value, gate) = value F(gate)
///
/// A gate: F of one half of a layer's output scales the other half. Two named arguments leave no
/// doubt which is which; frameworks that split one array differ in the order.
///
/// Use         Feed-forward layers of transformers: swiglu first, or geglu.
/// Shapes      value, gate and dy alike; arrays or matrices of T of any storage order and stride,
///             or expressions of such. The results have the kind of value.
/// Derivative  dvalue = dy F(gate); dgate = dy value F'(gate).
/// Edges       arithmetic throughout: an infinite value at F(gate) = 0 gives NaN.
/// Error       what F states, plus one rounding (dvalue), two (dgate).
/// Errors      std::invalid_argument where gate or dy has not the shape of value, or a destination
///             of fixed shape cannot take it.
/// Source      Dauphin, Fan, Auli and Grangier, "Language Modeling with Gated Convolutional
///             Networks", ICML 2017; Shazeer, "GLU Variants Improve Transformer", 2020.
/// Elsewhere   torch.nn.functional.glu gates with the second half of its argument, LLaMA and ONNX
///             SwiGLU with the first.
template <template <typename> class F, typename T>
class gated {
  static_assert(detail::is_supported<T>,
                "hillock: a gate works over float, double, long double, Eigen::half, "
                "Eigen::bfloat16 or an automatic differentiation type, e.g. hillock::glu<float>");

 public:
  using scalar = T;
  using function = F<T>;

  gated() = default;
  explicit gated(const F<T>& f) : f_(f) {}

  /// A lazy expression, as those of F are.
  template <typename X, typename G>
  auto forward(X&& value, G&& gate) const {
    if constexpr (are_arguments<X, G>()) {
      check("forward", "gate", value, gate);
      using derived = std::decay_t<decltype(value.derived())>;
      auto y = detail::as_kind_of<derived>(gate.derived())
                   .binaryExpr(value.derived(), detail::functor<detail::gate_kernel<F<T>>>{{f_}});
      if constexpr (detail::is_plain_temporary<X> || detail::is_plain_temporary<G>)
        return typename derived::PlainObject(y);
      else
        return y;
    }
  }
  template <typename X, typename G>
  auto operator()(X&& value, G&& gate) const {
    return forward(std::forward<X>(value), std::forward<G>(gate));
  }

  /// Both gradients in one pass into the caller's arrays, which may be value, gate or dy, and are
  /// resized where they can be. Nothing is allocated where all are in memory and of that shape.
  /// F(gate) and F'(gate) have the bits that F gives, but for F' of sigmoid, which comes from the
  /// quotient that F is, and may end in another bit; in any place the same one.
  template <typename X, typename G, typename D, typename DX, typename DG>
  void backward(const X& value, const G& gate, const D& dy, DX&& dvalue, DG&& dgate) const {
    if constexpr (are_arguments<X, G, D>() && are_outputs<DX, DG>()) {
      check("backward", "gate", value, gate);
      check("backward", "dy", value, dy);
      check_destination("dvalue", value, dvalue);
      check_destination("dgate", value, dgate);
      detail::take_shape_of(value, dvalue);
      detail::take_shape_of(value, dgate);
      write(detail::in_memory(value.derived()), detail::in_memory(gate.derived()),
            detail::in_memory(dy.derived()), dvalue, dgate);
    }
  }

  /// Both gradients as plain arrays: this one allocates.
  template <typename X, typename G, typename D>
  auto backward(const X& value, const G& gate, const D& dy) const {
    if constexpr (are_arguments<X, G, D>()) {
      using plain = typename X::PlainObject;
      std::pair<plain, plain> gradients;
      backward(value, gate, dy, gradients.first, gradients.second);
      return gradients;
    }
  }

 private:
  template <typename... X>
  static constexpr bool are_arguments() {
    return (detail::is_argument_of<T, X>() && ...);
  }

  template <typename... Y>
  static constexpr bool are_outputs() {
    return (detail::is_output_of<T, Y>() && ...);
  }

  /// (The name is put together only where it is needed.)
  template <typename X, typename A>
  static void check(std::string_view verb, std::string_view which, const X& value, const A& a) {
    if (a.rows() != value.rows() || a.cols() != value.cols())
      detail::expect_shape_of(value, a, "gated<" + std::string(F<T>::name) + ">", verb, which,
                              "value");
  }
  template <typename X, typename A>
  static void check_destination(std::string_view which, const X& value, const A& a) {
    if (!detail::can_take_shape_of(value, a)) check("backward", which, value, a);
  }

  template <typename X, typename G, typename D, typename DX, typename DG>
  void write(const X& value, const G& gate, const D& dy, DX& dvalue, DG& dgate) const {
    if constexpr (!detail::is_in_memory<DX> || !detail::is_in_memory<DG>) {
      typename DX::PlainObject a(value.rows(), value.cols());
      typename DG::PlainObject b(value.rows(), value.cols());
      write(value, gate, dy, a, b);
      dvalue = a;
      dgate = b;
    } else if constexpr (detail::is_looped<T>) {
      using R = real<T>;
      const auto run = [&](Eigen::Index n, const R* v, const R* g, const R* d, R* dv, R* dg) {
        detail::run(detail::gate_backward_task<F<T>>{f_, v, g, d, dv, dg, std::ptrdiff_t{n}});
      };
      if (detail::for_each_run(run, value, gate, dy, dvalue, dgate)) return;
      detail::for_each_piece(value, [&](Eigen::Index first, Eigen::Index n) {
        using piece = detail::piece<DX>;
        piece dv, dg;
        run(n, piece(value, first, n).data(), piece(gate, first, n).data(),
            piece(dy, first, n).data(), dv.data(), dg.data());
        dv.copy_to(dvalue, first, n);
        dg.copy_to(dgate, first, n);
      });
    } else {
      for (Eigen::Index j = 0; j < value.cols(); ++j)
        for (Eigen::Index i = 0; i < value.rows(); ++i) {
          const T v = value.coeff(i, j), g = gate.coeff(i, j), d = dy.coeff(i, j);
          dvalue.coeffRef(i, j) = d * detail::evaluate_any(detail::value_kernel<F<T>>{f_}, g);
          dgate.coeffRef(i, j) =
              d * v * detail::evaluate_any(detail::gate_slope_kernel<F<T>>{f_}, g);
        }
    }
  }

  F<T> f_;
};

/// value / (1 + e^-gate)
template <typename T>
using glu = gated<sigmoid, T>;
/// value max(gate, 0)
template <typename T>
using reglu = gated<relu, T>;
/// value gelu(gate)
template <typename T>
using geglu = gated<gelu, T>;
/// value gelu_tanh(gate)
template <typename T>
using geglu_tanh = gated<gelu_tanh, T>;
/// value silu(gate)
template <typename T>
using swiglu = gated<silu, T>;
/// value gate
template <typename T>
using bilinear = gated<identity, T>;

}  // namespace HILLOCK_ABI
}  // namespace hillock
