// SPDX-License-Identifier: MIT
// rrelu: random slopes that anyone can draw again, leaky_relu element by element.
#include "allocations.hpp"
#include "slices.hpp"

#include <hillock/rrelu.hpp>

namespace {

using Eigen::Index;
using slices::matrix;
using slices::row_matrix;
using support::difference;

/// u in [0, 1) as core/random.hpp tells, written out.
float uniform_of(std::mt19937& generator) {
  return std::ldexp(static_cast<float>(generator() >> 8), -24);
}
double uniform_of(std::mt19937& generator, double) {
  const std::uint64_t high = generator(), low = generator();
  return std::ldexp(static_cast<double>(high << 21 | low >> 11), -53);
}

template <typename T>
void check_training(const hillock::rrelu<T>& f, const matrix<T>& x, const matrix<T>& dy) {
  matrix<T> y, slopes;
  std::mt19937 generator(7);
  f.forward(x, y, slopes, generator);
  matrix<T> want = x, dwant = x;
  for (Index i = 0; i < x.size(); ++i) {
    REQUIRE(slopes(i) >= f.lower());
    REQUIRE(slopes(i) <= f.upper());
    const hillock::leaky_relu<T> leaky{slopes(i)};
    want(i) = leaky(x(i));
    dwant(i) = leaky.backward(x(i), dy(i));
  }
  REQUIRE(difference(y, want) == "");
  REQUIRE(difference(matrix<T>(f.backward(x, slopes, dy)), dwant) == "");
  matrix<T> a = dy;
  a = f.backward(x, slopes, a);
  REQUIRE(difference(a, dwant) == "");
  const matrix<T> sum = dy + f.backward(x, slopes.array(), dy), late = dy + dwant;
  REQUIRE(difference(sum, late) == "");

  // The same draws again: by value, in place, in another storage order, from an expression.
  generator.seed(7);
  const auto [y2, slopes2] = f.forward(x, generator);
  REQUIRE(difference(y2, y) == "");
  REQUIRE(difference(slopes2, slopes) == "");
  generator.seed(7);
  a = x;
  f.forward(a, a, slopes, generator);
  REQUIRE(difference(a, want) == "");
  generator.seed(7);
  row_matrix<T> by_rows;
  matrix<T> big = matrix<T>::Constant(x.rows() + 2, x.cols() + 1, T(7));
  f.forward(x.array().reverse().reverse(), by_rows, big.block(1, 0, x.rows(), x.cols()), generator);
  REQUIRE(difference(by_rows, want) == "");
  REQUIRE(difference(matrix<T>(big.block(1, 0, x.rows(), x.cols())), slopes) == "");
  REQUIRE((big.row(0).array() == 7).all());
}

}  // namespace

TEST_CASE("rrelu is a leaky_relu of its own for each element") {
  support::for_each_instruction_set([] {
    CAPTURE(hillock::name_of(hillock::instruction_set()));
    const auto check = [](auto zero) {
      using T = decltype(zero);
      for (const Index rows : {1, 67}) {
        const matrix<T> x = support::mixture<T>(rows * 19).reshaped(rows, 19).matrix(),
                        dy = x.reverse();
        check_training(hillock::rrelu<T>(), x, dy);
        check_training(hillock::rrelu<T>(T(-3), T(2.5)), x, dy);
        check_training(hillock::rrelu<T>(-support::largest<T>, support::largest<T>), x, dy);
      }
    };
    check(0.f);
    check(0.0);
  });
}

TEST_CASE("the slopes are the numbers that the documentation tells") {
  std::mt19937 generator(3), again(3);
  Eigen::ArrayXf y, slopes;
  hillock::rrelu<float>(0, 1).forward(Eigen::ArrayXf::Zero(100), y, slopes, generator);
  for (const float slope : slopes) CHECK(slope == uniform_of(again));
  Eigen::ArrayXd wide, wide_slopes;
  hillock::rrelu<double>(0, 1).forward(Eigen::ArrayXd::Zero(100), wide, wide_slopes, generator);
  for (const double slope : wide_slopes) CHECK(slope == uniform_of(again, 0));
  CHECK(generator == again);
}

TEST_CASE("any generator will do") {
  const auto check = [](auto generator) {
    const Index n = 100000;
    const auto [y, slopes] =
        hillock::rrelu<double>(2, 4).forward(Eigen::ArrayXd::Zero(n), generator);
    const double mean = slopes.mean(), variance = (slopes - mean).square().mean();
    // Standard errors 2 / sqrt(12 n) and 4 / 12 sqrt(0.8 / n).
    CHECK(std::abs(mean - 3) < 5 * 2 / std::sqrt(12. * n));
    CHECK(std::abs(variance - 4. / 12) < 5 * 4. / 12 * std::sqrt(0.8 / n));
    CHECK(slopes.minCoeff() >= 2);
    CHECK(slopes.maxCoeff() <= 4);
    CHECK(slopes.minCoeff() < 2.001);
    CHECK(slopes.maxCoeff() > 3.999);
  };
  check(std::mt19937(1));
  check(std::mt19937_64(2));
  check(std::minstd_rand(3));  // 2^31 - 2 values
  check(std::ranlux24(4));
  check(std::ranlux48(5));
  check(std::independent_bits_engine<std::mt19937, 3, unsigned>(std::mt19937(6)));
}

TEST_CASE("without training rrelu is leaky_relu with the mean slope") {
  const matrix<double> x = slices::logits<double>(7, 5, 3, 1),
                       dy = slices::logits<double>(7, 5, 3, 2);
  const hillock::rrelu<double> f;
  const hillock::leaky_relu<double> leaky{(1. / 8 + 1. / 3) / 2};
  CHECK(difference(matrix<double>(f.forward(x)), matrix<double>(leaky.forward(x))) == "");
  CHECK(difference(matrix<double>(f(x)), matrix<double>(leaky.forward(x))) == "");
  CHECK(difference(matrix<double>(f.backward(x, dy)), matrix<double>(leaky.backward(x, dy))) == "");
  CHECK(f(-1.) == leaky(-1.));
  CHECK(f.with_lower(0.3).lower() == 0.3);
  CHECK(f.with_upper(0.5).upper() == 0.5);
  CHECK(hillock::rrelu<float>(-3e38f, -1e38f).mean().slope() == -2e38f);
}

TEST_CASE("rrelu's gradient is what differences tell") {
  const matrix<double> x = slices::logits<double>(7, 5, 3, 1),
                       dy = slices::logits<double>(7, 5, 2, 2);
  const hillock::rrelu<double> f;
  const double h = 1e-6;
  matrix<double> up, down, slopes;
  std::mt19937 generator(1);
  f.forward((x.array() + h).matrix(), up, slopes, generator);
  generator.seed(1);
  f.forward((x.array() - h).matrix(), down, slopes, generator);
  const matrix<double> dx = f.backward(x, slopes, dy);
  CHECK(((up - down).cwiseProduct(dy) / (2 * h) - dx).cwiseAbs().maxCoeff() < 1e-8);
}

TEST_CASE("rrelu of half and long double") {
  std::mt19937 generator(1);
  using half_array = Eigen::Array<Eigen::half, Eigen::Dynamic, 1>;
  const half_array x = slices::logits<float>(9, 3, 1).cast<Eigen::half>();
  const auto [y, slopes] = hillock::rrelu<Eigen::half>().forward(x, generator);
  for (Index i = 0; i < 9; ++i)
    CHECK(y[i] == hillock::leaky_relu<Eigen::half>{static_cast<float>(slopes[i])}(x[i]));
  const half_array dx = hillock::rrelu<Eigen::half>().backward(x, slopes, x);
  CHECK(dx.cast<float>().isFinite().all());
  using wide_array = Eigen::Array<long double, Eigen::Dynamic, 1>;
  const wide_array w = slices::logits<double>(9, 3, 1).cast<long double>();
  const auto [z, more] = hillock::rrelu<long double>().forward(w, generator);
  for (Index i = 0; i < 9; ++i) CHECK(z[i] == (w[i] > 0 ? w[i] : w[i] * more[i]));
}

TEST_CASE("rrelu allocates nothing") {
  using support::allocations_of;
  std::mt19937 generator(1);
  for (const Index n : {1, 7, 67, 1003}) {
    const matrix<float> x = slices::logits<float>(5, n, 3, 1), dy = x.reverse();
    matrix<float> out = x, slopes = x;
    const hillock::rrelu<float> f;
    CHECK(allocations_of([&] { f.forward(x, out, slopes, generator); }) == 0);
    CHECK(allocations_of([&] { out = f.backward(x, slopes, dy); }) == 0);
    CHECK(allocations_of([&] { out = f.forward(x); }) == 0);
  }
}

#if defined(__cpp_exceptions) || defined(_CPPUNWIND)
TEST_CASE("what is wrong is named, and nothing is written or drawn") {
  using support::complaint;
  const hillock::rrelu<float> f;
  const matrix<float> x = slices::logits<float>(3, 4, 1, 1);
  matrix<float> y = matrix<float>::Constant(1, 1, 5);
  Eigen::Matrix3f fixed = Eigen::Matrix3f::Zero();
  std::mt19937 generator(1);
  CHECK(complaint([] { hillock::rrelu<float>(0.5f, 0.25f); }) ==
        "hillock: rrelu: lower must not exceed upper, but lower is 0.5 and upper is 0.25");
  CHECK(complaint([] { hillock::rrelu<float>(0, support::infinity<float>); }) ==
        "hillock: rrelu: upper must be finite, but is inf");
  CHECK(complaint([] { hillock::rrelu<float>(support::nan<float>, 1); }) ==
        "hillock: rrelu: lower must be finite, but is nan");
  CHECK(complaint([&] { f.forward(x, y, fixed, generator); }) ==
        "hillock: rrelu.forward: slopes is 3 x 3, but x is 3 x 4");
  CHECK(complaint([&] { f.forward(x, fixed, y, generator); }) ==
        "hillock: rrelu.forward: y is 3 x 3, but x is 3 x 4");
  CHECK(complaint([&] { y = f.backward(x, x, x.transpose()); }) ==
        "hillock: rrelu.backward: dy is 4 x 3, but x is 3 x 4");
  CHECK(complaint([&] { y = f.backward(x, x.transpose(), x); }) ==
        "hillock: rrelu.backward: slopes is 4 x 3, but x is 3 x 4");
  CHECK(complaint([&] { y = f.backward(x, x.transpose()); }) ==
        "hillock: rrelu.backward: dy is 4 x 3, but x is 3 x 4");
  CHECK(y.size() == 1);
  CHECK(y(0) == 5);
  CHECK(generator == std::mt19937(1));
}
#endif
