// SPDX-License-Identifier: MIT
// maxout: against plain loops and differences; ties, NaN, copies, lent memory, what does not fit.
#include "allocations.hpp"
#include "slices.hpp"

#include <hillock/maxout.hpp>

#include <utility>

namespace {

using Eigen::Index;
using slices::matrix;
using slices::row_matrix;
using support::difference;
using winner_matrix = Eigen::Matrix<int, Eigen::Dynamic, Eigen::Dynamic>;

/// Values of which every sum of a few products is exact, so that the order of sums does not matter.
template <typename T>
matrix<T> small_integers(Index rows, Index cols, unsigned seed) {
  std::mt19937 random(seed);
  matrix<T> x(rows, cols);
  for (Index i = 0; i < x.size(); ++i) x(i) = static_cast<T>(static_cast<int>(random() % 9) - 4);
  return x;
}

template <typename T>
hillock::maxout<T> with_integers(Index inputs, Index outputs, Index pieces) {
  hillock::maxout<T> f(inputs, outputs, pieces);
  f.weights = small_integers<T>(outputs * pieces, inputs, 1);
  f.biases = small_integers<T>(outputs * pieces, 1, 2);
  return f;
}

template <typename T>
struct layer {
  matrix<T> y;
  winner_matrix winners;
  matrix<T> dx, dweights, dbiases;
};

/// The definition, entry by entry.
template <typename T>
layer<T> by_loops(const hillock::maxout<T>& f, const matrix<T>& x, const matrix<T>& dy) {
  const Index pieces = f.pieces(), outputs = f.weights.rows() / pieces;
  layer<T> want{matrix<T>(outputs, x.cols()), winner_matrix(outputs, x.cols()),
                matrix<T>::Zero(x.rows(), x.cols()), matrix<T>::Zero(f.weights.rows(), x.rows()),
                matrix<T>::Zero(f.biases.size(), 1)};
  for (Index j = 0; j < x.cols(); ++j)
    for (Index u = 0; u < outputs; ++u) {
      T best = 0;
      Index winner = -1;
      for (Index p = 0; p < pieces; ++p) {
        T z = f.biases[u * pieces + p];
        for (Index i = 0; i < x.rows(); ++i) z += f.weights(u * pieces + p, i) * x(i, j);
        if (winner < 0 || z > best || (std::isnan(z) && !std::isnan(best))) {
          best = z;
          winner = p;
        }
      }
      want.y(u, j) = best;
      want.winners(u, j) = static_cast<int>(winner);
      const Index row = u * pieces + winner;
      want.dbiases(row) += dy(u, j);
      for (Index i = 0; i < x.rows(); ++i) {
        want.dweights(row, i) += dy(u, j) * x(i, j);
        want.dx(i, j) += dy(u, j) * f.weights(row, i);
      }
    }
  return want;
}

/// As numbers: the sign of a zero sum may depend on its order.
template <typename X, typename Y>
bool equal(const X& a, const Y& b) {
  return a.rows() == b.rows() && a.cols() == b.cols() && (a.array() == b.array()).all();
}

template <typename T>
void check_layer(Index inputs, Index outputs, Index pieces, Index batch) {
  CAPTURE(inputs, outputs, pieces, batch);
  const hillock::maxout<T> f = with_integers<T>(inputs, outputs, pieces);
  REQUIRE(f.parameter_count() == (inputs * pieces + pieces) * outputs);
  const matrix<T> x = small_integers<T>(inputs, batch, 3),
                  dy = small_integers<T>(outputs, batch, 4);
  const layer<T> want = by_loops(f, x, dy);
  REQUIRE(equal(f.forward(x), want.y));
  matrix<T> y, workspace;
  winner_matrix winners;
  f.forward(x, y, winners, workspace);
  REQUIRE(equal(y, want.y));
  REQUIRE(equal(winners, want.winners));
  matrix<T> dx, dweights;
  Eigen::Matrix<T, Eigen::Dynamic, 1> dbiases;
  f.backward(x, winners, dy, dx, dweights, dbiases, workspace);
  REQUIRE(equal(dx, want.dx));
  REQUIRE(equal(dweights, want.dweights));
  REQUIRE(equal(dbiases, want.dbiases));
}

}  // namespace

TEST_CASE("maxout is what its definition says") {
  support::for_each_instruction_set([] {
    CAPTURE(hillock::name_of(hillock::instruction_set()));
    for (const Index outputs : {1, 3, 17, 130})
      for (const Index pieces : {1, 2, 5})
        for (const Index batch : {1, 7, 16, 33}) check_layer<float>(4, outputs, pieces, batch);
    check_layer<float>(1, 2, 100, 20);
    check_layer<double>(4, 3, 2, 33);
    check_layer<double>(2, 40, 9, 5);
  });
}

TEST_CASE("outputs may lie anywhere, and be inputs") {
  const hillock::maxout<float> f = with_integers<float>(5, 5, 3);
  const matrix<float> x = small_integers<float>(5, 21, 3), dy = small_integers<float>(5, 21, 4);
  const layer<float> want = by_loops(f, x, dy);
  // Arrays, expressions, other storage orders, parts of larger arrays, other integers.
  const Eigen::ArrayXXf y = f.forward(x.array());
  CHECK(equal(y, want.y));
  CHECK(equal(f(x + matrix<float>::Zero(5, 21)), want.y));
  CHECK(equal(f.forward(Eigen::VectorXf(x.col(1))), want.y.col(1)));
  row_matrix<float> by_rows;
  Eigen::Array<short, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> places;
  f.forward(row_matrix<float>(x), by_rows, places);
  CHECK(equal(by_rows, want.y));
  CHECK(equal(places.cast<int>(), want.winners));
  matrix<float> big = matrix<float>::Constant(8, 23, 7);
  winner_matrix wide = winner_matrix::Constant(10, 42, 7);
  using strided = Eigen::Map<winner_matrix, 0, Eigen::Stride<Eigen::Dynamic, Eigen::Dynamic>>;
  f.forward(x, big.block(2, 1, 5, 21), strided(wide.data(), 5, 21, {20, 2}));
  CHECK(equal(big.block(2, 1, 5, 21), want.y));
  CHECK((big.topRows(2).array() == 7).all());
  CHECK((big.bottomRows(1).array() == 7).all());
  CHECK((big.rightCols(1).array() == 7).all());
  for (Index j = 0; j < 21; ++j)
    for (Index u = 0; u < 5; ++u) CHECK(wide(2 * u, 2 * j) == want.winners(u, j));
  CHECK((wide.row(1).array() == 7).all());
  // In place.
  matrix<float> a = x;
  winner_matrix winners;
  f.forward(a, a, winners);
  CHECK(equal(a, want.y));
  const auto [dx, dweights, dbiases] = f.backward(x, winners.array(), dy.array());
  CHECK(equal(dx, want.dx));
  CHECK(equal(dweights, want.dweights));
  CHECK(equal(dbiases, want.dbiases));
  matrix<float> dw, db;
  a = x;
  f.backward(a, winners, dy, a, dw, db);
  CHECK(equal(a, want.dx));
  CHECK(equal(dw, want.dweights));
  a = dy;
  row_matrix<float> dw_by_rows;
  f.backward(x, winners, a, a, dw_by_rows, db);
  CHECK(equal(a, want.dx));
  CHECK(equal(dw_by_rows, want.dweights));
  CHECK(equal(db, want.dbiases));
  // y is x, of another size.
  const hillock::maxout<float> g = with_integers<float>(5, 2, 3);
  a = x;
  g.forward(a, a, winners);
  CHECK(equal(a, by_loops<float>(g, x, dy.topRows(2)).y));
}

TEST_CASE("maxout's gradients are what differences tell") {
  std::mt19937 generator(1);
  hillock::maxout<double> f(4, 3, 2, generator);
  CHECK(f.parameter_count() == 30);
  f.biases = slices::logits<double>(6, 1, 1, 5);
  matrix<double> x = slices::logits<double>(4, 9, 3, 1), y;
  const matrix<double> dy = slices::logits<double>(3, 9, 2, 2);
  winner_matrix winners;
  f.forward(x, y, winners);
  const auto [dx, dweights, dbiases] = f.backward(x, winners, dy);
  const auto check = [&](auto& parameters, const auto& gradient) {
    REQUIRE(gradient.rows() == parameters.rows());
    REQUIRE(gradient.cols() == parameters.cols());
    for (Index i = 0; i < parameters.size(); ++i) {
      const double h = 1e-6, before = parameters(i);
      const auto loss = [&](double at) {
        parameters(i) = at;
        return f.forward(x).cwiseProduct(dy).sum();
      };
      const double want = (loss(before + h) - loss(before - h)) / (2 * h);
      parameters(i) = before;
      CHECK(std::abs(gradient(i) - want) <= 1e-6 * (std::max)(1e-2, std::abs(want)));
    }
  };
  check(f.weights, dweights);
  check(f.biases, dbiases);
  check(x, dx);
}

TEST_CASE("the first of equal pieces wins, and a NaN against numbers") {
  const auto check = [](auto zero) {
    using T = decltype(zero);
    constexpr T nan = support::nan<T>, most = support::infinity<T>;
    hillock::maxout<T> f(1, 7, 3);
    f.biases << 1, 1, 1, 0, 2, 2, 1, nan, 5, nan, nan, 1, -most, -most, -most, -most, nan, nan, 1,
        most, nan;
    for (const Index batch : {1, 40}) {
      matrix<T> y;
      winner_matrix winners;
      f.forward(matrix<T>::Ones(1, batch), y, winners);
      for (Index j = 0; j < batch; ++j) {
        CHECK(winners.col(j) == (Eigen::Matrix<int, 7, 1>() << 0, 1, 1, 0, 0, 1, 2).finished());
        CHECK(y(0, j) == 1);
        CHECK(y(1, j) == 2);
        CHECK(std::isnan(y(2, j)));
        CHECK(std::isnan(y(3, j)));
        CHECK(y(4, j) == -most);
        CHECK(std::isnan(y(5, j)));
        CHECK(std::isnan(y(6, j)));
      }
    }
  };
  check(0.f);
  check(0.0);
  check(0.0L);
}

TEST_CASE("relu and leaky_relu are special cases of maxout") {
  hillock::maxout<float> f(1, 1, 2);
  const Eigen::RowVectorXf x = Eigen::RowVectorXf::LinSpaced(41, -5, 5);
  f.weights << 0, 1;
  CHECK(equal(f.forward(x), x.cwiseMax(0)));
  f.weights << 0.01f, 1;
  CHECK(equal(f.forward(x), x.cwiseMax(0.01f * x)));
  f.weights << -1, 1;
  CHECK(equal(f.forward(x), x.cwiseAbs()));
}

TEST_CASE("initial weights are zero, or Glorot's from the caller's generator") {
  const hillock::maxout<double> zero(4, 3, 2);
  CHECK(zero.inputs() == 4);
  CHECK(zero.outputs() == 3);
  CHECK(zero.pieces() == 2);
  CHECK(zero.weights == matrix<double>::Zero(6, 4));
  CHECK(zero.biases == matrix<double>::Zero(6, 1));
  std::mt19937 generator(1), again(1);
  const hillock::maxout<double> f(300, 100, 4, generator);
  const double n = 120000, variance = 2. / 400;
  CHECK(std::abs(f.weights.mean()) < 5 * std::sqrt(variance / n));
  CHECK(std::abs(f.weights.squaredNorm() / n - variance) < 5 * variance * std::sqrt(0.8 / n));
  CHECK(f.weights.cwiseAbs().maxCoeff() <= std::sqrt(3 * variance));
  CHECK(f.biases == matrix<double>::Zero(400, 1));
  CHECK(hillock::maxout<double>(300, 100, 4, again).weights == f.weights);
}

TEST_CASE("maxout can be copied and moved") {
  const matrix<float> x = small_integers<float>(4, 6, 3);
  hillock::maxout<float> f = with_integers<float>(4, 3, 2);
  const matrix<float> y = f.forward(x);
  hillock::maxout<float> copy = f;
  f.weights.setZero();
  CHECK(equal(copy.forward(x), y));
  f = copy;
  hillock::maxout<float> moved = std::move(copy);
  CHECK(equal(moved.forward(x), y));
  CHECK(equal(f.forward(x), y));
  copy = std::move(moved);
  CHECK(equal(copy.forward(x), y));
}

TEST_CASE("maxout of half and long double, and of nothing") {
  const auto check = [](auto zero) {
    using T = decltype(zero);
    hillock::maxout<T> f(4, 3, 2);
    f.weights = small_integers<float>(6, 4, 1).cast<T>();
    f.biases = small_integers<float>(6, 1, 2).cast<T>();
    const matrix<float> x = small_integers<float>(4, 20, 3), dy = small_integers<float>(3, 20, 4);
    const layer<float> want = by_loops(with_integers<float>(4, 3, 2), x, dy);
    matrix<T> y;
    winner_matrix winners;
    f.forward(x.cast<T>(), y, winners);
    CHECK(equal(y.template cast<float>(), want.y));
    CHECK(equal(winners, want.winners));
    const auto [dx, dweights, dbiases] = f.backward(x.cast<T>(), winners, dy.cast<T>());
    CHECK(equal(dx.template cast<float>(), want.dx));
    CHECK(equal(dweights.template cast<float>(), want.dweights));
  };
  check(Eigen::half(0));
  check(0.0L);
  const hillock::maxout<float> f = with_integers<float>(4, 3, 2);
  const matrix<float> none(4, 0);
  CHECK(f.forward(none).rows() == 3);
  const auto [dx, dweights, dbiases] = f.backward(none, winner_matrix(3, 0), matrix<float>(3, 0));
  CHECK(dx.rows() == 4);
  CHECK(equal(dweights, matrix<float>::Zero(6, 4)));
  CHECK(equal(dbiases, matrix<float>::Zero(6, 1)));
}

TEST_CASE("with lent memory maxout allocates nothing") {
  using support::allocations_of;
  std::mt19937 generator(1);
  for (const Index n : {1, 7, 67, 100}) {  // of more, Eigen's product allocates for itself
    const matrix<float> x = slices::logits<float>(5, n, 3, 1);
    const hillock::maxout<float> f(5, 5, 3, generator);
    matrix<float> dweights = f.weights, dx = x, y = x, workspace;
    auto dbiases = f.biases;
    Eigen::ArrayXXi winners;
    f.forward(x, y, winners, workspace);
    CHECK(allocations_of([&] { f.forward(x, y, winners, workspace); }) == 0);
    CHECK(allocations_of([&] { f.backward(x, winners, y, dx, dweights, dbiases, workspace); }) ==
          0);
  }
}

#if defined(__cpp_exceptions) || defined(_CPPUNWIND)
TEST_CASE("winners must be able to name every piece") {
  const hillock::maxout<float> f(1, 1, 129), one_less(1, 1, 128);
  const matrix<float> x = matrix<float>::Zero(1, 9);
  matrix<float> y;
  Eigen::Array<signed char, Eigen::Dynamic, Eigen::Dynamic> winners;
  one_less.forward(x, y, winners);
  y.setConstant(7);
  CHECK_THROWS_WITH(f.forward(x, y, winners),
                    "hillock: maxout.forward: winners are integers up to 127, but there are 129 "
                    "pieces");
  CHECK((y.array() == 7).all());
}

TEST_CASE("what does not fit is named, and nothing is written") {
  using hillock::maxout;
  using support::complaint;
  CHECK(complaint([] { maxout<float>(4, 3, 0); }) ==
        "hillock: maxout: inputs, outputs and pieces must be > 0, but are 4, 3 and 0");
  CHECK(complaint([] { maxout<float>(0, 3, 2); }) ==
        "hillock: maxout: inputs, outputs and pieces must be > 0, but are 0, 3 and 2");
  CHECK(complaint([] { maxout<float>(4, -3, 2); }) ==
        "hillock: maxout: inputs, outputs and pieces must be > 0, but are 4, -3 and 2");

  const maxout<float> f = with_integers<float>(4, 3, 2);
  const matrix<float> x = small_integers<float>(4, 5, 1), dy = small_integers<float>(3, 5, 2);
  winner_matrix winners = winner_matrix::Zero(3, 5);
  matrix<float> a = matrix<float>::Constant(1, 1, 5), b = a, c = a;
  winner_matrix places = winner_matrix::Constant(1, 1, 5);
  Eigen::Matrix2f fixed = Eigen::Matrix2f::Zero();
  CHECK(complaint([&] { f.forward(x.topRows(3)); }) ==
        "hillock: maxout.forward: x is 3 x 5, but weights is 6 x 4, which takes 4 rows");
  CHECK(complaint([&] { f.forward(x, fixed, places); }) ==
        "hillock: maxout.forward: y is 2 x 2, but the result is 3 x 5");
  CHECK(complaint([&] { f.forward(x, a, places.block(0, 0, 1, 1)); }) ==
        "hillock: maxout.forward: winners is 1 x 1, but the result is 3 x 5");
  CHECK(complaint([&] { f.backward(x.topRows(2), winners, dy, a, b, c); }) ==
        "hillock: maxout.backward: x is 2 x 5, but weights is 6 x 4, which takes 4 rows");
  CHECK(complaint([&] { f.backward(x, winners, x, a, b, c); }) ==
        "hillock: maxout.backward: dy is 4 x 5, but the result is 3 x 5");
  CHECK(complaint([&] { f.backward(x, places, dy, a, b, c); }) ==
        "hillock: maxout.backward: winners is 1 x 1, but the result is 3 x 5");
  CHECK(complaint([&] { f.backward(x, winners, dy, fixed, b, c); }) ==
        "hillock: maxout.backward: dx is 2 x 2, but x is 4 x 5");
  CHECK(complaint([&] { f.backward(x, winners, dy, a, fixed, c); }) ==
        "hillock: maxout.backward: dweights is 2 x 2, but weights is 6 x 4");
  CHECK(complaint([&] { f.backward(x, winners, dy, a, b, c.block(0, 0, 1, 1)); }) ==
        "hillock: maxout.backward: dbiases is 1 x 1, but biases is 6 x 1");
  for (const int wrong : {-1, 2}) {
    winners(1, 3) = wrong;
    CHECK(complaint([&] { f.backward(x, winners, dy, a, b, c); }) ==
          "hillock: maxout.backward: winner " + std::to_string(wrong) +
              " of output 1 in column 3 is out of range, for there are 2 pieces");
  }
  maxout<float> g = f;
  g.biases.conservativeResize(5);
  CHECK(complaint([&] { g.forward(x, a, places); }) ==
        "hillock: maxout.forward: there are 5 biases, but weights is 6 x 4");
  g.weights.conservativeResize(5, 4);
  CHECK(complaint([&] { g.forward(x, a, places); }) ==
        "hillock: maxout.forward: weights is 5 x 4, which is no outputs of 2 pieces each");
  g.weights.resize(0, 0);
  CHECK(complaint([&] { g.backward(x, winners, dy, a, b, c); }) ==
        "hillock: maxout.backward: weights is 0 x 0, which is no outputs of 2 pieces each");
  for (const auto* untouched : {&a, &b, &c}) {
    REQUIRE(untouched->size() == 1);
    CHECK((*untouched)(0) == 5);
  }
  REQUIRE(places.size() == 1);
  CHECK(places(0) == 5);
}
#endif
