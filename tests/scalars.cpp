// SPDX-License-Identifier: MIT
// Scalars other than float and double, and callers other than Eigen's arrays.
#include "reference/oracle.hpp"
#include "typed.hpp"

#include <functional>

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

/// The verbs of an activation with its type erased, so that each of them compiles once.
template <typename T>
using erased = std::function<array<T>(support::verb, const array<T>& x, const array<T>& dy)>;

template <typename F, typename T = typename F::scalar>
erased<T> erase(const F& f) {
  return [f](support::verb v, const array<T>& x, const array<T>& dy) -> array<T> {
    switch (v) {
      case support::verb::forward:
        return f.forward(x);
      case support::verb::derivative:
        return f.derivative(x);
      case support::verb::second_derivative:
        return f.second_derivative(x);
      default:
        return f.backward(x, dy);
    }
  };
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
class small_floats {
 public:
  small_floats() : x_(65536), dy_(65536) {
    for (Eigen::Index i = 0; i < x_.size(); ++i) {
      x_[i] = Eigen::numext::bit_cast<H>(static_cast<std::uint16_t>(i));
      dy_[i] = static_cast<H>(static_cast<float>(i % 17) - 8.5f);
    }
  }

  void check() const {
    for_each_beside<H, float>([&](const auto& f, const support::activation<float>& wide) {
      compare(erase(f), f(x_[lone]), wide);
    });
  }

 private:
  static constexpr Eigen::Index lone = 0x4321;
  array<H> x_, dy_;

  void compare(const erased<H>& f, H at_lone, const support::activation<float>& wide) const {
    using support::verb;
    INFO(support::describe(wide));
    const array<float> x = x_.template cast<float>(), dy = dy_.template cast<float>();
    CHECK(first_miss(f(verb::forward, x_, dy_), wide.forward(x)) == -1);
    CHECK(first_miss(f(verb::derivative, x_, dy_), wide.derivative(x)) == -1);
    CHECK(first_miss(f(verb::second_derivative, x_, dy_), wide.second_derivative(x)) == -1);
    CHECK(first_miss(f(verb::backward, x_, dy_), wide.backward(x, dy)) == -1);
    CHECK(is_same(at_lone, static_cast<H>(wide(x[lone]))));
  }

  static Eigen::Index first_miss(const array<H>& got, const array<float>& want) {
    for (Eigen::Index i = 0; i < got.size(); ++i)
      if (!is_same(got[i], static_cast<H>(want[i]))) return i;
    return -1;
  }
};

/// long double against the oracle in long double; limits, NaN.
void check_long_double(const erased<long double>& f, const reference::table& table,
                       const oracle::formulas<long double>& formulas) {
  const std::vector<double> numbers = support::spread<double>(5000, support::centers_of(table), 2);
  const array<long double> x = support::to_array(numbers).cast<long double>();
  array<long double> got[3];
  for (const reference::order k : reference::orders) got[k] = f(support::verbs[k], x, x);
  double worst[] = {0, 0, 0};
  for (Eigen::Index i = 0; i < x.size(); ++i) {
    const long double truth[] = {formulas.value(x[i]), formulas.derivative(x[i]),
                                 formulas.second_derivative(x[i])};
    for (const reference::order k : reference::orders) {
      const long double scale = (std::max)(std::abs(truth[k]), oracle::floor_at(formulas, x[i], k));
      if (got[k][i] == truth[k]) continue;  // infinities, too
      const long double off = std::abs(got[k][i] - truth[k]) / reference::ulp<double>(scale);
      if (!(off <= worst[k])) worst[k] = std::isnan(off) ? 1e300 : static_cast<double>(off);
    }
  }
  for (const reference::order k : reference::orders) {
    CAPTURE(reference::order_names[k]);
    CHECK(worst[k] <= 0.5);  // of a double's last place
  }
}

/// The limits are stated in double.
void check_end(const erased<long double>& f, support::verb v, const hillock::limits& limits) {
  const array<long double> end = array<long double>::Constant(3, support::infinity<long double>);
  const array<double> right = f(v, end, end).cast<double>(), left = f(v, -end, end).cast<double>();
  CHECK((right == limits.right).all());
  CHECK((left == limits.left).all());
  CHECK(f(v, end - end, end).isNaN().all());
}

}  // namespace

TEST_CASE("half gives what float gives, rounded once, at every value") {
  small_floats<Eigen::half>().check();
}

TEST_CASE("bfloat16 gives what float gives, rounded once, at every value") {
  small_floats<Eigen::bfloat16>().check();
}

TEST_CASE("long double is right to more digits than double has") {
  if (!std::numeric_limits<long double>::is_iec559 || std::numeric_limits<long double>::digits < 64)
    return;
  typed::for_each_setting<long double>([](const auto& f, const reference::table& table) {
    INFO(support::describe(f));
    const std::vector<long double> parameters(table.parameters.begin(), table.parameters.end());
    const erased<long double> g = erase(f);
    check_long_double(g, table, *oracle::find<long double>(f.name, parameters));
    check_end(g, support::verb::forward, f.value_limits());
    check_end(g, support::verb::derivative, f.derivative_limits());
  });
}

namespace {

using dual = Eigen::AutoDiffScalar<Eigen::Vector2d>;
using duals = Eigen::Array<dual, Eigen::Dynamic, 1>;
using dual_function = std::function<duals(const duals&)>;

void check_duals(const dual_function& lone, const dual_function& whole, const dual_function& slope,
                 const support::activation<double>& plain) {
  INFO(support::describe(plain));
  const auto at_one = [](const dual_function& f, const dual& x) {
    return dual(f(duals::Constant(1, x))[0]);
  };
  const auto slope_at = [&](double at) { return plain.lone(support::verb::derivative, at, 0); };
  const array<double> x = array<double>::LinSpaced(41, -7, 7);
  for (const double at : x) {
    const Eigen::Vector2d direction(1.5, -0.25);
    const dual t(at, direction), y = at_one(lone, t), rise = at_one(slope, t);
    CHECK(y.value() == plain(at));
    CHECK(y.derivatives() == Eigen::Vector2d(slope_at(at) * direction));
    CHECK(rise.value() == slope_at(at));
    const double bend = plain.lone(support::verb::second_derivative, at, 0);
    CHECK(rise.derivatives() == Eigen::Vector2d(bend * direction));
    // A whole array of such numbers, and a chain of two functions.
    const duals ys = whole(duals::Constant(5, t));
    CHECK(ys[4].value() == plain(at));
    CHECK(ys[4].derivatives() == y.derivatives());
    const dual chained = at_one(lone, y);
    CHECK(chained.value() == plain(plain(at)));
    CHECK(chained.derivatives() == Eigen::Vector2d(slope_at(plain(at)) * y.derivatives()));
  }
}

}  // namespace

TEST_CASE("automatic differentiation gets hillock's own derivatives") {
  for_each_beside<dual, double>([](const auto& f, const support::activation<double>& plain) {
    check_duals([f](const duals& x) { return duals::Constant(1, f(x[0])); },
                [f](const duals& x) { return duals(f.forward(x)); },
                [f](const duals& x) { return duals::Constant(1, f.derivative(x[0])); }, plain);
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
