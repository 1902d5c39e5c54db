// SPDX-License-Identifier: MIT
// prelu: the bytes of leaky_relu with each slice's slope, wherever it lies; gradients of slopes.
#include "allocations.hpp"
#include "slices.hpp"

#include <hillock/leaky_relu.hpp>
#include <hillock/prelu.hpp>

namespace {

using Eigen::Dynamic;
using Eigen::Index;
using slices::matrix;
using slices::row_matrix;
using support::difference;

template <typename T>
using column = Eigen::Matrix<T, Dynamic, 1>;

/// Slopes of every kind: shrinking, enlarging, of either sign, and those that need care.
template <typename T>
column<T> slopes_of_all_kinds(Index count) {
  const T some[] = {T(0.25),  T(-0.3), T(0),    T(1),     T(-1),    T(2.5),   T(-3),
                    T(0.01),  T(-0.0), T(1e-3), T(1.001), T(0.999), T(1e-30), T(1e30),
                    T(-1e35), T(0.5),  T(2),    T(1) / 3, T(-0.7)};
  column<T> slopes(count);
  for (Index i = 0; i < count; ++i) slopes[i] = some[i % Index(std::size(some))];
  return slopes;
}

/// Numbers of every kind, and some around the places where a product vanishes.
template <typename T>
matrix<T> numbers(Index rows, Index cols, unsigned seed) {
  matrix<T> x = support::mixture<T>(rows * cols).reshaped(rows, cols).matrix();
  std::mt19937 random(seed);
  for (Index i = 0; i < x.size(); ++i)
    if (random() % 4 == 0) {
      const T slope = std::abs(slopes_of_all_kinds<T>(19)[static_cast<Index>(random() % 19)]);
      T edge = -support::smallest_normal<T> / (slope == 0 ? T(1) : slope);
      for (auto k = random() % 3; k > 0; --k) edge = std::nextafter(edge, T(0));
      x(i) = random() % 2 ? edge : std::nextafter(edge, -support::infinity<T>);
    }
  return x;
}

template <typename T>
struct layer {
  matrix<T> y, dx;
};

/// What leaky_relu gives, slice by slice.
template <typename Axis, typename T>
layer<T> by_leaky_relu(const column<T>& slopes, const matrix<T>& x, const matrix<T>& dy) {
  layer<T> want{x, x};
  for (Index i = 0; i < slopes.size(); ++i) {
    const hillock::leaky_relu<T> f{slopes[i]};
    if constexpr (std::is_same_v<Axis, hillock::per_row>) {
      want.y.row(i) = f.forward(x.row(i));
      want.dx.row(i) = f.backward(x.row(i), dy.row(i));
    } else {
      want.y.col(i) = f.forward(x.col(i));
      want.dx.col(i) = f.backward(x.col(i), dy.col(i));
    }
  }
  return want;
}

/// Whole arrays, also in place.
template <typename F, typename T>
void check_plain(const F& f, const matrix<T>& x, const matrix<T>& dy, const layer<T>& want) {
  REQUIRE(difference(matrix<T>(f.forward(x)), want.y) == "");
  REQUIRE(difference(matrix<T>(f.backward(x, dy)), want.dx) == "");
  matrix<T> a = x;
  a = f.forward(a);
  REQUIRE(difference(a, want.y) == "");
  a = x;
  a = f.backward(a, dy);
  REQUIRE(difference(a, want.dx) == "");
  a = dy;
  a = f.backward(x, a);
  REQUIRE(difference(a, want.dx) == "");
}

/// Other orders and strides, parts of larger arrays, expressions, temporaries.
template <typename F, typename T>
void check_places(const F& f, const matrix<T>& x, const matrix<T>& dy, const layer<T>& want) {
  using strided = Eigen::Stride<Dynamic, Dynamic>;
  const Index rows = x.rows(), cols = x.cols();
  matrix<T> a = x;
  const row_matrix<T> by_rows = x;
  row_matrix<T> b = dy;
  REQUIRE(difference(matrix<T>(f.forward(by_rows)), want.y) == "");
  b = f.forward(by_rows);
  REQUIRE(difference(b, want.y) == "");
  b = f.backward(by_rows, row_matrix<T>(dy));
  REQUIRE(difference(b, want.dx) == "");
  a = f.backward(by_rows, dy.array());
  REQUIRE(difference(a, want.dx) == "");
  matrix<T> big = matrix<T>::Constant(rows + 3, cols + 2, T(7));
  big.block(1, 1, rows, cols) = f.forward(x);
  REQUIRE(difference(matrix<T>(big.block(1, 1, rows, cols)), want.y) == "");
  REQUIRE((big.row(0).array() == 7).all());
  REQUIRE((big.bottomRows(2).array() == 7).all());
  REQUIRE((big.col(cols + 1).array() == 7).all());
  big.block(2, 0, rows, cols) = x;
  big.block(2, 0, rows, cols) = f.backward(big.block(2, 0, rows, cols), dy);
  REQUIRE(difference(matrix<T>(big.block(2, 0, rows, cols)), want.dx) == "");
  matrix<T> wide(2 * rows + 1, 2 * cols);
  Eigen::Map<matrix<T>, 0, strided> apart(wide.data(), rows, cols, strided(2 * wide.rows(), 2));
  apart = x;
  apart = f.forward(apart);
  REQUIRE(difference(matrix<T>(apart), want.y) == "");
  REQUIRE(difference(matrix<T>(f.forward(x.reverse().reverse())), want.y) == "");
  REQUIRE(difference(matrix<T>(f.forward(matrix<T>(x))), want.y) == "");
  const auto kept = f.backward(matrix<T>(x), matrix<T>(dy));
  REQUIRE(difference(matrix<T>(kept), want.dx) == "");
  REQUIRE(difference(matrix<T>(-f.forward(x)), matrix<T>(-want.y)) == "");
  // In one pass.
  column<T> slopes = f.slope_gradient(x, dy), more(slopes.size());
  a.resize(0, 0);
  f.backward(x, dy, a, more);
  REQUIRE(difference(a, want.dx) == "");
  REQUIRE(difference(more, slopes) == "");
  f.backward(x.array(), dy.array().reverse().reverse(), big.block(1, 2, rows, cols), more);
  REQUIRE(difference(matrix<T>(big.block(1, 2, rows, cols)), want.dx) == "");
  a = x;
  f.backward(a, dy, a, more);
  REQUIRE(difference(a, want.dx) == "");
  REQUIRE(difference(more, slopes) == "");
  a = dy;
  f.backward(x, a, a, more);
  REQUIRE(difference(a, want.dx) == "");
  REQUIRE(difference(more, slopes) == "");
}

template <typename T, typename Axis>
void check_axis() {
  constexpr bool by_row = std::is_same_v<Axis, hillock::per_row>;
  for (const Index rows : {1, 3, 8, 17, 64, 67, 1030})
    for (const Index cols : {1, 2, 19, 131}) {
      if (rows * cols > 70000) continue;
      CAPTURE(rows, cols, by_row);
      const matrix<T> x = numbers<T>(rows, cols, 1), dy = numbers<T>(rows, cols, 2);
      const Index count = by_row ? rows : cols;
      for (const bool enlarging : {true, false}) {
        column<T> slopes = slopes_of_all_kinds<T>(count);
        if (!enlarging) slopes = (slopes.array().abs() > 1).select(T(0.2), slopes);
        const hillock::prelu<T, Axis> f(slopes);
        REQUIRE(f.parameter_count() == count);
        const layer<T> want = by_leaky_relu<Axis>(slopes, x, dy);
        check_plain(f, x, dy, want);
        REQUIRE(difference(matrix<T>(f.derivative(x)),
                           matrix<T>(f.backward(x, matrix<T>::Ones(rows, cols)))) == "");
        if constexpr (std::is_same_v<T, float>) check_places(f, x, dy, want);
      }
    }
}

template <typename T>
void check_one_slope() {
  const matrix<T> x = numbers<T>(67, 19, 1), dy = numbers<T>(67, 19, 2);
  const column<T> slopes = slopes_of_all_kinds<T>(19);
  for (const T slope : slopes) {
    CAPTURE(slope);
    const hillock::leaky_relu<T> leaky{slope};
    const hillock::prelu<T> f(slope);
    const layer<T> want{leaky.forward(x), leaky.backward(x, dy)};
    check_plain(f, x, dy, want);
    if constexpr (std::is_same_v<T, float>) check_places(f, x, dy, want);
    REQUIRE(support::same_bits(matrix<T>(f(x))(3), want.y(3)));
    REQUIRE(support::same_bits(f(T(-1.5)), leaky(T(-1.5))));
  }
}

/// Of every element by itself, and of everything at once.
template <typename F>
void check_differences(F f, const matrix<double>& x, const matrix<double>& dy) {
  const auto dslopes = f.slope_gradient(x, dy);
  for (Index i = 0; i < f.slopes.size(); ++i) {
    const double h = 1e-4, before = f.slopes[i];
    const auto loss = [&](double slope) {
      f.slopes[i] = slope;
      return (matrix<double>(f.forward(x)).array() * dy.array()).sum();
    };
    const double want = (loss(before + h) - loss(before - h)) / (2 * h);
    f.slopes[i] = before;
    REQUIRE(std::abs(dslopes[i] - want) <= 1e-6 * (std::max)(1.0, std::abs(want)));
  }
  const matrix<double> dx = f.backward(x, dy), up = f.forward((x.array() + 1e-6).matrix()),
                       down = f.forward((x.array() - 1e-6).matrix());
  REQUIRE(((up - down).array() * dy.array() / 2e-6 - dx.array()).abs().maxCoeff() <= 1e-6);
}

}  // namespace

TEST_CASE("a prelu of several slopes is leaky_relu slice by slice") {
  support::for_each_instruction_set([] {
    CAPTURE(hillock::name_of(hillock::instruction_set()));
    check_axis<float, hillock::per_row>();
    check_axis<float, hillock::per_column>();
    check_axis<double, hillock::per_row>();
    check_axis<double, hillock::per_column>();
  });
}

TEST_CASE("a prelu of one slope is leaky_relu") {
  support::for_each_instruction_set([] {
    CAPTURE(hillock::name_of(hillock::instruction_set()));
    check_one_slope<float>();
    check_one_slope<double>();
  });
}

TEST_CASE("gradients are what differences tell") {
  const matrix<double> x = slices::logits<double>(13, 9, 3, 1),
                       dy = slices::logits<double>(13, 9, 2, 2);
  check_differences(hillock::prelu<double>(), x, dy);
  check_differences(hillock::prelu<double, hillock::per_row>(13, 0.1), x, dy);
  check_differences(hillock::prelu<double, hillock::per_column>(9, -0.3), x, dy);
}

TEST_CASE("the derivative by the slope is x where x <= 0, and 0 at 0") {
  Eigen::Array<double, 2, 4> x, dy;
  x << -1, 0, 2, -0.0, 0, 0, 0, 3;
  dy << 2, 5, 7, 9, 1, 2, 3, 4;
  const auto sums = hillock::prelu<double, hillock::per_row>(2).slope_gradient(x, dy);
  CHECK(sums[0] == -2);
  CHECK(sums[1] == 0);
  CHECK(hillock::prelu<double>{}.slope_gradient(x, dy)[0] == -2);
  CHECK(hillock::prelu<double>{}.slope_gradient(x.row(0), dy.row(0))[0] == -2);
  dy(0, 0) = support::infinity<double>;
  CHECK(hillock::prelu<double>{}.slope_gradient(x, dy)[0] == -support::infinity<double>);
  CHECK(hillock::prelu<double>{}.slope_gradient(x.row(0), dy.row(0))[0] ==
        -support::infinity<double>);
  const Eigen::Array<double, 2, 4> dx = hillock::prelu<double>{}.backward(x, dy);
  CHECK(dx(0, 1) == 1.25);  // f'(0) is the slope
  CHECK(dx(0, 2) == 7);
  CHECK(dx(0, 3) == 2.25);
}

TEST_CASE("the derivative of a temporary takes it over") {
  const Eigen::ArrayXf x = Eigen::ArrayXf::LinSpaced(9, -4, 4);
  const auto slopes = hillock::prelu<float>{}.derivative(Eigen::ArrayXf(x));
  static_assert(std::is_same_v<decltype(slopes), const Eigen::ArrayXf>);
  CHECK((slopes == (x > 0).select(Eigen::ArrayXf::Ones(9), 0.25f)).all());
}

TEST_CASE("the gradient of a slope keeps its digits over a million terms") {
  const Eigen::ArrayXf x = Eigen::ArrayXf::Constant(1000003, -1.1f), dy = x / x;
  const double want = static_cast<double>(-1.1f) * static_cast<double>(x.size());
  support::for_each_instruction_set([&] {
    const float got = hillock::prelu<float>{}.slope_gradient(x, dy)[0];
    CHECK(std::abs(static_cast<double>(got) / want - 1) < 5e-6);
  });
}

TEST_CASE("slopes start at 0.25, and are plain data") {
  hillock::prelu<float> shared;
  CHECK(shared.slope() == 0.25f);
  CHECK(shared.parameter_count() == 1);
  shared.slope() = 0.5f;
  CHECK(shared(-2.f) == -1.f);
  hillock::prelu<float, hillock::per_row> f(3);
  CHECK(f.slopes == Eigen::Vector3f::Constant(0.25f));
  f.slopes = Eigen::Vector3f(1, 2, 3);
  const Eigen::Matrix3f x = -Eigen::Matrix3f::Ones();
  CHECK(Eigen::Matrix3f(f.forward(x)).col(1) == Eigen::Vector3f(-1, -2, -3));
  const Eigen::RowVector3f row(4, 5, 6);
  CHECK(hillock::prelu<float, hillock::per_column>(row).slopes == row.transpose());
  // A slope that is no number makes only its own slice none, and only where x < 0.
  f.slopes[1] = support::nan<float>;
  Eigen::Matrix3f y = f.forward(x);
  CHECK(y.array().isNaN().count() == 3);
  CHECK(std::isnan(y(1, 2)));
  f.slopes[1] = support::infinity<float>;
  y = f.forward(x);
  CHECK(y(1, 0) == -support::infinity<float>);
  y = f.forward(-x);
  CHECK(y == -x);
}

TEST_CASE("half, bfloat16 and long double") {
  const auto check = [](auto zero) {
    using T = decltype(zero);
    using R = hillock::real<T>;
    const matrix<R> given = slices::logits<float>(5, 37, 3, 1).template cast<R>();
    const matrix<T> x = given.template cast<T>();
    const hillock::prelu<T, hillock::per_row> f(column<R>::LinSpaced(5, R(-1), R(2)));
    const matrix<T> y = f.forward(x), dx = f.backward(x, x);
    matrix<T> both;
    column<R> sums;
    f.backward(x, x, both, sums);
    for (Index i = 0; i < 5; ++i) {
      const hillock::leaky_relu<T> leaky{f.slopes[i]};
      const matrix<T> row = leaky.forward(x.row(i)), drow = leaky.backward(x.row(i), x.row(i));
      CHECK((row.array() == y.row(i).array()).all());
      CHECK((drow.array() == dx.row(i).array()).all());
      CHECK((drow.array() == both.row(i).array()).all());
      const R want = x.row(i).template cast<R>().cwiseMin(R(0)).squaredNorm();
      CHECK(std::abs(sums[i] - want) <= R(1e-5) * want);
    }
    const hillock::prelu<T> one(R(0.3));
    CHECK((matrix<T>(one.forward(x)).array() ==
           matrix<T>(hillock::leaky_relu<T>{R(0.3)}.forward(x)).array())
              .all());
    CHECK(one.slope_gradient(x, x)[0] > 0);
  };
  check(Eigen::half(0));
  check(Eigen::bfloat16(0));
  check(0.0L);
}

TEST_CASE("nothing is as good as something") {
  for (const Eigen::Index slices : {3, 1}) {
    const matrix<float> none(slices, 0);
    matrix<float> dx(7, 7);
    Eigen::VectorXf sums = Eigen::VectorXf::Constant(slices, 9);
    const hillock::prelu<float, hillock::per_row> f(slices);
    CHECK(matrix<float>(f.forward(none)).cols() == 0);
    f.backward(none, none, dx, sums);
    CHECK(dx.rows() == slices);
    CHECK((sums.array() == 0).all());
    matrix<float> more = none;
    more += f.forward(none);
    CHECK((hillock::prelu<float, hillock::per_column>(0).slope_gradient(none, none).size() == 0));
    CHECK(hillock::prelu<float>{}.slope_gradient(none, none)[0] == 0);
  }
}

namespace {

template <typename F, typename X>
void check_allocations(const F& f, const X& x, const X& dy) {
  using support::allocations_of;
  X out = x;
  auto slopes = f.slopes;
  CHECK(allocations_of([&] { out = f.forward(x); }) == 0);
  CHECK(allocations_of([&] { out += f.forward(x); }) == 0);
  CHECK(allocations_of([&] { out = f.backward(x, dy); }) == 0);
  CHECK(allocations_of([&] { out = f.derivative(x); }) == 0);
  CHECK(allocations_of([&] { out -= f.backward(x, dy); }) == 0);
  CHECK(allocations_of([&] { out = x, out = f.forward(out); }) == 0);
  CHECK(allocations_of([&] { out = f.forward(x + dy); }) == 0);
  CHECK(allocations_of([&] { f.backward(x, dy, out, slopes); }) == 0);
}

}  // namespace

TEST_CASE("no call allocates") {
  support::for_each_instruction_set([] {
    for (const Index n : {1, 7, 67, 1003}) {
      const matrix<float> x = numbers<float>(5, n, 1), dy = x.reverse();
      check_allocations(hillock::prelu<float>(), x, dy);
      check_allocations(hillock::prelu<float, hillock::per_row>(5), x, dy);
      check_allocations(hillock::prelu<float, hillock::per_column>(n), x, dy);
    }
  });
}

#if defined(__cpp_exceptions) || defined(_CPPUNWIND)
TEST_CASE("wrong shapes are named, and nothing is written") {
  using support::complaint;
  const matrix<float> x = slices::logits<float>(3, 4, 1, 1);
  matrix<float> y = matrix<float>::Constant(1, 1, 5);
  Eigen::VectorXf sums = Eigen::VectorXf::Constant(1, 5);
  const hillock::prelu<float, hillock::per_row> rows(4);
  const hillock::prelu<float, hillock::per_column> columns(4), none(0);
  CHECK(complaint([&] { y = rows.forward(x); }) ==
        "hillock: prelu.forward: there are 4 slopes, but x is 3 x 4, which is 3 rows");
  CHECK(complaint([&] { y = none.forward(x); }) ==
        "hillock: prelu.forward: there are 0 slopes, but x is 3 x 4, which is 4 columns");
  CHECK(complaint([&] { y = rows.backward(x, x); }) ==
        "hillock: prelu.backward: there are 4 slopes, but x is 3 x 4, which is 3 rows");
  CHECK(complaint([&] { sums = rows.slope_gradient(x, x); }) ==
        "hillock: prelu.slope_gradient: there are 4 slopes, but x is 3 x 4, which is 3 rows");
  CHECK(complaint([&] { y = columns.backward(x, x.transpose()); }) ==
        "hillock: prelu.backward: dy is 4 x 3, but x is 3 x 4");
  CHECK(complaint([&] { y = hillock::prelu<float>{}.backward(x, x.transpose()); }) ==
        "hillock: prelu.backward: dy is 4 x 3, but x is 3 x 4");
  CHECK(complaint([&] { columns.backward(x, x.leftCols(2), y, sums); }) ==
        "hillock: prelu.backward: dy is 3 x 2, but x is 3 x 4");
  Eigen::Matrix2f fixed = Eigen::Matrix2f::Zero();
  CHECK(complaint([&] { columns.backward(x, x, fixed, sums); }) ==
        "hillock: prelu.backward: dx is 2 x 2, but x is 3 x 4");
  CHECK(complaint([&] { columns.backward(x, x, y, sums.head(1)); }) ==
        "hillock: prelu.backward: dslopes is 1 x 1, but slopes is 4 x 1");
  CHECK(complaint([&] { hillock::prelu<float, hillock::per_row> f(-1); }) ==
        "hillock: prelu: channels must be >= 0, but is -1");
  CHECK(y.size() == 1);  // neither resized nor written
  CHECK(y(0) == 5);
  CHECK(sums.size() == 1);
  CHECK(sums[0] == 5);
}
#endif
