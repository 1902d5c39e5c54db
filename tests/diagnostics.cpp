// SPDX-License-Identifier: MIT
// What tells that training goes wrong: dead and saturated units, the gain of gradients.
#include "allocations.hpp"

#include <hillock/any_activation.hpp>
#include <hillock/diagnostics.hpp>
#include <hillock/prelu.hpp>

#include <stdexcept>

namespace {

using Catch::Matchers::Contains;
using Eigen::Dynamic;
template <typename T>
using matrix = Eigen::Matrix<T, Dynamic, Dynamic>;

/// 60 units of 50 observations; the first `dead` of them see negative numbers only.
template <typename T>
matrix<T> batch(Eigen::Index dead) {
  std::mt19937 random(1);
  std::normal_distribution<float> normal;
  matrix<T> x = matrix<T>::NullaryExpr(60, 50, [&] { return static_cast<T>(normal(random)); });
  x.topRows(dead) = -x.topRows(dead).cwiseAbs();
  return x;
}

template <typename F, typename X>
long double mean_square(const F& f, const X& x) {
  long double sum = 0;
  for (Eigen::Index j = 0; j < x.cols(); ++j)
    for (Eigen::Index i = 0; i < x.rows(); ++i) {
      const auto slope = static_cast<long double>(f(x(i, j)));
      sum += slope * slope;
    }
  return sum / static_cast<long double>(x.size());
}

}  // namespace

TEST_CASE("dead units are those without a derivative anywhere in the batch") {
  const hillock::relu<float> relu;
  const matrix<float> x = batch<float>(12);
  CHECK(hillock::dead_fraction(relu, x) == 12 / 60.f);
  CHECK(hillock::dead_fraction(relu, x.array()) == 12 / 60.f);
  CHECK(hillock::dead_fraction(relu, x * 2 - x) == 12 / 60.f);
  CHECK(hillock::dead_fraction(relu, matrix<float>::Identity(60, 60) * x) == 12 / 60.f);
  CHECK(hillock::dead_fraction<hillock::per_column>(relu, x.transpose()) == 12 / 60.f);
  CHECK(hillock::dead_fraction<hillock::per_column>(relu, x) == 0);
  CHECK(hillock::dead_fraction(hillock::any_activation<float>(relu), x) == 12 / 60.f);
  CHECK(hillock::dead_fraction(hillock::gelu<float>(), x) == 0);
  hillock::prelu<float, hillock::per_row> prelu(60);
  CHECK(hillock::dead_fraction(prelu, x) == 0);
  prelu.slopes.topRows(15).setZero();
  CHECK(hillock::dead_fraction(prelu, x) == 12 / 60.f);
  CHECK(hillock::dead_fraction(hillock::relu<double>(), batch<double>(60)) == 1);
  CHECK(hillock::dead_fraction(hillock::relu<Eigen::half>(), batch<Eigen::half>(30)) == 0.5f);
}

TEST_CASE("nothing is allocated for what lies in memory") {
  const matrix<float> x = batch<float>(12);
  const hillock::gelu<float> gelu;
  float sum = 0;
  CHECK(support::allocations_of([&] { sum += hillock::dead_fraction(gelu, x); }) == 0);
  CHECK(support::allocations_of([&] { sum += hillock::saturated_fraction(gelu, x); }) == 0);
  CHECK(support::allocations_of([&] { sum += hillock::gradient_gain(gelu, x); }) == 0);
  CHECK(sum > 0);
}

TEST_CASE("a NaN is not dead") {
  matrix<float> x = batch<float>(60);
  x(7, 31) = support::nan<float>;
  CHECK(hillock::dead_fraction(hillock::relu<float>(), x) == 59 / 60.f);
  CHECK(hillock::saturated_fraction(hillock::relu<float>(), x) == 2999 / 3000.f);
  CHECK(std::isnan(hillock::gradient_gain(hillock::relu<float>(), x)));
}

TEST_CASE("saturated are entries with a small derivative") {
  const hillock::tanh<float> tanh;
  const Eigen::ArrayXf x = Eigen::ArrayXf::LinSpaced(4, 0, 6);  // 1 - tanh^2: 1, .07, .0013, 2e-5
  CHECK(hillock::saturated_fraction(tanh, x) == 0.5f);
  CHECK(hillock::saturated_fraction(tanh, x, 0.08f) == 0.75f);
  CHECK(hillock::saturated_fraction(tanh, x, 0) == 0);
  CHECK(hillock::saturated_fraction(tanh, x, 1) == 1);
  CHECK(hillock::saturated_fraction(hillock::any_activation<float>(tanh), x) == 0.5f);
  // A derivative below 0 counts by its size.
  CHECK(hillock::saturated_fraction(hillock::gelu<double>(), Eigen::ArrayXd::Constant(1, -1)) == 0);
}

TEST_CASE("the gain is the root of the mean square of the derivative") {
  const matrix<double> x = batch<double>(20);
  const hillock::mish<double> mish;
  const auto slope = [&](double at) { return mish.derivative(at); };
  CHECK(hillock::gradient_gain(mish, x) ==
        Approx(static_cast<double>(std::sqrt(mean_square(slope, x)))).epsilon(1e-14));
  CHECK(hillock::gradient_gain(hillock::identity<float>(), batch<float>(0)) == 1);
  CHECK(hillock::gradient_gain(hillock::relu<float>(), batch<float>(60)) == 0);
  // The squares lie outside of float; so does the sum of so many ones.
  CHECK(hillock::gradient_gain(hillock::leaky_relu<float>(1e30f), -batch<float>(60).cwiseAbs()) ==
        1e30f);
  CHECK(hillock::gradient_gain(hillock::identity<float>(), Eigen::ArrayXf::Zero(40'000'000)) == 1);
}

TEST_CASE("the gain of double is right where squares overflow or vanish") {
  const hillock::exponential<double> f;
  for (const double x : {-700.0, -400.0, 0.0, 400.0, 700.0}) {
    const double gain = hillock::gradient_gain(f, Eigen::ArrayXd::Constant(10, x));
    CAPTURE(x);
    CHECK(std::abs(gain / std::exp(x) - 1) < 1e-14);
  }
  Eigen::Array2d both(-400, -399);
  const double want = std::exp(-400) * std::sqrt((1 + std::exp(2)) / 2);
  CHECK(std::abs(hillock::gradient_gain(f, both) / want - 1) < 1e-14);
  both[0] = support::nan<double>;
  CHECK(std::isnan(hillock::gradient_gain(f, both)));
  CHECK(std::isinf(hillock::gradient_gain(f, Eigen::Array2d(800, 0))));
}

TEST_CASE("nothing to look at is an error, as is a tolerance that is none") {
  const hillock::relu<float> relu;
  const matrix<float> nothing(0, 5);
  CHECK_THROWS_WITH(hillock::dead_fraction(relu, nothing),
                    "hillock: dead_fraction: x is empty, 0 x 5");
  CHECK_THROWS_WITH(hillock::gradient_gain(relu, nothing),
                    "hillock: gradient_gain: x is empty, 0 x 5");
  CHECK_THROWS_WITH(hillock::saturated_fraction(relu, nothing),
                    "hillock: saturated_fraction: x is empty, 0 x 5");
  for (const float tolerance : {-1.f, support::nan<float>})
    CHECK_THROWS_WITH(hillock::saturated_fraction(relu, batch<float>(0), tolerance),
                      Contains("saturated_fraction: tolerance must be >= 0"));
}
