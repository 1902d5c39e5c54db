// SPDX-License-Identifier: MIT
// The loss of a classifier: digits of values and gradients, shapes, labels, edges.
#include "allocations.hpp"
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
          if constexpr (std::is_same_v<T, float>) {  // the same two kernels
            check_arrangement<T, hillock::per_row, matrix<T>>(classes, count, spread);
            check_arrangement<T, hillock::per_row, row_matrix<T>>(classes, count, spread);
          }
        }
  });
}

/// Slice i is sure of class i: the exponentials of all other classes vanish beside that one.
template <typename T>
void check_sure_answers() {
  const Index classes = 100;
  const T wrong = std::log(std::numeric_limits<T>::epsilon()) - 5;
  matrix<T> x = matrix<T>::Constant(classes, classes, wrong);
  x.diagonal().setZero();
  const Eigen::VectorXi labels =
      Eigen::VectorXi::LinSpaced(classes, 0, static_cast<int>(classes) - 1);
  support::for_each_instruction_set([&] {
    CAPTURE(hillock::name_of(hillock::instruction_set()), support::name_of_type<T>());
    const hillock::softmax_cross_entropy<T, hillock::per_column> by_column;
    const hillock::softmax_cross_entropy<T, hillock::per_row> by_row;
    const array<T> loss[] = {by_column.forward_each(x, labels), by_row.forward_each(x, labels)};
    const matrix<T> dx[] = {by_column.backward_sum(x, labels), by_row.backward_sum(x, labels)};
    for (const int axis : {0, 1})
      for (Index i = 0; i < classes; ++i) {
        CAPTURE(axis, i);
        const long double gradient = gradient_of(x.col(i), i)[static_cast<std::size_t>(i)];
        REQUIRE(reference::ulps_off(loss[axis][i], loss_of(x.col(i), i)) <= 4);
        REQUIRE(reference::ulps_off(dx[axis](i, i), gradient) <= 5);
      }
  });
}

}  // namespace

TEST_CASE("losses and gradients are right to a few ulp, however small or large") {
  support::for_each_real([](auto zero) { check_all<decltype(zero)>(); });
}

TEST_CASE("a sure answer has loss and gradient of all digits, whichever class it is") {
  check_sure_answers<float>();
  check_sure_answers<double>();
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

namespace {

/// Loss and gradient of one slice for targets q that need not add up to 1.
struct soft_truth {
  long double loss = 0;
  slices::wide gradient;
};

template <typename X>
soft_truth soft_truth_of(const X& x, const slices::wide& q) {
  const slices::wide p = slices::softmax(x);
  soft_truth truth;
  long double all = 0;
  for (const long double share : q) all += share;
  for (Index i = 0; i < x.size(); ++i) {
    const long double share = q[static_cast<std::size_t>(i)];
    if (share != 0) truth.loss += share * loss_of(x, i);
    truth.gradient.push_back(p[static_cast<std::size_t>(i)] * all - share);
  }
  return truth;
}

/// Every combination of options, by labels and by probabilities, on both axes and storage orders.
template <typename T, typename Axis, typename X>
void check_options(Index classes, Index count, bool is_smooth, bool is_weighted, bool ignores) {
  constexpr bool by_column = std::is_same_v<Axis, hillock::per_column>;
  CAPTURE(by_column, X::IsRowMajor, classes, count, is_smooth, is_weighted, ignores);
  const double epsilon = std::numeric_limits<T>::epsilon();
  hillock::softmax_cross_entropy<T, Axis> loss;
  if (is_smooth) loss.label_smoothing = T(0.1);
  if (is_weighted) loss.class_weights = logits<T>(classes, 0.5, 4) + T(0.75);
  if (ignores) loss.ignore_index = -100;
  const X x = logits<T>(by_column ? classes : count, by_column ? count : classes, 5, 31);
  const X t = (logits<T>(x.rows(), x.cols(), 0.5, 32).array() + T(0.5)).matrix();
  Eigen::VectorXi labels = some_labels(count, classes);
  if (ignores)
    for (Index s = 0; s < count; s += 3) labels[s] = -100;
  const auto weight = [&](Index i) {
    return is_weighted ? static_cast<long double>(loss.class_weights[i]) : 1.0L;
  };
  const auto s = static_cast<long double>(loss.label_smoothing);
  const array<T> each = loss.forward_each(x, labels), each_soft = loss.forward_each(x, t);
  const X dx = loss.backward_sum(x, labels), dx_soft = loss.backward_sum(x, t);
  const X mean_dx = loss.backward(x, labels), mean_soft = loss.backward(x, t);
  long double sum = 0, sum_soft = 0, divisor = 0;
  for (Index k = 0; k < count; ++k) {
    const array<T> slice = by_column ? array<T>(x.col(k % x.cols()).array())
                                     : array<T>(x.row(k % x.rows()).transpose().array());
    slices::wide hard, soft;
    const bool counts = labels[k] != -100;
    for (Index i = 0; i < classes; ++i) {
      const auto target = static_cast<long double>(by_column ? t(i, k) : t(k, i));
      const auto spread = s / static_cast<long double>(classes);
      hard.push_back(counts ? weight(i) * ((1 - s) * (i == labels[k]) + spread) : 0.0L);
      soft.push_back(weight(i) * ((1 - s) * target + spread));
    }
    const soft_truth a = soft_truth_of(slice, hard), b = soft_truth_of(slice, soft);
    REQUIRE(std::abs(static_cast<double>(static_cast<long double>(each[k]) - a.loss)) <=
            8 * epsilon * static_cast<double>(a.loss));
    REQUIRE(std::abs(static_cast<double>(static_cast<long double>(each_soft[k]) - b.loss)) <=
            8 * epsilon * static_cast<double>(b.loss));
    sum += a.loss;
    sum_soft += b.loss;
    if (counts) divisor += weight(labels[k]);
    for (Index i = 0; i < classes; ++i) {
      const auto at = static_cast<std::size_t>(i);
      const auto got = static_cast<long double>(by_column ? dx(i, k) : dx(k, i));
      const auto got_soft = static_cast<long double>(by_column ? dx_soft(i, k) : dx_soft(k, i));
      REQUIRE(std::abs(static_cast<double>(got - a.gradient[at])) <= 8 * epsilon);
      if (!counts) REQUIRE(got == 0);
      REQUIRE(std::abs(static_cast<double>(got_soft - b.gradient[at])) <=
              4 * epsilon * static_cast<double>(classes));
    }
  }
  if (divisor == 0) divisor = 1;
  const auto close = [&](T got, long double want, double bound) {
    return std::abs(static_cast<double>(static_cast<long double>(got) - want)) <=
           bound * epsilon * static_cast<double>(std::abs(want));
  };
  CHECK(close(loss.forward_sum(x, labels), sum, 10));
  CHECK(close(loss.forward(x, labels), sum / divisor, 12));
  CHECK(close(loss.forward_sum(x, t), sum_soft, 10));
  CHECK(close(loss.forward(x, t), sum_soft / static_cast<long double>(count), 12));
  CHECK((mean_dx * static_cast<T>(divisor) - dx).cwiseAbs().maxCoeff() <= 8 * epsilon);
  CHECK((mean_soft * static_cast<T>(count) - dx_soft).cwiseAbs().maxCoeff() <=
        8 * epsilon * static_cast<double>(classes));
  X place = x;
  place = loss.backward_sum(place, labels);
  CHECK(support::difference(place, dx) == "");
  place = t;
  place = loss.backward_sum(x, place);
  CHECK(support::difference(place, dx_soft) == "");
  place = x;
  place -= loss.backward_sum(x, labels);
  CHECK(support::difference(place, X(x - dx)) == "");
}

/// Slices across memory, so many that they are walked in groups: the bytes of slices along it.
template <typename T>
void check_many_rows(Index classes, bool is_smooth, bool is_weighted, bool ignores) {
  const Index count = 300;
  const matrix<T> columns = logits<T>(classes, count, 5, 31), rows = columns.transpose();
  const Eigen::VectorXi labels = some_labels(count, classes);
  const auto with_options = [&](auto loss) {
    if (is_smooth) loss.label_smoothing = T(0.1);
    if (is_weighted) loss.class_weights = array<T>::LinSpaced(classes, T(0.5), T(2));
    if (ignores) loss.ignore_index = labels[3];
    return loss;
  };
  const auto by_column = with_options(hillock::softmax_cross_entropy<T, hillock::per_column>());
  const auto by_row = with_options(hillock::softmax_cross_entropy<T, hillock::per_row>());
  REQUIRE(support::difference(by_row.forward_each(rows, labels),
                              by_column.forward_each(columns, labels)) == "");
  const matrix<T> dx = by_row.backward_sum(rows, labels);
  REQUIRE(support::difference(matrix<T>(dx.transpose()),
                              matrix<T>(by_column.backward_sum(columns, labels))) == "");
  matrix<T> place = rows;
  place = by_row.backward_sum(place, labels);
  REQUIRE(support::difference(place, dx) == "");
  place = rows;
  place -= by_row.backward_sum(rows, labels);
  REQUIRE(support::difference(place, matrix<T>(rows - dx)) == "");
}

template <typename T>
void check_all_options() {
  support::for_each_instruction_set([] {
    CAPTURE(hillock::name_of(hillock::instruction_set()), support::name_of_type<T>());
    for (const Index classes : {1, 3, 10, 17, 70})
      for (const Index count : {1, 2, 18})
        for (int options = 0; options < 8; ++options) {
          const bool smooth = options & 1, weighted = options & 2, ignores = options & 4;
          check_options<T, hillock::per_column, matrix<T>>(classes, count, smooth, weighted,
                                                           ignores);
          check_options<T, hillock::per_column, row_matrix<T>>(classes, count, smooth, weighted,
                                                               ignores);
          if constexpr (std::is_same_v<T, float>)
            check_options<T, hillock::per_row, row_matrix<T>>(classes, count, smooth, weighted,
                                                              ignores);
          if (count == 1) check_many_rows<T>(classes, smooth, weighted, ignores);
        }
  });
}

}  // namespace

TEST_CASE("smoothing, weights, ignored labels and probabilities, in every combination") {
  support::for_each_real([](auto zero) { check_all_options<decltype(zero)>(); });
}

TEST_CASE("what PyTorch gives") {
  hillock::softmax_cross_entropy<double, hillock::per_row> loss;
  const Eigen::Matrix<double, 2, 3> x =
      (Eigen::Matrix<double, 2, 3>() << 1, 2, 3, 1, 0, -1).finished();
  const Eigen::Vector2i labels(2, 1);
  loss.class_weights = Eigen::Array3d(1, 2, 4);
  loss.label_smoothing = 0.3;
  // By hand: -log p of (1, 2, 3) and (1, 0, -1) is (2, 1, 0) + 0.407606 and (0, 1, 2) + 0.407606.
  const double log = std::log(1 + std::exp(-1) + std::exp(-2));
  const double nll = 4 * log + 2 * (1 + log);
  const double smooth =
      ((2 + log) + 2 * (1 + log) + 4 * log) + (log + 2 * (1 + log) + 4 * (2 + log));
  CHECK(std::abs(loss.forward(x, labels) - (0.7 * nll + 0.3 / 3 * smooth) / 6) < 1e-15);
}

TEST_CASE("smoothing adds up no more than the loss can hold") {
  Eigen::ArrayXf x(20);
  for (int i = 0; i < 20; ++i) x[i] = i % 2 == 0 ? -3e37f : 3e37f;
  hillock::softmax_cross_entropy<float> loss;
  loss.label_smoothing = 0.1f;
  const Eigen::ArrayXi label = Eigen::ArrayXi::Constant(1, 1);
  CHECK(std::abs(loss.forward(x, label) / 3e36f - 1) < 1e-6f);
}

TEST_CASE("all slices ignored: loss and gradient are 0, whatever the logits") {
  hillock::softmax_cross_entropy<float, hillock::per_column> loss;
  loss.ignore_index = -1;
  Eigen::MatrixXf x = logits<float>(10, 20, 5, 11);
  x.col(3).setConstant(support::nan<float>);
  Eigen::VectorXi labels = Eigen::VectorXi::Constant(20, -1);
  for (const float smoothing : {0.f, 0.2f}) {
    loss.label_smoothing = smoothing;
    CHECK(loss.forward(x, labels) == 0);
    CHECK(loss.forward_sum(x, labels) == 0);
    CHECK((Eigen::MatrixXf(loss.backward(x, labels)).array() == 0).all());
  }
}

TEST_CASE("the loss of a target without a chance is infinite, and so are sum and mean") {
  const hillock::softmax_cross_entropy<float, hillock::per_column> loss;
  const Eigen::VectorXi labels = some_labels(21, 5);
  Eigen::MatrixXf x = logits<float>(5, 21, 5, 9);
  x(labels[3], 3) = x(labels[7], 7) = -infinity<float>;
  CHECK((loss.forward_each(x, labels).array() == infinity<float>).count() == 2);
  CHECK(loss.forward(x, labels) == infinity<float>);
  CHECK(loss.forward_sum(x, labels) == infinity<float>);
  CHECK(loss.forward(x, Eigen::MatrixXf::Constant(5, 21, 0.2f)) == infinity<float>);
}

TEST_CASE("a class without a chance, and without a target, adds nothing") {
  const hillock::softmax_cross_entropy<float> loss;
  const Eigen::Vector3f x(0, -infinity<float>, 0), t(0.5f, 0, 0.5f);
  CHECK(std::abs(loss.forward(x, t) - std::log(2.f)) < 1e-7f);
  CHECK(Eigen::Vector3f(loss.backward(x, t)) == Eigen::Vector3f::Zero());
}

namespace {

template <typename Axis>
void check_allocations(const matrix<float>& x) {
  using support::allocations_of;
  hillock::softmax_cross_entropy<float, Axis> loss;
  loss.label_smoothing = 0.1f;
  loss.ignore_index = 0;
  const bool by_column = std::is_same_v<Axis, hillock::per_column>;
  const Eigen::VectorXi labels = Eigen::VectorXi::Zero(by_column ? x.cols() : x.rows());
  matrix<float> out = x;
  float sum = 0;
  CHECK(allocations_of([&] { sum += loss.forward(x, labels); }) == 0);
  CHECK(allocations_of([&] { sum += loss.forward_sum(x, x); }) == 0);
  CHECK(allocations_of([&] { out = loss.backward(x, labels); }) == 0);
  CHECK(allocations_of([&] { out -= loss.backward(x, x); }) == 0);
}

}  // namespace

TEST_CASE("the loss and its gradient allocate nothing") {
  slices::for_each_length([](const matrix<float>& x) {
    check_allocations<hillock::per_column>(x);
    check_allocations<hillock::per_row>(x);
  });
}

#if defined(__cpp_exceptions) || defined(_CPPUNWIND)
TEST_CASE("labels that do not fit are named, and nothing is written") {
  const hillock::softmax_cross_entropy<float, hillock::per_column> loss;
  const Eigen::MatrixXf x = logits<float>(5, 3, 5, 12);
  Eigen::MatrixXf dx = Eigen::MatrixXf::Constant(5, 3, 7);
  const auto complaint = [&](const Eigen::VectorXi& labels, bool backward) {
    return support::complaint([&] {
      if (backward)
        dx = loss.backward(x, labels);
      else
        static_cast<void>(loss.forward(x, labels));
    });
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

TEST_CASE("options and targets that do not fit are named") {
  hillock::softmax_cross_entropy<float, hillock::per_column> loss;
  const Eigen::MatrixXf x = logits<float>(5, 3, 5, 12);
  const Eigen::Vector3i labels(0, 1, 2);
  const auto complaint = [&](const auto& targets) {
    return support::complaint([&] { static_cast<void>(loss.forward(x, targets)); });
  };
  CHECK(complaint(Eigen::MatrixXf(3, 5)) ==
        "hillock: softmax_cross_entropy.forward: targets is 3 x 5, but logits is 5 x 3");
  loss.label_smoothing = 1.5f;
  CHECK(complaint(labels) ==
        "hillock: softmax_cross_entropy.forward: label_smoothing must lie in [0, 1], but is 1.5");
  loss.label_smoothing = 0;
  loss.class_weights = Eigen::Array3f(1, 2, 3);
  CHECK(complaint(labels) ==
        "hillock: softmax_cross_entropy.forward: there are 3 class_weights, but 5 classes");
}
#endif
