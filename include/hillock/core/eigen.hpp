// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/kernels.hpp>

#include <new>
#include <tuple>

// The one header that names Eigen::internal (3.4.0 to 5.x): packets as registers, kernels as
// functors, and the assignments that hillock's own loop takes over.

namespace hillock {
inline namespace HILLOCK_ABI {
namespace math {

template <typename P>
inline constexpr bool is_packet =
    Eigen::internal::unpacket_traits<P>::vectorizable&& Eigen::internal::unpacket_traits<P>::size !=
    1;

#if !defined(__GNUC__)
/// The bits of a packet where the compiler has no vectors of integers: Eigen 3.4 has none of 64.
template <typename I, int N>
struct integer_array {
  I i[N];
  template <typename Op>
  static integer_array zip(const integer_array& a, const integer_array& b, Op op) {
    integer_array r;
    for (int k = 0; k < N; ++k) r.i[k] = op(a.i[k], b.i[k]);
    return r;
  }
  friend integer_array operator+(const integer_array& a, const integer_array& b) {
    return zip(a, b, [](I x, I y) { return x + y; });
  }
  friend integer_array operator-(const integer_array& a, const integer_array& b) {
    return zip(a, b, [](I x, I y) { return x - y; });
  }
  friend integer_array operator&(const integer_array& a, const integer_array& b) {
    return zip(a, b, [](I x, I y) { return x & y; });
  }
  friend integer_array operator|(const integer_array& a, const integer_array& b) {
    return zip(a, b, [](I x, I y) { return x | y; });
  }
  friend integer_array operator^(const integer_array& a, const integer_array& b) {
    return zip(a, b, [](I x, I y) { return x ^ y; });
  }
  friend integer_array operator<<(const integer_array& a, int k) {
    return zip(a, a, [k](I x, I) { return x << k; });
  }
  friend integer_array operator>>(const integer_array& a, int k) {
    return zip(a, a, [k](I x, I) { return x >> k; });
  }
};
#endif

/// An Eigen packet.
template <typename P>
struct register_ops<P, std::enable_if_t<!std::is_arithmetic_v<P> && is_packet<P>>> {
  using scalar = typename Eigen::internal::unpacket_traits<P>::type;
  using mask = P;
  static constexpr int width = Eigen::internal::unpacket_traits<P>::size;
  static constexpr bool fused = HILLOCK_COMPILED_FMA;
  using integer = typename integer_of<scalar>::type;
#if defined(__GNUC__)
  using integers = vector<integer, width, fused>;
#else
  using integers = integer_array<integer, width>;
#endif

  static HILLOCK_INLINE P broadcast(scalar c) {
    return Eigen::internal::pset1<P>(c);
  }
  /// (Eigen's own negation is 0 - a for some packets, which turns +0 into +0.)
  static HILLOCK_INLINE P negate(const P& a) {
    return Eigen::internal::pxor(a, broadcast(scalar(-0.0)));
  }
  static HILLOCK_INLINE P add(const P& a, const P& b) {
    return Eigen::internal::padd(a, b);
  }
  static HILLOCK_INLINE P subtract(const P& a, const P& b) {
    return Eigen::internal::psub(a, b);
  }
  static HILLOCK_INLINE P multiply(const P& a, const P& b) {
    P product = Eigen::internal::pmul(a, b);
    if constexpr (fused) seal(product);
    return product;
  }
  static HILLOCK_INLINE P divide(const P& a, const P& b) {
    return Eigen::internal::pdiv(a, b);
  }
  static HILLOCK_INLINE P fma(const P& a, const P& b, const P& c) {
    return Eigen::internal::pmadd(a, b, c);
  }
  /// Lane by lane: Eigen's packets estimate the root.
  static HILLOCK_INLINE P sqrt(const P& a) {
    scalar lane[width];
    std::memcpy(lane, &a, sizeof a);
    for (scalar& x : lane) x = std::sqrt(x);
    return bit_cast<P>(lane);
  }

  static HILLOCK_INLINE P less(const P& a, const P& b) {
    return Eigen::internal::pcmp_lt(a, b);
  }
  static HILLOCK_INLINE P less_equal(const P& a, const P& b) {
    return Eigen::internal::pcmp_le(a, b);
  }
  static HILLOCK_INLINE P equal(const P& a, const P& b) {
    return Eigen::internal::pcmp_eq(a, b);
  }
  static HILLOCK_INLINE P both(const P& a, const P& b) {
    return Eigen::internal::pand(a, b);
  }
  static HILLOCK_INLINE P either(const P& a, const P& b) {
    return Eigen::internal::por(a, b);
  }
  static HILLOCK_INLINE P no(const P& a) {
    return Eigen::internal::pxor(a, Eigen::internal::ptrue(a));
  }
  static HILLOCK_INLINE P select(const P& m, const P& a, const P& b) {
    return Eigen::internal::pselect(m, a, b);
  }
  static HILLOCK_INLINE P minimum(const P& a, const P& b) {
    return select(less(a, b), a, b);
  }
  static HILLOCK_INLINE P maximum(const P& a, const P& b) {
    return select(less(b, a), a, b);
  }

  /// The lanes in the order i ^ Distance.
  template <int Distance>
  static HILLOCK_INLINE P swapped(const P& a) {
    scalar from[width], to[width];
    std::memcpy(from, &a, sizeof a);
    for (int i = 0; i < width; ++i) to[i] = from[i ^ Distance];
    return bit_cast<P>(to);
  }

  // Blocks of 16 bytes, as hillock's own vector has them.
  static constexpr int block = (std::min)(width, 16 / static_cast<int>(sizeof(scalar)));
  template <typename BlockAt>
  static HILLOCK_INLINE P load_blocks(const BlockAt& block_at) {
    scalar numbers[width];
    for (int k = 0; k < width / block; ++k)
      std::memcpy(numbers + k * block, block_at(k), block * sizeof(scalar));
    return bit_cast<P>(numbers);
  }
  template <int K>
  static HILLOCK_INLINE void store_block(const P& a, scalar* to) {
    scalar numbers[width];
    std::memcpy(numbers, &a, sizeof a);
    std::memcpy(to, numbers + K * block, block * sizeof(scalar));
  }
  static HILLOCK_INLINE void interleave_blocks(P& a, P& b) {
    scalar from[2][width], to[2][width];
    std::memcpy(from[0], &a, sizeof a);
    std::memcpy(from[1], &b, sizeof b);
    for (int i = 0; i < width; ++i) {
      const int low = i / block * block + i % block / 2;
      to[0][i] = from[i % 2][low];
      to[1][i] = from[i % 2][low + block / 2];
    }
    a = bit_cast<P>(to[0]);
    b = bit_cast<P>(to[1]);
  }

  static HILLOCK_INLINE P integers_less(const integers& a, const integers& b) {
#if defined(__GNUC__)
    using signed_type = typename vector_mask<scalar, width>::type;
    return bit_cast<P>(reinterpret_cast<signed_type>(a.v) < reinterpret_cast<signed_type>(b.v));
#else
    using signed_type = std::make_signed_t<integer>;
    return bit_cast<P>(integers::zip(a, b, [](integer x, integer y) {
      return static_cast<signed_type>(x) < static_cast<signed_type>(y) ? ~integer{0} : integer{0};
    }));
#endif
  }
  static HILLOCK_INLINE integers to_integers(const P& a) {
    integers i;
    std::memcpy(raw(i), &a, sizeof a);
    return i;
  }
  static HILLOCK_INLINE P from_integers(const integers& a) {
    P p;
    std::memcpy(&p, raw(a), sizeof p);
    return p;
  }
  static HILLOCK_INLINE integers broadcast_integer(integer c) {
    integer lane[width];
    for (integer& x : lane) x = c;
    integers i;
    std::memcpy(raw(i), lane, sizeof lane);
    return i;
  }
};

}  // namespace math

namespace detail {

#if !HILLOCK_HAS_OWN_LOOP
/// Does the task on registers of the type pointed to. (A pointer, since GCC warns of packets as
/// explicit template arguments.)
template <typename Task, typename Register>
HILLOCK_INLINE void run_on(const Task& task, const Register*) {
  task.template on<math::lanes<Register>>();
}

/// Does the task on Eigen's packets, or on lone numbers where it has none.
template <typename Task>
HILLOCK_INLINE void run(const Task& task) {
  using traits = Eigen::internal::packet_traits<typename Task::scalar>;
  if constexpr (traits::Vectorizable)
    run_on(task, static_cast<const typename traits::type*>(nullptr));
  else
    run_on(task, static_cast<const typename Task::scalar*>(nullptr));
}
#endif

/// A kernel as an Eigen functor: for unaryExpr, binaryExpr, Eigen::Tensor, std::transform.
template <typename Kernel>
struct functor {
  using scalar = typename Kernel::scalar;
  using result_type = scalar;
  Kernel kernel;

  HILLOCK_CALLED_BY_EIGEN
  template <typename... More>
  EIGEN_DEVICE_FUNC scalar operator()(const scalar& x, const More&... more) const {
    return evaluate_any(kernel, x, more...);
  }

  template <typename Packet, typename... More>
  EIGEN_STRONG_INLINE Packet packetOp(const Packet& x, const More&... more) const {
#if HILLOCK_ASKS_AT_RUN_TIME
    if constexpr (uses_fma<Kernel>)
      return enter<scalar>(kernel, x, more...);
    else
#endif
      return kernel(math::lanes<Packet>::from(x), math::lanes<Packet>::from(more)...).bits();
  }
};

template <typename T>
inline constexpr bool has_packets = std::is_same_v<T, float> || std::is_same_v<T, double>;

/// What Eigen evaluates for X: v.head(n), a VectorBlock, has no evaluator, the Block below it has.
template <typename X>
using evaluated = std::decay_t<decltype(std::declval<const X&>().derived())>;
template <typename X>
inline constexpr bool is_evaluated_in_memory =
    bool(Eigen::internal::evaluator<evaluated<X>>::Flags& Eigen::DirectAccessBit);

/// Does an expression hold its coefficients in memory, each next to the one before?
template <typename X>
inline constexpr bool is_contiguous =
    is_evaluated_in_memory<X>&& int(X::InnerStrideAtCompileTime) == 1;

template <typename X, typename Y>
inline constexpr bool is_ordered_alike = bool(X::IsRowMajor) == bool(Y::IsRowMajor) ||
                                         (X::IsVectorAtCompileTime && Y::IsVectorAtCompileTime);

template <typename Dst, typename... X>
inline constexpr bool reads_directly = ((is_contiguous<X> && is_ordered_alike<Dst, X>)&&...);

/// What becomes of a result: it replaces what was there, or is added to it or subtracted; that of
/// an elementwise kernel may also be a factor of it.
enum class update { set, add, subtract, multiply };

/// What an assignment of Eigen's does with the result.
template <typename Assign>
struct update_of;
template <typename T>
struct update_of<Eigen::internal::assign_op<T, T>> {
  static constexpr auto value = update::set;
};
template <typename T>
struct update_of<Eigen::internal::add_assign_op<T, T>> {
  static constexpr auto value = update::add;
};
template <typename T>
struct update_of<Eigen::internal::sub_assign_op<T, T>> {
  static constexpr auto value = update::subtract;
};
template <typename T>
struct update_of<Eigen::internal::mul_assign_op<T, T>> {
  static constexpr auto value = update::multiply;
};

template <typename X, typename = void>
struct nested_in {
  using type = void;
};
template <typename X>
struct nested_in<X, std::void_t<decltype(std::declval<const X&>().nestedExpression())>> {
  using type = std::decay_t<decltype(std::declval<const X&>().nestedExpression())>;
};

template <typename X>
inline constexpr bool is_diagonal = false;
template <typename X, int Index>
inline constexpr bool is_diagonal<Eigen::Diagonal<X, Index>> = true;
template <typename X>
inline constexpr bool is_part_of_complex = false;
template <typename Op, typename X>
inline constexpr bool is_part_of_complex<Eigen::CwiseUnaryView<Op, X>> = true;

/// Do data() and the strides tell where coefficients lie? Not of a diagonal of what has an inner
/// stride, which Eigen 3.4 leaves out, and not of real and imaginary parts.
template <typename X>
constexpr bool tells_strides() {
  using nested = typename nested_in<X>::type;
  if constexpr (std::is_void_v<nested>)
    return true;
  else if constexpr (is_part_of_complex<X>)
    return false;
  else if constexpr (is_diagonal<X>)
    return int(nested::InnerStrideAtCompileTime) == 1 && tells_strides<nested>();
  else
    return tells_strides<nested>();
}

/// Does an expression hold its coefficients in memory, at any stride? (The evaluator of a product
/// does, in a temporary, but the product does not.)
template <typename X>
constexpr bool holds_its_memory() {
  if constexpr (is_evaluated_in_memory<X>)
    return bool(Eigen::internal::traits<X>::Flags & Eigen::DirectAccessBit) && tells_strides<X>();
  else
    return false;
}
template <typename X>
inline constexpr bool is_in_memory = holds_its_memory<X>();

/// The expression, evaluated if its coefficients are not in memory yet.
template <typename X>
decltype(auto) in_memory(const X& x) {
  if constexpr (is_in_memory<X>)
    return (x);
  else
    return typename X::PlainObject(x);
}

/// Eigen's own check, where its assertions are on, that dst is not assigned its own transpose.
template <typename Dst, typename X>
void expect_no_aliasing([[maybe_unused]] const Dst& dst, [[maybe_unused]] const X& x) {
#if !defined(EIGEN_NO_DEBUG)
  Eigen::internal::check_for_aliasing(dst, x);
#endif
}

template <typename Op, typename... X>
class slicewise;

}  // namespace detail
}  // namespace HILLOCK_ABI
}  // namespace hillock

namespace Eigen {
namespace internal {

/// An expression that must be evaluated as a whole.
template <typename Op, typename X, typename... More>
struct traits<hillock::detail::slicewise<Op, X, More...>>
    : traits<typename Op::template result<X>> {
  enum {
    Flags = (traits<typename Op::template result<X>>::Flags &
             ~(LvalueBit | DirectAccessBit | NestByRefBit)) |
            EvalBeforeNestingBit
  };
};

}  // namespace internal
}  // namespace Eigen

namespace hillock {
inline namespace HILLOCK_ABI {
namespace detail {

/// What an operation of `slicewise` with results like x says of them.
struct shaped_like_x {
  template <typename X>
  using result = typename X::PlainObject;

  template <typename X>
  static constexpr Eigen::Index rows(const X& x) {
    return x.rows();
  }
  template <typename X>
  static constexpr Eigen::Index cols(const X& x) {
    return x.cols();
  }
};

/// A dense expression that Op computes slice by slice: op.run(dst, update, x...), all in memory. It
/// looks like a plain Op::result<X> of Op::rows(x) x Op::cols(x).
///
/// Right of =, += and -= it is computed into the destination, which may be an argument; inside a
/// larger expression its evaluator holds a temporary.
template <typename Op, typename X, typename... More>
class slicewise<Op, X, More...>
    : public Eigen::internal::dense_xpr_base<slicewise<Op, X, More...>>::type {
 public:
  using Base = typename Eigen::internal::dense_xpr_base<slicewise>::type;
  EIGEN_DENSE_PUBLIC_INTERFACE(slicewise)

  slicewise(const Op& op, const X& x, const More&... more) : op_(op), arguments_(x, more...) {}

  HILLOCK_CALLED_BY_EIGEN
  EIGEN_DEVICE_FUNC Eigen::Index rows() const { return Op::rows(std::get<0>(arguments_)); }
  HILLOCK_CALLED_BY_EIGEN
  EIGEN_DEVICE_FUNC Eigen::Index cols() const { return Op::cols(std::get<0>(arguments_)); }

  /// dst = this, dst += this and so on.
  template <typename Dst>
  void assign_to(Dst& dst, update how) const {
    std::apply([&](const auto&... x) { (expect_no_aliasing(dst, x), ...); }, arguments_);
    if (dst.rows() == rows() && dst.cols() == cols()) return compute(dst, how);
    eigen_assert(how == update::set && "hillock: sides of different shapes");
    typename slicewise::PlainObject result;  // since dst may be an argument
    result.resize(rows(), cols());
    compute(result, how);
    dst.resize(rows(), cols());
    if constexpr (std::is_same_v<Dst, typename slicewise::PlainObject>)
      dst.swap(result);
    else
      Eigen::internal::call_assignment_no_alias(dst, result);
  }

  /// The same, into what has its shape.
  template <typename Dst>
  void compute(Dst& dst, update how) const {
    if constexpr (sizeof...(More) == 0 && !is_in_memory<X> &&
                  std::is_same_v<typename Op::template result<X>, typename X::PlainObject>) {
      const auto& x = std::get<0>(arguments_);
      if (how == update::set && dst.rows() == x.rows() && dst.cols() == x.cols()) {
        Eigen::internal::call_assignment(dst, x);  // the destination serves as the temporary
        return op_.run(dst, how, dst);
      }
    }
    std::apply([&](const auto&... x) { op_.run(dst, how, detail::in_memory(x)...); }, arguments_);
  }

 private:
  Op op_;
  std::tuple<typename Eigen::internal::ref_selector<X>::type,
             typename Eigen::internal::ref_selector<More>::type...>
      arguments_;
};

}  // namespace detail
}  // namespace HILLOCK_ABI
}  // namespace hillock

namespace Eigen {
namespace internal {

template <typename Op, typename... X>
struct evaluator<hillock::detail::slicewise<Op, X...>>
    : evaluator<typename hillock::detail::slicewise<Op, X...>::PlainObject> {
  using expression = hillock::detail::slicewise<Op, X...>;
  using plain = typename expression::PlainObject;

  explicit evaluator(const expression& src) {
    result.resize(src.rows(), src.cols());
    src.compute(result, hillock::detail::update::set);
    ::new (static_cast<evaluator<plain>*>(this)) evaluator<plain>(result);
  }

  plain result;
};

template <typename Dst, typename Op, typename... X, typename Assign>
struct Assignment<Dst, hillock::detail::slicewise<Op, X...>, Assign, Dense2Dense,
                  std::enable_if_t<hillock::detail::is_in_memory<Dst> &&
                                   hillock::detail::update_of<Assign>::value !=
                                       hillock::detail::update::multiply>> {
  HILLOCK_CALLED_BY_EIGEN
  EIGEN_DEVICE_FUNC static void run(Dst& dst, const hillock::detail::slicewise<Op, X...>& src,
                                    const Assign&) {
    src.assign_to(dst, hillock::detail::update_of<Assign>::value);
  }
};

template <typename Kernel>
struct functor_traits<hillock::detail::functor<Kernel>> {
  enum {
    Cost = Kernel::is_cheap ? 5 : 40,
    PacketAccess =
        HILLOCK_VECTORS_ARE_EXACT && hillock::detail::has_packets<typename Kernel::scalar>
  };
};

}  // namespace internal
}  // namespace Eigen
