// SPDX-License-Identifier: MIT
// The functions of math/ keep the errors that their comments state, against those of the standard
// library in wider numbers.
#include "support.hpp"

#include <hillock/hillock.hpp>

#include <cmath>

namespace {

using support::array;

/// A function of lanes, as the loops take it.
template <typename T, typename Function>
struct kernel {
  using scalar = T;
  static constexpr bool is_cheap = false;
  Function function;
  template <typename V>
  HILLOCK_INLINE V operator()(const V& x) const {
    return function(x);
  }
};

/// Numbers of all exponents and both signs.
template <typename T>
array<T> numbers();
template <>
array<float> numbers<float>() {
  constexpr std::uint32_t stride = 4099;  // odd, for all low digits to come up
  array<float> x(static_cast<Eigen::Index>((std::uint64_t{1} << 32) / stride));
  for (Eigen::Index i = 0; i < x.size(); ++i) {
    const auto bits = static_cast<std::uint32_t>(i) * stride;
    std::memcpy(&x[i], &bits, sizeof bits);
  }
  return x;
}
template <>
array<double> numbers<double>() {
  return support::mixture<double>(1 << 20);
}

/// The worst error of a function from one number to another.
template <typename T, typename Function, typename Truth>
support::worst_error worst(const Function& function, const Truth& truth, double from, double to) {
  using W = std::conditional_t<std::is_same_v<T, float>, double, long double>;
  const array<T> x = numbers<T>();
  const array<T> y = x.unaryExpr(hillock::detail::functor<kernel<T, Function>>{{function}});
  support::worst_error found;
  for (Eigen::Index i = 0; i < x.size(); ++i) {
    if (!(x[i] >= T(from) && x[i] <= T(to)) || std::isinf(x[i])) continue;
    const W want = truth(static_cast<W>(x[i]));
    found.meet(static_cast<double>(reference::ulps_off(y[i], want)), x[i], y[i], want);
  }
  return found;
}

/// check(name, ulps, from, to, function of lanes, of wide numbers) for each.
template <typename Check>
void for_each_function(Check check) {
  using namespace hillock;
  constexpr double end = std::numeric_limits<double>::infinity();
  const auto exp = [](auto x) { return math::exp(x); };
  const auto expm1 = [](auto x) { return math::expm1(x); };
  const auto log1p = [](auto x) { return math::log1p(x); };
  const auto tanh = [](auto x) { return math::tanh(x); };
  const auto erfc = [](auto x) { return math::erfc(x); };
  const auto root = [](auto x) { return sqrt(x); };
  const auto logistic = [](auto x) { return math::logistic(x); };
  const auto softplus = [](auto x) { return math::softplus(x); };
  check("exp", 1.1, -end, end, exp, [](auto x) { return std::exp(x); });
  check("expm1", 2.3, -end, end, expm1, [](auto x) { return std::expm1(x); });
  check("expm1 below 0.34", 1.2, -end, 0.34, expm1, [](auto x) { return std::expm1(x); });
  check("log1p", 2, -1, end, log1p, [](auto x) { return std::log1p(x); });
  check("tanh", 1.5, -end, end, tanh, [](auto x) { return std::tanh(x); });
  check("erfc", 2, -end, end, erfc, [](auto x) { return std::erfc(x); });
  check("sqrt", 0.5, 0, end, root, [](auto x) { return std::sqrt(x); });
  check("logistic", 2, -end, end, logistic, [](auto x) { return 1 / (1 + std::exp(-x)); });
  check("softplus", 2, -end, end, softplus,
        [](auto x) { return (x > 0 ? x : 0) + std::log1p(std::exp(-std::abs(x))); });
}

}  // namespace

TEST_CASE("the functions of math keep their bounds") {
  support::for_each_instruction_set([] {
    for_each_function(
        [](const char* name, double ulps, double from, double to, auto function, auto truth) {
          const auto check = [&](auto zero) {
            using T = decltype(zero);
            const support::worst_error found = worst<T>(function, truth, from, to);
            INFO(name << " of " << sizeof(T) << " bytes, "
                      << hillock::name_of(hillock::instruction_set()) << ": " << found.where());
            CHECK(found.ulps <= ulps);
            CHECK(found.ulps > ulps / 3);  // the numbers reach where errors are
          };
          check(0.0f);
          if (std::numeric_limits<long double>::digits >= 64) check(0.0);
        });
  });
}

TEST_CASE("the functions of math at their ends") {
  using number = hillock::math::lanes<double>;
  constexpr double infinite = std::numeric_limits<double>::infinity();
  const auto at = [](auto function, double x) { return function(number(x)).bits(); };
  for_each_function([&](const std::string name, double, double, double, auto function, auto truth) {
    CAPTURE(name);
    CHECK(std::isnan(at(function, support::nan<double>)));
    CHECK(at(function, infinite) == truth(infinite));
    if (name != "log1p" && name != "sqrt") CHECK(at(function, -infinite) == truth(-infinite));
  });
  const auto log1p = [](auto x) { return hillock::math::log1p(x); };
  CHECK(at(log1p, -1) == -infinite);
  CHECK(std::isnan(at(log1p, -1.5)));
}
