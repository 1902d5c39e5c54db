// SPDX-License-Identifier: MIT
// softmax of numbers that come in blocks.
#include "allocations.hpp"
#include "slices.hpp"

#include <hillock/log_sum_exp.hpp>
#include <hillock/softmax.hpp>
#include <hillock/softmax_state.hpp>

#include <thread>

namespace {

using slices::array;
using slices::Index;
using slices::logits;
using slices::matrix;
using support::infinity;

template <typename T>
void check_state(double spread, Index n, T temperature) {
  CAPTURE(support::name_of_type<T>(), spread, n, temperature);
  const double epsilon = std::numeric_limits<T>::epsilon();
  const array<T> x = logits<T>(n, spread, 3);
  const slices::wide truth = slices::softmax(x, static_cast<long double>(temperature));
  const double whole =
      static_cast<double>(hillock::log_sum_exp<double>{static_cast<double>(temperature)}.forward(
          array<double>(x.template cast<double>())));
  const double size =
      (std::max)({std::abs(whole), std::abs(static_cast<double>(x.maxCoeff())),
                  static_cast<double>(temperature) * std::log(static_cast<double>(n))});
  const auto agrees = [&](const hillock::softmax_state<T>& state) {
    for (Index i = 0; i < n; ++i)
      if (!(reference::ulps_off(state.probability(x[i]), truth[static_cast<std::size_t>(i)]) <= 8))
        return false;
    return std::abs(static_cast<double>(state.log_sum_exp()) - whole) <= 4 * epsilon * size;
  };
  hillock::softmax_state<T> at_once(temperature), one_by_one(temperature), empty(temperature);
  at_once.push(x);
  CHECK(agrees(at_once));
  for (Index i = 0; i < n; ++i) one_by_one.push(x.segment(i, 1));
  CHECK(agrees(one_by_one));
  // Any three parts, merged from the left or from the right; a state of nothing changes nothing.
  for (const Index first : {Index(0), n / 5, n / 2})
    for (const Index second : {n / 2, n - 1, n}) {
      hillock::softmax_state<T> a(temperature), b(temperature), c(temperature);
      a.push(x.head(first));
      b.push(x.segment(first, second - first));
      c.push(x.tail(n - second));
      hillock::softmax_state<T> left = a, right = b, other = c;
      left.merge(b);
      left.merge(c);
      right.merge(c);
      a.merge(right);
      CHECK(agrees(left));
      CHECK(agrees(a));
      other.merge(b);
      const T before = left.log_sum_exp();
      left.merge(empty);
      CHECK(left.log_sum_exp() == before);
      hillock::softmax_state<T> neutral(temperature);
      neutral.merge(left);
      CHECK(neutral.log_sum_exp() == before);
    }
  // A matrix, by columns and by rows, and an expression.
  if (n % 4 == 0) {
    hillock::softmax_state<T> columns(temperature), rows(temperature), expression(temperature);
    const matrix<T> block = x.reshaped(4, n / 4).matrix();
    columns.push(block);
    rows.push(block.transpose());
    expression.push(block + matrix<T>::Zero(4, n / 4));
    CHECK(agrees(columns));
    CHECK(agrees(rows));
    CHECK(agrees(expression));
  }
}

}  // namespace

TEST_CASE("parts in any order give what the whole gives") {
  support::for_each_instruction_set([] {
    CAPTURE(hillock::name_of(hillock::instruction_set()));
    for (const double spread : {0.1, 10.0, 300.0, 1e30})
      for (const Index n : {1, 2, 40, 100, 1000})
        for (const float temperature : {1.f, 0.3f, 7.f}) {
          check_state<float>(spread, n, temperature);
          check_state<double>(spread, n, static_cast<double>(temperature));
        }
  });
}

TEST_CASE("a million numbers in chunks, half of them in another thread, equal one pass") {
  constexpr Index n = 1'000'000;
  for (const double spread : {3.0, 300.0}) {
    const array<float> x = logits<float>(n, spread, 8);
    const auto push_chunks = [&x](hillock::softmax_state<float>& state, Index begin, Index end,
                                  unsigned seed) {
      std::mt19937 random(seed);
      while (begin < end) {
        const Index size = (std::min)(end - begin, static_cast<Index>(1 + random() % 5000));
        state.push(x.segment(begin, size));
        begin += size;
      }
    };
    hillock::softmax_state<float> first, second;
    std::thread other([&] { push_chunks(second, n / 2, n, 2); });
    push_chunks(first, 0, n / 2, 1);
    other.join();
    first.merge(second);
    const array<float> y = hillock::softmax<float>{}.forward(x);
    float worst = 0;
    for (Index i = 0; i < n; ++i) {
      const float ulp =
          (std::max)(std::nextafter(y[i], infinity<float>) - y[i], support::smallest_normal<float>);
      worst = (std::max)(worst, std::abs(first.probability(x[i]) - y[i]) / ulp);
    }
    CAPTURE(spread);
    CHECK(worst <= 4);
    const float whole = hillock::log_sum_exp<float>{}.forward(x);
    const float ulp = std::nextafter(whole, infinity<float>) - whole;
    CHECK(std::abs(first.log_sum_exp() - whole) <= 4 * ulp);
  }
}

TEST_CASE("the edges of a state") {
  const float inf = infinity<float>, nan = support::nan<float>;
  hillock::softmax_state<float> state;
  CHECK(state.log_sum_exp() == -inf);
  CHECK(state.probability(1) == 0);
  state.push(Eigen::ArrayXf());
  state.push(Eigen::Array3f(-inf, -inf, -inf));
  CHECK(state.log_sum_exp() == -inf);
  CHECK(state.probability(-inf) == 0);
  state.push(Eigen::Array3f(2, -inf, -inf));
  CHECK(state.log_sum_exp() == 2);
  CHECK(state.probability(2) == 1);
  CHECK(state.probability(-inf) == 0);
  hillock::softmax_state<float> infinite = state;
  infinite.push(Eigen::Array2f(1, inf));
  CHECK(infinite.log_sum_exp() == inf);
  CHECK(std::isnan(infinite.probability(1)));
  state.merge(infinite);
  CHECK(state.log_sum_exp() == inf);
  state.push(Eigen::Array2f(1, nan));
  CHECK(std::isnan(state.log_sum_exp()));
  CHECK(std::isnan(state.probability(1)));
}

#if defined(__cpp_exceptions) || defined(_CPPUNWIND)
TEST_CASE("a temperature must be positive, and that of the other state the same") {
  using support::complaint;
  CHECK(complaint([] { hillock::softmax_state<float>(-1); }) ==
        "hillock: softmax_state: temperature must be finite and > 0, but is -1");
  hillock::softmax_state<float> warm(2), usual;
  warm.push(Eigen::Array2f(1, 2));
  usual.push(Eigen::Array2f(1, 2));
  const float before = usual.log_sum_exp();
  CHECK(complaint([&] { usual.merge(warm); }) ==
        "hillock: softmax_state.merge: the other state's temperature is 2, but this one's is 1");
  CHECK(usual.log_sum_exp() == before);
}
#endif

TEST_CASE("a state allocates nothing") {
  slices::for_each_length([](const matrix<float>& x) {
    hillock::softmax_state<float> state;
    CHECK(support::allocations_of([&] { state.push(x); }) == 0);
  });
}
