// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/runs.hpp>

#if HILLOCK_HAS_OWN_LOOP

namespace hillock {
inline namespace HILLOCK_ABI {
namespace detail {

// c = f(u) * c + g(v) runs in the own loop, as y = f(x) does: the expression becomes one kernel of
// the arrays that it reads. Known in it are activations, + - * /, squares, constants, and arrays in
// memory; where there is anything else, the expression is Eigen's to evaluate. (So are negatives:
// Eigen's vectors have 0 - x for -x, its lone numbers have not.)
//
// A kernel of arrays: reads is their number; on<I>(in...) is its value, where its own arrays are
// the arguments from the I-th on.

template <int I, typename V, typename... More>
HILLOCK_INLINE const V& pick(const V& first, const More&... more) {
  if constexpr (I == 0)
    return first;
  else
    return pick<I - 1>(more...);
}

/// An array's element.
struct element {
  static constexpr int reads = 1;
  static constexpr bool is_cheap = true;
  template <int I, typename... V>
  HILLOCK_INLINE auto on(const V&... in) const {
    return pick<I>(in...);
  }
};

template <typename T>
struct constant {
  static constexpr int reads = 0;
  static constexpr bool is_cheap = true;
  T value;
  template <int I, typename V, typename... More>
  HILLOCK_INLINE V on(const V&, const More&...) const {
    return value;
  }
};

template <typename Op, typename X>
struct of_one {
  static constexpr int reads = X::reads;
  static constexpr bool is_cheap = Op::is_cheap && X::is_cheap;
  Op op;
  X x;
  template <int I, typename... V>
  HILLOCK_INLINE auto on(const V&... in) const {
    return op(x.template on<I>(in...));
  }
};

template <typename Op, typename L, typename R>
struct of_two {
  static constexpr int reads = L::reads + R::reads;
  static constexpr bool is_cheap = Op::is_cheap && L::is_cheap && R::is_cheap;
  Op op;
  L left;
  R right;
  template <int I, typename... V>
  HILLOCK_INLINE auto on(const V&... in) const {
    return op(left.template on<I>(in...), right.template on<I + L::reads>(in...));
  }
};

/// The whole, as the loop calls it.
template <typename T, typename Root>
struct compound_kernel {
  using scalar = T;
  static constexpr bool is_cheap = Root::is_cheap;
  Root root;
  template <typename... V>
  HILLOCK_INLINE auto operator()(const V&... in) const {
    return root.template on<0>(in...);
  }
};

/// What an Eigen functor does, on lanes.
template <typename Op>
struct on_lanes {
  static constexpr bool is_known = false;
};

struct arithmetic {
  static constexpr bool is_known = true;
  static constexpr bool is_cheap = true;
  template <typename Op>
  explicit arithmetic(const Op&) {}
};

template <typename T>
struct on_lanes<Eigen::internal::scalar_sum_op<T, T>> : arithmetic {
  using arithmetic::arithmetic;
  template <typename V>
  HILLOCK_INLINE V operator()(const V& a, const V& b) const {
    return a + b;
  }
};

template <typename T>
struct on_lanes<Eigen::internal::scalar_difference_op<T, T>> : arithmetic {
  using arithmetic::arithmetic;
  template <typename V>
  HILLOCK_INLINE V operator()(const V& a, const V& b) const {
    return a - b;
  }
};

template <typename T>
struct on_lanes<Eigen::internal::scalar_product_op<T, T>> : arithmetic {
  using arithmetic::arithmetic;
  template <typename V>
  HILLOCK_INLINE V operator()(const V& a, const V& b) const {
    return a * b;
  }
};

template <typename T>
struct on_lanes<Eigen::internal::scalar_quotient_op<T, T>> : arithmetic {
  using arithmetic::arithmetic;
  template <typename V>
  HILLOCK_INLINE V operator()(const V& a, const V& b) const {
    return a / b;
  }
};

template <typename T>
struct on_lanes<Eigen::internal::scalar_square_op<T>> : arithmetic {
  using arithmetic::arithmetic;
  template <typename V>
  HILLOCK_INLINE V operator()(const V& a) const {
    return a * a;
  }
};

template <typename Kernel>
struct on_lanes<functor<Kernel>> : Kernel {
  static constexpr bool is_known = true;
  explicit on_lanes(const functor<Kernel>& op) : Kernel(op.kernel) {}
};

/// What x.array() and x.matrix() are.
template <typename X>
inline constexpr bool is_wrapper = false;
template <typename X>
inline constexpr bool is_wrapper<Eigen::ArrayWrapper<X>> = true;
template <typename X>
inline constexpr bool is_wrapper<Eigen::MatrixWrapper<X>> = true;

/// Is there an activation in an expression?
template <typename X>
inline constexpr bool has_activation = false;
template <typename X>
inline constexpr bool has_activation<const X> = has_activation<X>;
template <typename X>
inline constexpr bool has_activation<Eigen::ArrayWrapper<X>> = has_activation<X>;
template <typename X>
inline constexpr bool has_activation<Eigen::MatrixWrapper<X>> = has_activation<X>;
template <typename Op, typename X>
inline constexpr bool has_activation<Eigen::CwiseUnaryOp<Op, X>> = has_activation<X>;
template <typename Op, typename L, typename R>
inline constexpr bool has_activation<Eigen::CwiseBinaryOp<Op, L, R>> =
    has_activation<L> || has_activation<R>;
template <typename Kernel, typename X>
inline constexpr bool has_activation<Eigen::CwiseUnaryOp<functor<Kernel>, X>> = true;
template <typename Kernel, typename X, typename G>
inline constexpr bool has_activation<Eigen::CwiseBinaryOp<functor<Kernel>, X, G>> = true;

/// How arrays and the destination can be walked through together: not at all, in copied pieces, or
/// where they lie, in runs.
enum class access { none, pieces, runs };

/// An expression as a kernel of arrays, which are arrays(x); here, one that is itself an array.
template <typename Dst, typename X, typename = void>
struct compound {
  static constexpr access reading =
      !is_in_memory<X> || !std::is_same_v<typename Dst::Scalar, typename X::Scalar> ? access::none
      : lies_in_runs<Dst> && reads_directly<Dst, X>                                 ? access::runs
                                                    : access::pieces;
  using kernel_type = element;
  static element kernel(const X&) { return {}; }
  static std::tuple<const X&> arrays(const X& x) { return {x}; }
};
template <typename Dst, typename X>
struct compound<Dst, const X> : compound<Dst, X> {};

template <typename Dst, typename T, typename Plain>
struct compound<Dst, Eigen::CwiseNullaryOp<Eigen::internal::scalar_constant_op<T>, Plain>> {
  static constexpr access reading = access::runs;
  using kernel_type = constant<T>;
  using expression = Eigen::CwiseNullaryOp<Eigen::internal::scalar_constant_op<T>, Plain>;
  static kernel_type kernel(const expression& x) { return {x.functor().m_other}; }
  static std::tuple<> arrays(const expression&) { return {}; }
};

template <typename Dst, template <typename> class Wrapper, typename X>
struct compound<Dst, Wrapper<X>, std::enable_if_t<is_wrapper<Wrapper<X>>>> : compound<Dst, X> {
  using inner = compound<Dst, X>;
  static auto kernel(const Wrapper<X>& x) { return inner::kernel(x.nestedExpression()); }
  static auto arrays(const Wrapper<X>& x) { return inner::arrays(x.nestedExpression()); }
};

template <typename Dst, typename Op, typename X>
struct compound<Dst, Eigen::CwiseUnaryOp<Op, X>> {
  using inner = compound<Dst, X>;
  static constexpr access reading = on_lanes<Op>::is_known ? inner::reading : access::none;
  using kernel_type = of_one<on_lanes<Op>, typename inner::kernel_type>;
  using expression = Eigen::CwiseUnaryOp<Op, X>;
  static kernel_type kernel(const expression& x) {
    return {on_lanes<Op>(x.functor()), inner::kernel(x.nestedExpression())};
  }
  static auto arrays(const expression& x) { return inner::arrays(x.nestedExpression()); }
};

template <typename Dst, typename Op, typename L, typename R>
struct compound<Dst, Eigen::CwiseBinaryOp<Op, L, R>> {
  using left = compound<Dst, L>;
  using right = compound<Dst, R>;
  static constexpr access reading =
      on_lanes<Op>::is_known ? (std::min)(left::reading, right::reading) : access::none;
  using kernel_type = of_two<on_lanes<Op>, typename left::kernel_type, typename right::kernel_type>;
  using expression = Eigen::CwiseBinaryOp<Op, L, R>;
  static kernel_type kernel(const expression& x) {
    return {on_lanes<Op>(x.functor()), left::kernel(x.lhs()), right::kernel(x.rhs())};
  }
  static auto arrays(const expression& x) {
    return std::tuple_cat(left::arrays(x.lhs()), right::arrays(x.rhs()));
  }
};

/// Is y = f(x) best computed by way of y = x? Where x has an activation: two loops are faster than
/// one that has the constants of both to keep. And where x is in another order than y.
template <typename Dst, typename X>
inline constexpr bool goes_through_destination = false;
template <typename Dst, typename Kernel, typename X>
inline constexpr bool goes_through_destination<Dst, Eigen::CwiseUnaryOp<functor<Kernel>, X>> =
    lies_in_runs<Dst> ? has_activation<X> || compound<Dst, X>::reading == access::pieces
                      : has_activation<X> && !Kernel::is_cheap;

/// Is it an activation of arrays alone?
template <typename X>
inline constexpr bool is_of_arrays = false;
template <typename Kernel, typename X>
inline constexpr bool is_of_arrays<Eigen::CwiseUnaryOp<functor<Kernel>, X>> =
    is_in_memory<std::decay_t<X>>;
template <typename Kernel, typename X, typename G>
inline constexpr bool is_of_arrays<Eigen::CwiseBinaryOp<functor<Kernel>, X, G>> =
    is_in_memory<std::decay_t<X>>&& is_in_memory<std::decay_t<G>>;

/// May an expression be computed in one go? One of half or bfloat16 is rounded at each step.
template <typename Dst, typename X, update How>
inline constexpr bool is_rounded_once =
    !is_small_float<typename Dst::Scalar> || (is_of_arrays<X> && How == update::set);

/// Does dst = x, or += and so on, run as one kernel? (What is cheap would gain nothing in pieces.)
template <typename Dst, typename X, update How>
constexpr bool is_compound() {
  if constexpr (takes_over<Dst> && has_activation<X>) {
    using whole = compound<Dst, X>;
    if constexpr (whole::reading != access::none)
      return whole::kernel_type::reads > 0 && is_rounded_once<Dst, X, How> &&
             (whole::reading == access::runs || !whole::kernel_type::is_cheap) &&
             !(How == update::set && goes_through_destination<Dst, X>);
  }
  return false;
}

/// dst = x, or += and so on.
template <update How, typename Dst, typename X>
void run_compound(Dst& dst, const X& x) {
  using whole = compound<Dst, X>;
  const compound_kernel<typename Dst::Scalar, typename whole::kernel_type> kernel{whole::kernel(x)};
  std::apply([&](const auto&... arrays) { update_over<How>(kernel, dst, arrays...); },
             whole::arrays(x));
}

// An activation of arrays alone is its own kernel already: no copy, whose loads would wait for its
// stores.
template <update How, typename Dst, typename Kernel, typename X,
          std::enable_if_t<is_of_arrays<Eigen::CwiseUnaryOp<functor<Kernel>, X>>, int> = 0>
void run_compound(Dst& dst, const Eigen::CwiseUnaryOp<functor<Kernel>, X>& y) {
  update_over<How>(y.functor().kernel, dst, y.nestedExpression());
}
template <update How, typename Dst, typename Kernel, typename X, typename G,
          std::enable_if_t<is_of_arrays<Eigen::CwiseBinaryOp<functor<Kernel>, X, G>>, int> = 0>
void run_compound(Dst& dst, const Eigen::CwiseBinaryOp<functor<Kernel>, X, G>& y) {
  update_over<How>(y.functor().kernel, dst, y.lhs(), y.rhs());
}

}  // namespace detail
}  // namespace HILLOCK_ABI
}  // namespace hillock

namespace Eigen {
namespace internal {

/// What is_compound, right of =, +=, -= and *=.
template <typename Dst, typename Op, typename X, typename Assign>
struct Assignment<Dst, CwiseUnaryOp<Op, X>, Assign, Dense2Dense,
                  std::enable_if_t<hillock::detail::is_compound<
                      Dst, CwiseUnaryOp<Op, X>, hillock::detail::update_of<Assign>::value>()>> {
  static void run(Dst& dst, const CwiseUnaryOp<Op, X>& src, const Assign& assign) {
    resize_if_allowed(dst, src, assign);
    hillock::detail::expect_no_aliasing(dst, src);
    hillock::detail::run_compound<hillock::detail::update_of<Assign>::value>(dst, src);
  }
};

template <typename Dst, typename Op, typename L, typename R, typename Assign>
struct Assignment<Dst, CwiseBinaryOp<Op, L, R>, Assign, Dense2Dense,
                  std::enable_if_t<hillock::detail::is_compound<
                      Dst, CwiseBinaryOp<Op, L, R>, hillock::detail::update_of<Assign>::value>()>> {
  static void run(Dst& dst, const CwiseBinaryOp<Op, L, R>& src, const Assign& assign) {
    resize_if_allowed(dst, src, assign);
    hillock::detail::expect_no_aliasing(dst, src);
    hillock::detail::run_compound<hillock::detail::update_of<Assign>::value>(dst, src);
  }
};

/// y = f(x).matrix().
template <typename Dst, template <typename> class Wrapper, typename X, typename Assign>
struct Assignment<Dst, Wrapper<X>, Assign, Dense2Dense,
                  std::enable_if_t<hillock::detail::is_wrapper<Wrapper<X>> &&
                                   hillock::detail::has_activation<X>>> {
  static void run(Dst& dst, const Wrapper<X>& src, const Assign& assign) {
    call_assignment_no_alias(dst, src.nestedExpression(), assign);
  }
};

/// y = f(anything else): into the destination first, and the kernel there in place.
template <typename Dst, typename Kernel, typename X, typename T>
struct Assignment<
    Dst, CwiseUnaryOp<hillock::detail::functor<Kernel>, X>, assign_op<T, T>, Dense2Dense,
    std::enable_if_t<
        hillock::detail::takes_over<Dst> &&
        (hillock::detail::lies_in_runs<Dst> || !Kernel::is_cheap) &&
        !hillock::detail::is_compound<Dst, CwiseUnaryOp<hillock::detail::functor<Kernel>, X>,
                                      hillock::detail::update::set>()>> {
  static void run(Dst& dst, const CwiseUnaryOp<hillock::detail::functor<Kernel>, X>& src,
                  const assign_op<T, T>& assign) {
    call_assignment(dst, src.nestedExpression(), assign);
    hillock::detail::sweep_over(src.functor().kernel, dst, dst);
  }
};

}  // namespace internal
}  // namespace Eigen

#endif
