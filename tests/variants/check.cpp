// SPDX-License-Identifier: MIT
// What no switch may change: values, limits, one value per input, softmax. Says what is wrong.
#include "truth.hpp"

#if defined(HILLOCK_TEST_WINDOWS_MACROS) || defined(HILLOCK_TEST_OTHER_COMPILER)
#include <Eigen/Core>
#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <initializer_list>
#include <limits>
#include <locale>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#endif
#if defined(HILLOCK_TEST_OTHER_COMPILER)  // one without the extensions of GNU C
#undef __GNUC__
#undef __clang__
#endif
#if defined(HILLOCK_TEST_WINDOWS_MACROS)  // as <windows.h> has them
#define min(a, b) (((a) < (b)) ? (a) : (b))
#define max(a, b) (((a) > (b)) ? (a) : (b))
#define near
#define far
#define small char
#endif

#include <hillock/hillock.hpp>

#include <cfenv>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <cstring>

namespace {

int wrong = 0;

#if defined(__FAST_MATH__)
constexpr bool is_fast_math = true;
#else
constexpr bool is_fast_math = false;
#endif

void expect(bool right, std::string_view name, const char* what) {
  if (right) return;
  std::printf("%.*s: %s\n", static_cast<int>(name.size()), name.data(), what);
  ++wrong;
}

template <typename T>
using array = Eigen::Array<T, Eigen::Dynamic, 1>;

template <typename T>
bool same_bytes(const array<T>& a, const array<T>& b) {
  return a.size() == b.size() &&
         std::memcmp(a.data(), b.data(), static_cast<std::size_t>(a.size()) * sizeof(T)) == 0;
}

/// Are the results, all at once, within the bound?
template <typename T>
void expect_right(const truth::table& table, int order, const array<T>& y, hillock::ulps bound) {
  const auto zeros = is_fast_math ? truth::zeros::unsigned_ : truth::zeros::signed_;
  const std::vector<T> results(y.data(), y.data() + y.size());
  const truth::error e = truth::worst(table, order, results, zeros);
  if (!(e.ulps <= bound.count))
    std::printf("%g ulp, not %d, at %a in %zu bytes: ", e.ulps, bound.count, e.at, sizeof(T));
  expect(e.ulps <= bound.count, table.name, order == 0 ? "f" : "f'");
}

/// Each form costs a second of compiling for each activation: hence these few.
template <typename F>
void check_activation() {
  using T = typename F::scalar;
  for (const truth::table& table : truth::tables(F::name)) {
    std::array<T, F::parameter_count> parameters{};
    for (std::size_t i = 0; i < parameters.size(); ++i)
      parameters[i] = static_cast<T>(table.parameters[i]);
    const F f = F::from_parameters(parameters);

    const auto n = static_cast<Eigen::Index>(table.x.size());
    const array<T> x = Eigen::Map<const Eigen::ArrayXd>(table.x.data(), n).cast<T>();
    const array<T> y = f.forward(x), dx = f.backward(x, array<T>::Ones(n));
    expect_right(table, 0, y, F::value_error);
    expect_right(table, 1, dx, F::derivative_error);

    array<T> single(n);
    for (Eigen::Index i = 0; i < n; ++i) single[i] = f(x[i]);
    if (is_fast_math) {  // which may round a lone number otherwise, and knows no NaN
      expect_right(table, 0, single, hillock::ulps{8});
      continue;
    }
    expect(same_bytes(single, y), F::name, "an element alone and in an array differ");
    const array<T> z = x.isFinite().select(x, T(0)), sum = z + f.forward(x);
    array<T> added(n);  // one by one: Eigen's own sums flush denormal numbers on 32-bit ARM
    for (Eigen::Index i = 0; i < n; ++i) added[i] = z[i] + y[i];
    expect(same_bytes(sum, added), F::name, "z + f(x) is not z + y");
    expect(std::isnan(f(std::numeric_limits<T>::quiet_NaN())), F::name, "f(NaN) is not NaN");
  }
}

/// The softmax of every column of x, and dx of it for dy.
void softmax_by_hand(const Eigen::MatrixXd& x, const Eigen::MatrixXd& dy, Eigen::MatrixXd& y,
                     Eigen::MatrixXd& dx) {
  y = (x.rowwise() - x.colwise().maxCoeff()).array().exp();
  y.array().rowwise() /= y.colwise().sum().eval().array();
  dx = y.array() * (dy.rowwise() - y.cwiseProduct(dy).colwise().sum()).array();
}

template <typename T>
void check_softmax() {
  using matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>;
  const char* const name = "softmax";
  const double tolerance = 16 * static_cast<double>(std::numeric_limits<T>::epsilon());
  for (const Eigen::Index n : {1, 2, 10, 67}) {
    const matrix x = matrix::Random(n, 5) * T(9), dy = matrix::Random(n, 5);
    Eigen::MatrixXd y, dx;
    softmax_by_hand(x.template cast<double>(), dy.template cast<double>(), y, dx);
    const auto is_close = [&](const matrix& got, const Eigen::MatrixXd& want) {
      return ((got.template cast<double>() - want).array().abs() <= tolerance).all();
    };
    const hillock::softmax<T, hillock::per_column> columns;
    const hillock::softmax<T, hillock::per_row> rows;
    const matrix by_column = columns.forward(x), by_row = rows.forward(x.transpose());
    expect(is_close(by_column, y), name, "per column");
    expect(is_close(by_row.transpose(), y), name, "per row");
    const matrix back = columns.backward(x, dy);
    expect(is_close(back, dx), name, "backward");
    const Eigen::Matrix<T, Eigen::Dynamic, 1> column = x.col(0);
    const matrix whole = hillock::softmax<T>{}.forward(column);
    expect(is_close(whole, y.leftCols(1)), name, "of a vector");
  }
}

void check_loss() {
  const hillock::softmax_cross_entropy<float, hillock::per_column> loss;
  const Eigen::MatrixXf logits = Eigen::MatrixXf::Zero(10, 3);
  const Eigen::VectorXi labels = Eigen::VectorXi::LinSpaced(3, 0, 2);
  expect(std::abs(loss.forward(logits, labels) - std::log(10.0F)) < 1e-6F, "softmax_cross_entropy",
         "not log 10");
}

template <typename... F>
void check_each(std::tuple<F...>) {
  (check_activation<F>(), ...);
}

/// Ends well if the program is aborted, which the sentence on the standard error precedes.
int abort_for_wrong_shape() {
  std::signal(SIGABRT, [](int) { std::_Exit(0); });
  const Eigen::ArrayXf x = Eigen::ArrayXf::Zero(3), dy = Eigen::ArrayXf::Zero(2);
  const Eigen::ArrayXf dx = hillock::gelu<float>{}.backward(x, dy);
  return 1;
}

}  // namespace

int main(int count, char** arguments) {
  const std::string_view mode = count > 1 ? arguments[1] : "";
  if (mode == "wrong_shape") return abort_for_wrong_shape();
  // Where denormal numbers are flushed, too, it must come to an end.
  expect(hillock::softplus<double>(2.0)(1.0) > 1, "softplus", "its thresholds");
  // Programs linked with -Ofast begin with denormal numbers flushed: tests/flush_to_zero.cpp.
  std::fesetenv(FE_DFL_ENV);
  check_each(hillock::activations<float>{});
  check_each(hillock::activations<double>{});
  check_softmax<float>();
  check_softmax<double>();
  check_loss();
  if (wrong == 0) std::printf("all right\n");
  return wrong == 0 ? 0 : 1;
}
