// SPDX-License-Identifier: MIT
#pragma once

#include <hillock/core/arguments.hpp>
#include <hillock/core/slices.hpp>
#include <hillock/initializers.hpp>

#include <tuple>

namespace hillock {
inline namespace HILLOCK_ABI {
namespace detail {

/// y(u, j) = max over p of z(u pieces + p, j) + biases(u pieces + p), and which p it was: the first
/// of equals, the first NaN if there is one. z is stored row by row: lanes go across columns. The
/// results are transposed, for y is most often stored column by column.
template <typename T, typename Place>
struct maxout_task {
  using scalar = real<T>;
  const T *z, *biases;
  std::ptrdiff_t outputs, pieces, batch;
  slices<T> y;            // its columns
  slices<Place> winners;  // its data may be null

  template <typename V>
  HILLOCK_INLINE void on() const {
    const maxout_task task = *this;  // no store to the output can change it
    for (std::ptrdiff_t j = 0; j < task.batch; j += V::width)
      for (std::ptrdiff_t u = 0; u < task.outputs; u += tile_memory<V>::most)
        task.template block<V>(u, j, (std::min)(tile_memory<V>::most, task.outputs - u));
  }

 private:
  template <typename V>
  HILLOCK_INLINE void block(std::ptrdiff_t u, std::ptrdiff_t j, std::ptrdiff_t n) const {
    tile_memory<V> memory, winner_memory;
    const tile<V> best = memory(0, n), where = winner_memory(0, n);
    const auto best_of = best.as_target(), where_of = where.as_target();
    for (std::ptrdiff_t k = 0; k < n; ++k) choose<V>(u + k, j, whole_vector{k}, best_of, where_of);
    write(best, y, u, j);
    if (winners.data) write(where, winners, u, j);
  }

  template <typename V, typename Target>
  HILLOCK_INLINE void choose(std::ptrdiff_t u, std::ptrdiff_t j, whole_vector at,
                             const Target& best_of, const Target& where_of) const {
    const slices<const T> of_output{z + u * pieces * batch, 1, batch, z,
                                    z + outputs * pieces * batch};
    const auto lanes = static_cast<int>((std::min)(batch - j, std::ptrdiff_t(V::width)));
    const auto z_of = rows_of<layout::across, V, const T>{of_output, j, lanes, pieces}(0);
    const T* const bias = biases + u * pieces;
    V best = -std::numeric_limits<scalar>::infinity(), where = 0;
    place{j, lanes, pieces, z_of.whole()}.for_each_vector([&](auto p) HILLOCK_INLINE_LAMBDA {
      const V piece = z_of.get(p, 0) + V(static_cast<scalar>(bias[p.j]));
      const auto is_better = !(piece <= best) & (best == best);
      where = select(is_better, V(p.j), where);
      best = select(is_better, piece, best);
    });
    best_of.put(at, best);
    where_of.put(at, where);
  }

  template <typename V, typename S>
  HILLOCK_INLINE void write(const tile<V>& from, const slices<S>& to, std::ptrdiff_t u,
                            std::ptrdiff_t j) const {
    slices<S> of_unit = to;
    of_unit.data += u * to.step;
    from.write(of_unit, j, batch, update::set);
  }
};

}  // namespace detail

/// maxout(x) = max over pieces p of (W x + b)_p, for each output
///
/// A layer that learns its activation, too: with enough pieces any convex function. relu,
/// leaky_relu and |x| are special cases.
///
/// Use         Where the activation should be learned and weights are no concern: each output costs
///             as many rows as there are pieces.
/// Weights     weights, outputs pieces x inputs, and biases: public plain data; row u pieces + p is
///             piece p of output u. Zero, or with a generator Glorot's: uniform, of variance 2 /
///             (inputs + outputs), biases 0. (From zeros only the first pieces would ever learn.)
/// Shapes      x: inputs x batch; y, dy and winners: outputs x batch, winners of integers: which
///             piece won. Outputs are resized where they can be; y may be x, dx may be x or dy.
/// Derivative  dy goes to the piece that won.
/// Edges       of equal pieces the first wins; a NaN wins against numbers, the first of several.
///             Products with 0 are computed: an infinite x makes gradients NaN.
/// Allocation  one matrix of outputs pieces x batch a call, unless the caller lends it (workspace,
///             resized where need be), and what Eigen's matrix product takes for itself.
/// Errors      std::invalid_argument where inputs, outputs or pieces are not > 0, weights and
///             arguments do not fit each other, an output cannot take its result, winners are of
///             integers too small for the pieces, or a winner is none of them; then nothing is
///             written.
/// Source      Goodfellow, Warde-Farley, Mirza, Courville and Bengio, "Maxout Networks", ICML 2013;
///             Glorot and Bengio, AISTATS 2010.
template <typename T>
class maxout {
  static_assert(std::is_floating_point_v<T> || detail::is_small_float<T>,
                "hillock: maxout works over float, double, long double, Eigen::half or "
                "Eigen::bfloat16, e.g. hillock::maxout<float>");
  using Index = Eigen::Index;

 public:
  using scalar = T;
  using matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>;
  using vector = Eigen::Matrix<T, Eigen::Dynamic, 1>;
  static constexpr std::string_view name = "maxout";

  matrix weights;
  vector biases;

  maxout(Index inputs, Index outputs, Index pieces) : pieces_(pieces) {
    if (inputs <= 0 || outputs <= 0 || pieces <= 0)
      detail::fail("maxout: inputs, outputs and pieces must be > 0, but are " +
                   std::to_string(inputs) + ", " + std::to_string(outputs) + " and " +
                   std::to_string(pieces));
    weights.setZero(outputs * pieces, inputs);
    biases.setZero(outputs * pieces);
  }
  template <typename Generator>
  maxout(Index inputs, Index outputs, Index pieces, Generator& generator)
      : maxout(inputs, outputs, pieces) {
    detail::draw_uniform(weights, 2. / static_cast<double>(inputs + outputs), generator);
  }

  Index inputs() const { return weights.cols(); }
  Index outputs() const { return weights.rows() / pieces_; }
  Index pieces() const { return pieces_; }
  Index parameter_count() const { return weights.size() + biases.size(); }

  /// y, in the kind of x.
  template <typename X>
  auto forward(const X& x) const {
    if constexpr (is_argument<X>()) {
      constexpr int columns = X::ColsAtCompileTime;
      using like_x =
          std::conditional_t<detail::is_array<X>, Eigen::Array<T, Eigen::Dynamic, columns>,
                             Eigen::Matrix<T, Eigen::Dynamic, columns>>;
      check("forward", x);
      like_x y;
      matrix z;
      compute(x, y, static_cast<Eigen::VectorXi*>(nullptr), z);
      return y;
    }
  }
  template <typename X>
  auto operator()(const X& x) const {
    return forward(x);
  }

  template <typename X, typename Y, typename W>
  void forward(const X& x, Y&& y, W&& winners) const {
    matrix z;
    forward(x, y, winners, z);
  }
  /// With a workspace, none of the other arguments.
  template <typename X, typename Y, typename W>
  void forward(const X& x, Y&& y, W&& winners, matrix& workspace) const {
    if constexpr (is_argument<X>() && is_output<T, Y>() && are_winners<W>() &&
                  is_output<typename std::decay_t<W>::Scalar, W>()) {
      check("forward", x);
      check_range<typename std::decay_t<W>::Scalar>();
      detail::expect_room(result_size(x), y, name, "forward", "y", "the result");
      detail::expect_room(result_size(x), winners, name, "forward", "winners", "the result");
      compute(x, y, &winners, workspace);
    }
  }

  template <typename X, typename W, typename G, typename DX, typename DW, typename DB>
  void backward(const X& x, const W& winners, const G& dy, DX&& dx, DW&& dweights,
                DB&& dbiases) const {
    matrix dz;
    backward(x, winners, dy, dx, dweights, dbiases, dz);
  }
  /// With a workspace, none of the other arguments.
  template <typename X, typename W, typename G, typename DX, typename DW, typename DB>
  void backward(const X& x, const W& winners, const G& dy, DX&& dx, DW&& dweights, DB&& dbiases,
                matrix& workspace) const {
    if constexpr (is_argument<X>() && is_argument<G>() && are_winners<W>() &&
                  detail::is_output_of<T, DX>() && detail::is_output_of<T, DW>() &&
                  detail::is_output_of<T, DB>()) {
      check("backward", x);
      detail::expect_shape_of(result_size(x), dy, name, "backward", "dy", "the result");
      detail::expect_shape_of(result_size(x), winners, name, "backward", "winners", "the result");
      detail::expect_room(x, dx, name, "backward", "dx", "x");
      detail::expect_room(weights, dweights, name, "backward", "dweights", "weights");
      detail::expect_room(biases, dbiases, name, "backward", "dbiases", "biases");
      check_winners(detail::in_memory(winners.derived()));
      distribute(detail::in_memory(winners.derived()), detail::in_memory(dy.derived()), workspace);
      detail::take_shape_of(weights, dweights);
      detail::take_shape_of(biases, dbiases);
      dweights.matrix().noalias() = workspace * x.derived().matrix().transpose();
      dbiases.setZero();
      for (Index j = 0; j < workspace.cols(); ++j) dbiases.matrix() += workspace.col(j);
      detail::take_shape_of(x, dx);
      dx.matrix().noalias() = weights.transpose() * workspace;
    }
  }
  /// dx, dweights and dbiases as plain values.
  template <typename X, typename W, typename G>
  auto backward(const X& x, const W& winners, const G& dy) const {
    std::tuple<typename X::PlainObject, matrix, vector> gradients;
    auto& [dx, dweights, dbiases] = gradients;
    backward(x, winners, dy, dx, dweights, dbiases);
    return gradients;
  }

 private:
  template <typename X>
  static constexpr bool is_argument() {
    return detail::is_argument_of<T, X>();
  }
  template <typename W>
  static constexpr bool are_winners() {
    constexpr bool are_integers = [] {
      if constexpr (detail::is_dense<W>)
        return std::is_integral_v<typename std::decay_t<W>::Scalar> &&
               !std::is_same_v<typename std::decay_t<W>::Scalar, bool>;
      else
        return false;
    }();
    static_assert(are_integers,
                  "hillock: winners must be an Eigen array or matrix of integers, e.g. "
                  "Eigen::ArrayXXi");
    return are_integers;
  }
  template <typename S, typename Y>
  static constexpr bool is_output() {
    constexpr bool is_in_memory = [] {
      if constexpr (detail::is_dense<Y>)
        return detail::is_in_memory<std::decay_t<Y>>;
      else
        return true;  // and said to be no array
    }();
    static_assert(
        is_in_memory,
        "hillock: an output of maxout must lie in memory: an Eigen array, matrix, block or map");
    return detail::is_output_of<S, Y>() && is_in_memory;
  }

  /// Throws where the weights do not fit each other, or x them.
  template <typename X>
  void check(std::string_view verb, const X& x) const {
    if (weights.size() == 0 || weights.rows() % pieces_ != 0)
      detail::fail(detail::text(name, verb) + ": weights is " + text_of(weights) +
                   ", which is no outputs of " + std::to_string(pieces_) + " pieces each");
    if (biases.size() != weights.rows())
      detail::fail(detail::text(name, verb) + ": there are " + std::to_string(biases.size()) +
                   " biases, but weights is " + text_of(weights));
    if (x.rows() != weights.cols())
      detail::fail(detail::text(name, verb) + ": x is " + text_of(x) + ", but weights is " +
                   text_of(weights) + ", which takes " + std::to_string(weights.cols()) + " rows");
  }
  template <typename X>
  static std::string text_of(const X& x) {
    return detail::text({x.rows(), x.cols()});
  }

  struct size {
    Index rows_, cols_;
    Index rows() const { return rows_; }
    Index cols() const { return cols_; }
  };
  template <typename X>
  size result_size(const X& x) const {
    return {outputs(), x.cols()};
  }

  /// Can an integer hold the number of any piece?
  template <typename I>
  void check_range() const {
    constexpr auto most = static_cast<std::uintmax_t>((std::numeric_limits<I>::max)());
    if (static_cast<std::uintmax_t>(pieces_ - 1) > most)
      detail::fail("maxout.forward: winners are integers up to " + std::to_string(most) +
                   ", but there are " + std::to_string(pieces_) + " pieces");
  }
  template <typename W>
  void check_winners(const W& winners) const {
    for (Index j = 0; j < winners.cols(); ++j)
      for (Index u = 0; u < winners.rows(); ++u)
        if (const auto p = static_cast<Index>(winners.coeff(u, j)); p < 0 || p >= pieces_)
          detail::fail("maxout.backward: winner " + std::to_string(p) + " of output " +
                       std::to_string(u) + " in column " + std::to_string(j) +
                       " is out of range, for there are " + std::to_string(pieces_) + " pieces");
  }

  /// y and, unless null, the winners, by way of all pieces in z.
  template <typename X, typename Y, typename W>
  void compute(const X& x, Y& y, W* winners, matrix& workspace) const {
    using place_type = typename W::Scalar;
    using by_rows = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    workspace.resize(weights.rows(), x.cols());
    Eigen::Map<by_rows> z(workspace.data(), weights.rows(), x.cols());
    z.noalias() = weights * x.derived().matrix();
    const size result = result_size(x);
    detail::take_shape_of(result, y);
    detail::slices<place_type> places{};
    if (winners) {
      detail::take_shape_of(result, *winners);
      places = detail::slices_of<per_column, place_type>(*winners);
    }
    detail::perform(
        detail::maxout_task<T, place_type>{z.data(), biases.data(), y.rows(), pieces_, y.cols(),
                                           detail::slices_of<per_column, T>(y), places});
  }

  /// dz: dy where a piece won, else 0.
  template <typename W, typename G>
  void distribute(const W& winners, const G& dy, matrix& dz) const {
    dz.setZero(weights.rows(), winners.cols());
    for (Index j = 0; j < winners.cols(); ++j)
      for (Index u = 0; u < winners.rows(); ++u)
        dz.coeffRef(u * pieces_ + static_cast<Index>(winners.coeff(u, j)), j) = dy.coeff(u, j);
  }

  Index pieces_;
};

}  // namespace HILLOCK_ABI
}  // namespace hillock
