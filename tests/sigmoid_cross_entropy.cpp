// SPDX-License-Identifier: MIT
// The loss of logits whose sigmoids are probabilities.
#include "allocations.hpp"
#include "slices.hpp"

#include <hillock/sigmoid_cross_entropy.hpp>

namespace {

using slices::Index;
using slices::logits;
using slices::matrix;
using slices::row_matrix;
using support::difference;
using support::infinity;

long double softplus(long double x) {
  return (std::max)(x, 0.0L) + std::log1p(std::exp(-std::abs(x)));
}

template <typename T>
void check(Index rows, Index cols, double spread, double weight) {
  CAPTURE(hillock::name_of(hillock::instruction_set()), support::name_of_type<T>(), rows, cols,
          spread, weight);
  const double epsilon = std::numeric_limits<T>::epsilon();
  hillock::sigmoid_cross_entropy<T> loss;
  loss.positive_weight = static_cast<T>(weight);
  const auto w = static_cast<long double>(loss.positive_weight);
  const matrix<T> x = logits<T>(rows, cols, spread, 1);
  for (const bool is_hard : {true, false}) {
    const matrix<T> t =
        is_hard ? matrix<T>((logits<T>(rows, cols, 1, 2).array() > 0).template cast<T>().matrix())
                : matrix<T>(logits<T>(rows, cols, 0.5, 2).array() + T(0.5));
    const matrix<T> each = loss.forward_each(x, t), dx = loss.backward_sum(x, t);
    slices::exact_sum sum;
    for (Index j = 0; j < cols; ++j)
      for (Index i = 0; i < rows; ++i) {
        const auto a = static_cast<long double>(x(i, j)), b = static_cast<long double>(t(i, j));
        const long double truth = (1 - b) * softplus(a) + w * b * softplus(-a);
        const long double rise = (1 - b) / (1 + std::exp(-a)), fall = w * b / (1 + std::exp(a));
        sum.add(truth);
        REQUIRE(reference::ulps_off(each(i, j), truth) <= 4);
        if (std::abs(rise - fall) < static_cast<long double>(support::smallest_normal<T>))
          REQUIRE(std::abs(dx(i, j)) <= support::smallest_normal<T>);  // a zero of either sign
        else if (is_hard)
          REQUIRE(reference::ulps_off(dx(i, j), rise - fall) <= 4);
        else
          REQUIRE(
              std::abs(static_cast<double>(static_cast<long double>(dx(i, j)) - (rise - fall))) <=
              4 * epsilon * static_cast<double>((std::max)(rise, fall)));
      }
    const auto total = static_cast<double>(sum.total());
    const auto n = static_cast<double>(x.size());
    CHECK(std::abs(static_cast<double>(loss.forward_sum(x, t)) - total) <= 4 * epsilon * total);
    CHECK(std::abs(static_cast<double>(loss.forward(x, t)) - total / n) <= 5 * epsilon * total / n);
    const matrix<T> mean = loss.backward(x, t);
    CHECK((mean * static_cast<T>(n) - dx).cwiseAbs().maxCoeff() <=
          3 * epsilon * dx.cwiseAbs().maxCoeff());
    const row_matrix<T> by_rows = x;
    CHECK(difference(matrix<T>(loss.backward(by_rows, t)), mean) == "");
    CHECK(std::abs(static_cast<double>(loss.forward_sum(by_rows, t)) - total) <=
          4 * epsilon * total);
    matrix<T> place = x;
    place = loss.backward(place, t);
    CHECK(difference(place, mean) == "");
  }
}

}  // namespace

TEST_CASE("losses and gradients are right to a few ulp") {
  support::for_each_instruction_set([] {
    for (const double spread : {0.1, 5.0, 60.0, 1e4})
      for (const double weight : {1.0, 3.0, 0.1})
        for (const auto& [rows, cols] :
             {std::pair<Index, Index>(1, 1), {3, 5}, {67, 2}, {16, 16}}) {
          check<float>(rows, cols, spread, weight);
          check<double>(rows, cols, spread, weight);
        }
  });
}

TEST_CASE("the gradient is what differences tell") {
  hillock::sigmoid_cross_entropy<double> loss;
  loss.positive_weight = 2.5;
  Eigen::ArrayXXd x = logits<double>(3, 4, 4, 1).array();
  const Eigen::ArrayXXd t = logits<double>(3, 4, 0.5, 2).array() + 0.5;
  const Eigen::ArrayXXd dx = loss.backward(x, t);
  for (Index i = 0; i < x.size(); ++i) {
    const double at = x(i), h = 1e-3;
    const auto moved = [&](double step) {
      x(i) = at + step;
      return loss.forward(x, t);
    };
    const double slope = (8 * (moved(h) - moved(-h)) - (moved(2 * h) - moved(-2 * h))) / (12 * h);
    x(i) = at;
    CHECK(std::abs(slope - dx(i)) <= 1e-11);
  }
}

TEST_CASE("infinities, NaN, nothing") {
  const hillock::sigmoid_cross_entropy<float> loss;
  const float inf = infinity<float>;
  const Eigen::Array4f x(inf, -inf, inf, -inf), t(1, 0, 0, 1);
  const Eigen::Array4f each = loss.forward_each(x, t);
  CHECK((each[0] == 0 && each[1] == 0 && each[2] == inf && each[3] == inf));
  CHECK(loss.forward(x, t) == inf);
  CHECK(loss.forward(x.replicate(5, 3), t.replicate(5, 3)) == inf);
  const Eigen::Array4f dx = loss.backward_sum(x, t);
  CHECK((dx[0] == 0 && dx[1] == 0 && dx[2] == 1 && dx[3] == -1));
  const Eigen::Array2f bad(support::nan<float>, 1), ones(1, 1);
  CHECK(std::isnan(loss.forward(bad, ones)));
  CHECK(std::isnan(Eigen::Array2f(loss.backward(bad, ones))[0]));
  CHECK(loss.forward(Eigen::MatrixXf(0, 3), Eigen::MatrixXf(0, 3)) == 0);
}

TEST_CASE("the loss and its gradient allocate nothing") {
  using support::allocations_of;
  support::for_each_instruction_set([] {
    const hillock::sigmoid_cross_entropy<float> loss;
    for (const Index n : {1, 7, 67, 1003}) {
      const matrix<float> x = logits<float>(5, n, 3, 1);
      matrix<float> out = x;
      float sum = 0;
      CHECK(allocations_of([&] { sum += loss.forward(x, x); }) == 0);
      CHECK(allocations_of([&] { out = loss.backward(x, x); }) == 0);
      CHECK(allocations_of([&] { out = loss.forward_each(x, x); }) == 0);
    }
  });
}

#if defined(__cpp_exceptions) || defined(_CPPUNWIND)
TEST_CASE("what does not fit is named") {
  hillock::sigmoid_cross_entropy<float> loss;
  const Eigen::MatrixXf x(3, 4), t(4, 3);
  using support::complaint;
  CHECK(complaint([&] { static_cast<void>(loss.forward(x, t)); }) ==
        "hillock: sigmoid_cross_entropy.forward: targets is 4 x 3, but logits is 3 x 4");
  CHECK(complaint([&] { static_cast<void>(loss.backward(x, t)); }) ==
        "hillock: sigmoid_cross_entropy.backward: targets is 4 x 3, but logits is 3 x 4");
  loss.positive_weight = -1;
  CHECK(complaint([&] { static_cast<void>(loss.forward_sum(x, x)); }) ==
        "hillock: sigmoid_cross_entropy.forward_sum: positive_weight must be finite and >= 0, but "
        "is -1");
}
#endif
