// SPDX-License-Identifier: MIT
// The loss of a classifier: digits of values and gradients, shapes, labels, edges.
#include "slices.hpp"

#include <hillock/softmax_cross_entropy.hpp>

#include <stdexcept>

namespace {

using slices::array;
using slices::Index;
using slices::logits;
using slices::matrix;
using slices::row_matrix;
using support::infinity;

/// log sum e^x - x[label] in long double, without cancellation.
template <typename X>
long double loss_of(const X& x, Index label) {
  const long double at_label = static_cast<long double>(x.coeff(label));
  if (at_label < slices::maximum(x)) {
    const long double most = slices::maximum(x);
    slices::exact_sum sum;
    bool skipped = false;  // one entry that is the maximum
    for (Index i = 0; i < x.size(); ++i) {
      const auto t = static_cast<long double>(x.coeff(i));
      if (t == most && !skipped)
        skipped = true;
      else
        sum.add(slices::exp_below(t, most, 1));
    }
    return (most - at_label) + std::log1p(sum.total());
  }
  slices::exact_sum others;
  for (Index i = 0; i < x.size(); ++i)
    if (i != label)
      others.add(slices::exp_below(static_cast<long double>(x.coeff(i)), at_label, 1));
  return std::log1p(others.total());
}

/// Its gradient; at the label minus the sum of the other probabilities.
template <typename X>
slices::wide gradient_of(const X& x, Index label) {
  slices::wide p = slices::softmax(x);
  slices::exact_sum others;
  for (Index i = 0; i < x.size(); ++i)
    if (i != label) others.add(p[static_cast<std::size_t>(i)]);
  p[static_cast<std::size_t>(label)] = -others.total();
  return p;
}

Eigen::VectorXi some_labels(Index count, Index classes) {
  std::mt19937 random(55);
  Eigen::VectorXi labels(count);
  for (int& label : labels) label = static_cast<int>(static_cast<Index>(random()) % classes);
  return labels;
}

template <typename T, typename Axis, typename X>
void check_arrangement(Index classes, Index count, double spread) {
  constexpr bool by_column = std::is_same_v<Axis, hillock::per_column>;
  CAPTURE(by_column, X::IsRowMajor, classes, count, spread);
  const double epsilon = std::numeric_limits<T>::epsilon();
  const hillock::softmax_cross_entropy<T, Axis> loss;
  const X x = logits<T>(by_column ? classes : count, by_column ? count : classes, spread, 31);
  const Eigen::VectorXi labels = some_labels(count, classes);
  const X dx = loss.backward(x, labels), dx_of_sum = loss.backward_sum(x, labels);
  const array<T> each = loss.forward_each(x, labels);
  REQUIRE(each.size() == count);
  REQUIRE(dx.rows() == x.rows());
  REQUIRE(dx.cols() == x.cols());

  slices::exact_sum sum;
  for (Index j = 0; j < count; ++j) {
    const array<T> slice = by_column ? array<T>(x.col(j % x.cols()).array())
                                     : array<T>(x.row(j % x.rows()).transpose().array());
    const long double want = loss_of(slice, labels[j]);
    sum.add(want);
    REQUIRE(reference::ulps_off(each[j], want) <= 4);
    const slices::wide gradient = gradient_of(slice, labels[j]);
    for (Index i = 0; i < classes; ++i) {
      const T got = by_column ? dx_of_sum(i, j) : dx_of_sum(j, i);
      const T mean = by_column ? dx(i, j) : dx(j, i);
      const long double truth = gradient[static_cast<std::size_t>(i)];
      REQUIRE(reference::ulps_off(got, truth) <= 5);  // a softmax of 4, and the sum of the others
      REQUIRE(reference::ulps_off(mean, truth / count) <= 7);
    }
  }
  // Losses below the smallest normal number may be 0.
  const auto total = static_cast<double>(sum.total()), n = static_cast<double>(count);
  const double mean = total / n, vanished = support::smallest_normal<T>;
  const auto forward_sum = static_cast<double>(loss.forward_sum(x, labels));
  CHECK(std::abs(forward_sum - total) <= 6 * epsilon * total + n * vanished);
  const auto forward = static_cast<double>(loss.forward(x, labels));
  CHECK(std::abs(forward - mean) <= 7 * epsilon * mean + vanished);
}

template <typename T>
void check_all() {
  support::for_each_instruction_set([] {
    CAPTURE(hillock::name_of(hillock::instruction_set()), support::name_of_type<T>());
    for (const double spread : {0.1, 3.0, 30.0, 300.0, 1e4})
      for (const Index classes : {1, 2, 3, 10, 17, 100})
        for (const Index count : {1, 2, 7, 16, 35}) {
          check_arrangement<T, hillock::per_column, matrix<T>>(classes, count, spread);
          check_arrangement<T, hillock::per_column, row_matrix<T>>(classes, count, spread);
          check_arrangement<T, hillock::per_row, matrix<T>>(classes, count, spread);
          check_arrangement<T, hillock::per_row, row_matrix<T>>(classes, count, spread);
        }
  });
}

}  // namespace

TEST_CASE("losses and gradients are right to a few ulp, however small or large") {
  check_all<float>();
  check_all<double>();
}

TEST_CASE("a vector is one observation") {
  const hillock::softmax_cross_entropy<float> loss;
  const Eigen::VectorXf x = logits<float>(10, 5, 8).matrix();
  const Eigen::VectorXi label = Eigen::VectorXi::Constant(1, 4);
  CHECK(reference::ulps_off(loss.forward(x, label), loss_of(x, 4)) <= 4);
  const Eigen::VectorXf dx = loss.backward(x, label);
  CHECK(dx[4] < 0);
  CHECK(std::abs(dx.sum()) < 1e-6f);
  const Eigen::RowVectorXf row = x.transpose();
  CHECK(loss.forward(row, label) == loss.forward(x, label));
}

TEST_CASE("labels are any vector of integers") {
  const hillock::softmax_cross_entropy<float, hillock::per_column> loss;
  const Eigen::MatrixXf x = logits<float>(4, 6, 5, 8);
  const Eigen::VectorXi labels = some_labels(6, 4);
  const float want = loss.forward(x, labels);
  CHECK(loss.forward(x, Eigen::RowVectorXi(labels.transpose())) == want);
  CHECK(loss.forward(
            x, Eigen::Array<std::int64_t, Eigen::Dynamic, 1>(labels.cast<std::int64_t>())) == want);
  CHECK(loss.forward(x, Eigen::Array<unsigned char, Eigen::Dynamic, 1>(
                            labels.cast<unsigned char>())) == want);
  CHECK(loss.forward(x.array(), labels.array()) == want);
  CHECK(loss.forward(x + x, labels) == loss.forward(Eigen::MatrixXf(2 * x), labels));
}

TEST_CASE(
    "the loss stays finite where the true class has no chance, and keeps digits where it wins") {
  const hillock::softmax_cross_entropy<float> loss;
  const Eigen::VectorXi label = Eigen::VectorXi::Constant(1, 1);
  Eigen::Vector3f x(0, -1e4f, 0);
  CHECK(std::abs(loss.forward(x, label) - (1e4f + std::log(2.0f))) <= 1e-3f);
  Eigen::Vector3f dx = loss.backward(x, label);
  CHECK(dx == Eigen::Vector3f(0.5f, -1, 0.5f));
  x = Eigen::Vector3f(-25, 25, -26);
  CHECK(reference::ulps_off(loss.forward(x, label), loss_of(x, 1)) <= 4);
  dx = loss.backward(x, label);
  CHECK(reference::ulps_off(dx[1], gradient_of(x, 1)[1]) <= 5);
}

TEST_CASE("NaN and infinity spoil their slice's loss and gradient, and no other slice") {
  const hillock::softmax_cross_entropy<float, hillock::per_column> loss;
  const Eigen::VectorXi labels = some_labels(21, 5);
  const Eigen::MatrixXf plain = logits<float>(5, 21, 5, 9), wanted = loss.backward(plain, labels);
  const Eigen::ArrayXf each = loss.forward_each(plain, labels);
  for (const float bad : {support::nan<float>, infinity<float>})
    for (Index j = 0; j < 21; ++j) {
      Eigen::MatrixXf x = plain;
      x(2, j) = bad;
      const Eigen::MatrixXf dx = loss.backward(x, labels);
      const Eigen::ArrayXf got = loss.forward_each(x, labels);
      for (Index k = 0; k < 21; ++k) {
        CAPTURE(j, k);
        REQUIRE(std::isnan(got[k]) == (k == j));
        REQUIRE(dx.col(k).array().isNaN().all() == (k == j));
        if (k != j) {
          REQUIRE(got[k] == each[k]);
          REQUIRE(dx.col(k) == wanted.col(k));
        }
      }
      REQUIRE(std::isnan(loss.forward(x, labels)));
    }
}

TEST_CASE("the gradient is what differences tell") {
  const hillock::softmax_cross_entropy<double, hillock::per_row> loss;
  Eigen::MatrixXd x = logits<double>(4, 6, 5, 10);
  const Eigen::VectorXi labels = some_labels(4, 6);
  const Eigen::MatrixXd dx = loss.backward(x, labels);
  for (Index i = 0; i < 4; ++i)
    for (Index j = 0; j < 6; ++j) {
      const double at = x(i, j), h = 1e-3;
      const auto moved = [&](double step) {
        x(i, j) = at + step;
        return loss.forward(x, labels);
      };
      const double slope = (8 * (moved(h) - moved(-h)) - (moved(2 * h) - moved(-2 * h))) / (12 * h);
      x(i, j) = at;
      CHECK(std::abs(slope - dx(i, j)) <= 1e-11);
    }
}

TEST_CASE("the gradient can go where the logits are, and into an expression") {
  const hillock::softmax_cross_entropy<float, hillock::per_column> loss;
  for (const Index count : {1, 5, 16, 40}) {
    const Eigen::MatrixXf x = logits<float>(10, count, 5, 11);
    const Eigen::VectorXi labels = some_labels(count, 10);
    const Eigen::MatrixXf dx = loss.backward(x, labels);
    Eigen::MatrixXf place = x;
    place = loss.backward(place, labels);
    CHECK(support::difference(place, dx) == "");
    place = x;
    place -= loss.backward(x, labels);
    CHECK(support::difference(place, Eigen::MatrixXf(x - dx)) == "");
    CHECK(support::difference(Eigen::MatrixXf(x + loss.backward(x, labels)),
                              Eigen::MatrixXf(x + dx)) == "");
  }
}

TEST_CASE("no slices, no loss") {
  const hillock::softmax_cross_entropy<float, hillock::per_column> loss;
  CHECK(loss.forward(Eigen::MatrixXf(5, 0), Eigen::VectorXi()) == 0);
  CHECK(loss.forward_sum(Eigen::MatrixXf(5, 0), Eigen::VectorXi()) == 0);
  CHECK(Eigen::MatrixXf(loss.backward(Eigen::MatrixXf(5, 0), Eigen::VectorXi())).cols() == 0);
}

#if defined(__cpp_exceptions) || defined(_CPPUNWIND)
TEST_CASE("labels that do not fit are named, and nothing is written") {
  const hillock::softmax_cross_entropy<float, hillock::per_column> loss;
  const Eigen::MatrixXf x = logits<float>(5, 3, 5, 12);
  Eigen::MatrixXf dx = Eigen::MatrixXf::Constant(5, 3, 7);
  const auto complaint = [&](const Eigen::VectorXi& labels, bool backward) -> std::string {
    try {
      if (backward)
        dx = loss.backward(x, labels);
      else
        static_cast<void>(loss.forward(x, labels));
    } catch (const std::invalid_argument& error) {
      return error.what();
    }
    return "";
  };
  const auto says = [](const std::string& text, const std::vector<std::string>& words) {
    for (const std::string& word : words)
      if (text.find(word) == std::string::npos) return false;
    return text.rfind("hillock: softmax_cross_entropy", 0) == 0;
  };
  for (const bool backward : {false, true}) {
    CAPTURE(backward);
    CHECK(says(complaint(Eigen::Vector3i(0, 5, 1), backward), {"label", "5"}));
    CHECK(says(complaint(Eigen::Vector3i(0, 1, -1), backward), {"label", "-1"}));
    CHECK(says(complaint(Eigen::Vector2i(0, 1), backward), {"labels", "2", "5 x 3"}));
    CHECK(says(complaint(Eigen::VectorXi(), backward), {"labels", "0", "5 x 3"}));
    CHECK(complaint(Eigen::Vector3i(0, 4, 1), backward) == "");
    if (!backward) CHECK((dx.array() == 7).all());
  }
  dx.setConstant(7);
  static_cast<void>(complaint(Eigen::Vector3i(0, 5, 1), true));
  CHECK((dx.array() == 7).all());
}
#endif
