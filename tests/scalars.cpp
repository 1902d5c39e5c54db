// SPDX-License-Identifier: MIT
// Scalars other than float and double, and callers other than Eigen's arrays.
#include "reference/oracle.hpp"
#include "typed.hpp"

// These trip over -Wconversion and -Wshadow in places.
#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wold-style-cast"
#pragma GCC diagnostic ignored "-Wunused-parameter"
#endif
#include <unsupported/Eigen/AutoDiff>
#include <unsupported/Eigen/CXX11/Tensor>
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

namespace {

using support::array;

/// Are both the same 16 bits? Any NaN is one value.
template <typename H>
bool is_same(H a, H b) {
  return Eigen::numext::bit_cast<std::uint16_t>(a) == Eigen::numext::bit_cast<std::uint16_t>(b) ||
         ((Eigen::numext::isnan)(a) && (Eigen::numext::isnan)(b));
}

/// body(f of T, f of R with its type erased) for every activation.
template <typename T, typename R, typename Body>
void for_each_beside(Body body) {
  const support::activation_list<R> plain = support::all_activations<R>();
  auto next = plain.begin();
  typed::for_each_activation<T>([&](const auto& f) { body(f, **next++); });
}

/// The sixteen-bit type H gives what float gives, rounded once, at every one of its values.
template <typename H>
void check_small_floats() {
  array<H> x(65536), dy(65536);
  for (Eigen::Index i = 0; i < x.size(); ++i) {
    x[i] = Eigen::numext::bit_cast<H>(static_cast<std::uint16_t>(i));
    dy[i] = static_cast<H>(static_cast<float>(i % 17) - 8.5f);
  }
  const array<float> wide_x = x.template cast<float>(), wide_dy = dy.template cast<float>();
  const auto first_miss = [](const array<H>& got, const array<float>& want) {
    for (Eigen::Index i = 0; i < got.size(); ++i)
      if (!is_same(got[i], static_cast<H>(want[i]))) return i;
    return Eigen::Index(-1);
  };
  for_each_beside<H, float>([&](const auto& f, const support::activation<float>& wide) {
    INFO(support::describe(f));
    CHECK(first_miss(f.forward(x), wide.forward(wide_x)) == -1);
    CHECK(first_miss(f.derivative(x), wide.derivative(wide_x)) == -1);
    CHECK(first_miss(f.second_derivative(x), wide.second_derivative(wide_x)) == -1);
    CHECK(first_miss(f.backward(x, dy), wide.backward(wide_x, wide_dy)) == -1);
    CHECK(is_same(f(x[0x4321]), static_cast<H>(wide(wide_x[0x4321]))));
  });
}

}  // namespace

TEST_CASE("half gives what float gives, rounded once, at every value") {
  check_small_floats<Eigen::half>();
}

TEST_CASE("bfloat16 gives what float gives, rounded once, at every value") {
  check_small_floats<Eigen::bfloat16>();
}

TEST_CASE("long double is right to more digits than double has") {
  if (!std::numeric_limits<long double>::is_iec559 || std::numeric_limits<long double>::digits < 64)
    return;
  typed::for_each_setting<long double>([](const auto& f, const reference::table& table) {
    INFO(support::describe(f));
    const std::vector<double> numbers =
        support::spread<double>(5000, support::centers_of(table), 2);
    const array<long double> x = support::to_array(numbers).cast<long double>();
    const array<long double> got[] = {f.forward(x), f.derivative(x), f.second_derivative(x)};
    const std::vector<long double> parameters(table.parameters.begin(), table.parameters.end());
    const auto formulas = oracle::find<long double>(f.name, parameters);
    double worst[] = {0, 0, 0};
    for (Eigen::Index i = 0; i < x.size(); ++i) {
      const long double truth[] = {formulas->value(x[i]), formulas->derivative(x[i]),
                                   formulas->second_derivative(x[i])};
      for (const reference::order k : reference::orders) {
        const long double scale =
            (std::max)(std::abs(truth[k]), oracle::floor_at(*formulas, x[i], k));
        if (got[k][i] == truth[k]) continue;  // infinities, too
        const long double off = std::abs(got[k][i] - truth[k]) / reference::ulp<double>(scale);
        if (!(off <= worst[k])) worst[k] = std::isnan(off) ? 1e300 : static_cast<double>(off);
      }
    }
    for (const reference::order k : reference::orders) {
      CAPTURE(reference::order_names[k]);
      CHECK(worst[k] <= 0.5);  // of a double's last place
    }
    // Limits (which are stated in double), NaN.
    const auto as_double = [](const array<long double>& y) {
      return array<double>(y.cast<double>());
    };
    const array<long double> end = array<long double>::Constant(3, support::infinity<long double>);
    CHECK((as_double(f.forward(end)) == f.value_limits().right).all());
    CHECK((as_double(f.forward(-end)) == f.value_limits().left).all());
    CHECK((as_double(f.derivative(end)) == f.derivative_limits().right).all());
    CHECK((as_double(f.derivative(-end)) == f.derivative_limits().left).all());
    CHECK(f.forward(end - end).isNaN().all());
    CHECK(f.derivative(end - end).isNaN().all());
  });
}

TEST_CASE("automatic differentiation gets hillock's own derivatives") {
  using dual = Eigen::AutoDiffScalar<Eigen::Vector2d>;
  const array<double> x = array<double>::LinSpaced(41, -7, 7);
  for_each_beside<dual, double>([&](const auto& f, const support::activation<double>& plain) {
    INFO(support::describe(plain));
    const auto slope_at = [&](double at) { return plain.lone(support::verb::derivative, at, 0); };
    for (const double at : x) {
      const Eigen::Vector2d direction(1.5, -0.25);
      const dual t(at, direction), y = f(t), slope = f.derivative(t);
      CHECK(y.value() == plain(at));
      CHECK(y.derivatives() == Eigen::Vector2d(slope_at(at) * direction));
      CHECK(slope.value() == slope_at(at));
      const double bend = plain.lone(support::verb::second_derivative, at, 0);
      CHECK(slope.derivatives() == Eigen::Vector2d(bend * direction));
      // A whole array of such numbers, and a chain of two functions.
      const Eigen::Array<dual, Eigen::Dynamic, 1> ts =
          Eigen::Array<dual, Eigen::Dynamic, 1>::Constant(5, t);
      const Eigen::Array<dual, Eigen::Dynamic, 1> ys = f.forward(ts);
      CHECK(ys[4].value() == plain(at));
      CHECK(ys[4].derivatives() == y.derivatives());
      const dual chained = f(y);
      CHECK(chained.value() == plain(plain(at)));
      CHECK(chained.derivatives() == Eigen::Vector2d(slope_at(plain(at)) * y.derivatives()));
    }
  });
}

TEST_CASE("Eigen::Tensor and std::transform take an activation") {
  typed::for_each_specimen<float>([](const auto& f) {
    INFO(support::describe(f));
    const array<float> x = support::mixture<float>(3 * 5 * 7);
    const array<float> y = f.forward(x);
    const Eigen::TensorMap<const Eigen::Tensor<float, 3>> cube(x.data(), 3, 5, 7);
    const Eigen::Tensor<float, 3> result = cube.unaryExpr(f.functor());
    CHECK(support::difference(Eigen::Map<const array<float>>(result.data(), x.size()), y) == "");
    array<float> transformed(x.size());
    std::transform(x.data(), x.data() + x.size(), transformed.data(), f);
    CHECK(support::difference(transformed, y) == "");
    std::transform(x.data(), x.data() + x.size(), transformed.data(), f.functor());
    CHECK(support::difference(transformed, y) == "");
  });
}
