// SPDX-License-Identifier: MIT
// backward, derivative and second_derivative against differences, against each other, and at kinks;
// backward_from_output against backward.
#include "reference/oracle.hpp"
#include "support.hpp"

namespace {

using support::array;
using support::infinity;

/// body(f, table) for float and double, all settings, all instruction sets.
template <typename Body>
void for_each_case(Body body) {
  const auto run = [&](const auto& f, const reference::table& table) {
    support::for_each_instruction_set([&] {
      INFO(support::describe(f));
      body(f, table);
    });
  };
  support::for_each_setting<float>(run);
  support::for_each_setting<double>(run);
}

auto formulas_of(std::string_view name, const reference::table& table) {
  return oracle::find<long double>(
      name, std::vector<long double>(table.parameters.begin(), table.parameters.end()));
}

/// Is some T the kink? Else the one next to it lies on one of its sides.
template <typename T>
bool is_exact(const hillock::kink& kink, const std::vector<long double>& seams) {
  const auto at = static_cast<long double>(static_cast<T>(kink.at));
  return std::find(seams.begin(), seams.end(), at) != seams.end();
}

/// Numbers between -reach and reach whose stencils, of the given width, touch none of the seams.
array<double> away_from(const std::vector<long double>& seams, double reach, double width) {
  std::mt19937 random(1618);
  std::vector<double> numbers;
  while (numbers.size() < 4001) {
    const double unit = static_cast<double>(random()) / 4294967296.0;
    // Half of them near 0, where most functions bend.
    const double x = (2 * unit - 1) * (random() % 2 ? reach : reach / 16);
    bool near = false;
    for (const long double seam : seams)
      near = near || std::abs(x - static_cast<double>(seam)) <= 2 * width;
    if (!near) numbers.push_back(x);
  }
  return support::to_array(numbers);
}

/// The derivative of y by the seven-point rule, whose own error is of the sixth order of h.
template <typename Function>
array<double> differences(Function y, const array<double>& x, double h) {
  const array<double> left = x - h, right = x + h;
  const array<double> step = (right - left) / 2;  // what is left of h after rounding
  const auto rise = [&](int k) -> array<double> { return y(x + k * step) - y(x - k * step); };
  return (45 * rise(1) - 9 * rise(2) + rise(3)) / (60 * step);
}

/// Fails unless got is within 1e-6 of the differences of y, relatively, or within what roundings of
/// y, of 4 ulp or to a zero, make of a difference over h.
template <typename Function>
void check_against_differences(Function y, const array<double>& x, const array<double>& got,
                               double h) {
  const array<double> want = differences(y, x, h), size = y(x);
  const double epsilon = std::numeric_limits<double>::epsilon();
  int misses = 0;
  for (Eigen::Index i = 0; i < x.size(); ++i) {
    const double noise = ((4 * std::abs(size[i]) + 2 * std::abs(x[i] * got[i])) * epsilon +
                          4 * support::smallest_normal<double>) /
                         h;
    if (std::abs(got[i] - want[i]) <= 1e-6 * std::abs(want[i]) + noise) continue;
    if (misses++ == 0) {
      INFO("at " << x[i]);
      CHECK(got[i] == want[i]);
    }
  }
  CHECK(misses == 0);
}

/// h small against the length over which a function with these parameters bends.
double step_for(const reference::table& table) {
  double steepest = 1;
  for (const double p : table.parameters)
    if (std::isfinite(p)) steepest = (std::max)(steepest, std::abs(p));
  return 1e-3 / steepest;
}

}  // namespace

TEST_CASE("derivative and second_derivative are what differences tell, in double") {
  support::for_each_setting<double>([](const auto& f, const reference::table& table) {
    const double h = step_for(table);
    const array<double> x = away_from(formulas_of(f.name, table)->kinks(), 30, 2 * h);
    support::for_each_instruction_set([&] {
      INFO(support::describe(f));
      const auto value = [&](const array<double>& t) -> array<double> { return f.forward(t); };
      const auto slope = [&](const array<double>& t) -> array<double> { return f.derivative(t); };
      check_against_differences(value, x, f.derivative(x), h);
      check_against_differences(slope, x, f.second_derivative(x), h);
      const array<double> dy = array<double>::LinSpaced(x.size(), -5, -0.5);
      const array<double> weighted = f.backward(x, dy);
      check_against_differences(value, x, weighted / dy, h);
    });
  });
}

TEST_CASE("backward is dy times derivative, rounded once more") {
  for_each_case([](const auto& f, const reference::table& table) {
    using T = typename std::decay_t<decltype(f)>::scalar;
    const array<T> x = support::to_array(support::spread<T>(20000, support::centers_of(table), 5));
    const array<T> slopes = f.derivative(x);
    array<T> dy = support::mixture<T>(x.size());
    for (Eigen::Index i = 0; i < x.size(); ++i)
      if (i % 7 && std::isnan(dy[i])) dy[i] = T(-1.5);
    const array<T> got = f.backward(x, dy);
    int misses = 0;
    for (Eigen::Index i = 0; i < x.size(); ++i) {
      volatile T product = dy[i] * slopes[i];
      const T want = product;
      if (support::same_bits(got[i], want) || (std::isnan(got[i]) && std::isnan(want))) continue;
      if (misses++ == 0) {
        INFO("x = " << x[i] << ", dy = " << dy[i]);
        CHECK(got[i] == want);
      }
    }
    CHECK(misses == 0);
  });
}

TEST_CASE("an infinite dy where the derivative is 0 gives NaN, as arithmetic has it") {
  for_each_case([](const auto& f, const reference::table&) {
    using T = typename std::decay_t<decltype(f)>::scalar;
    const array<T> x = array<T>::LinSpaced(67, -9, 9);
    const array<T> slopes = f.derivative(x);
    const array<T> dx = f.backward(x, array<T>::Constant(67, infinity<T>));
    for (Eigen::Index i = 0; i < x.size(); ++i) {
      CAPTURE(x[i]);
      CHECK(std::isnan(dx[i]) == (slopes[i] == 0));
    }
  });
}

TEST_CASE("at kinks the derivative is the stated one, exactly, and the one of the tables") {
  for_each_case([](const auto& f, const reference::table& table) {
    using T = typename std::decay_t<decltype(f)>::scalar;
    const auto formulas = formulas_of(f.name, table);
    for (const hillock::kink& kink : f.kinks()) {
      const T at = static_cast<T>(kink.at);
      CAPTURE(kink.at);
      const long double truth = formulas->derivative(at);
      const array<T> x = array<T>::Constant(37, at);
      const array<T> slopes = f.derivative(x), dx = f.backward(x, array<T>::Constant(37, T(-2)));
      CHECK((slopes == static_cast<T>(truth)).all());
      CHECK((dx == static_cast<T>(-2 * truth)).all());
      if (is_exact<T>(kink, formulas->kinks()))
        CHECK(static_cast<T>(kink.derivative) == static_cast<T>(truth));
    }
  });
}

TEST_CASE("backward_from_output agrees with backward, but for what y has rounded away") {
  for_each_case([](const auto& f, const reference::table& table) {
    using T = typename std::decay_t<decltype(f)>::scalar;
    if (f.has_output_form()) {
      const array<T> x =
          support::to_array(support::spread<T>(20000, support::centers_of(table), 5));
      const array<T> y = f.forward(x), dy = array<T>::Constant(x.size(), T(-1.5));
      if (!f.output_form_holds()) {
        CHECK_THROWS_AS(array<T>(f.backward_from_output(y, dy)), std::invalid_argument);
        return;
      }
      const array<T> want = f.backward(x, dy), got = f.backward_from_output(y, dy);
      const array<T> slopes = f.derivative(x), bends = f.second_derivative(x);
      // Outputs that several x with unlike derivatives share.
      std::vector<T> shared;
      for (const hillock::kink& kink : f.kinks()) shared.push_back(f(static_cast<T>(kink.at)));
      int misses = 0;
      for (Eigen::Index i = 0; i < x.size(); ++i) {
        // f' as a function of y has the derivative f''/f', and a second one of about 1 where that
        // vanishes; twice that change from where y vanishes, since it may be a root of y. y is off
        // by up to 2 ulp, or is 0 below the smallest normal number; what the form itself rounds
        // costs 8 ulp of f'. An overflow leaves nothing to compare.
        if (std::isinf(y[i]) || got[i] == want[i]) continue;
        const double epsilon = std::numeric_limits<T>::epsilon();
        const double slope = std::abs(static_cast<double>(slopes[i]));
        const double bend = std::abs(static_cast<double>(bends[i]));
        const double lost =
            2 * epsilon * std::abs(static_cast<double>(y[i])) + support::smallest_normal<T>;
        const double change = (y[i] == 0 ? 2 : 1) * (slope > 0 ? bend / slope * lost : 0);
        const double tolerance =
            1.5 * (change + lost * lost + 8 * epsilon * slope + support::smallest_normal<T>);
        if (std::abs(static_cast<double>(got[i]) - static_cast<double>(want[i])) <= tolerance)
          continue;
        if (std::find(shared.begin(), shared.end(), y[i]) != shared.end()) continue;
        if (misses++ == 0) {
          INFO("x = " << x[i] << ", y = " << y[i] << ", tolerance " << tolerance);
          CHECK(got[i] == want[i]);
        }
      }
      CHECK(misses == 0);
    }
  });
}

TEST_CASE("backward_from_output of limits and kinks gives the derivatives there") {
  for_each_case([](const auto& f, const reference::table& table) {
    using T = typename std::decay_t<decltype(f)>::scalar;
    if (f.has_output_form()) {
      if (!f.output_form_holds()) return;
      const array<T> one = array<T>::Constant(37, T(1));
      for (const T end : {-infinity<T>, infinity<T>}) {
        CAPTURE(end);
        const array<T> y = f.forward(array<T>::Constant(37, end));
        const array<T> want = f.derivative(array<T>::Constant(37, end));
        CHECK((f.backward_from_output(y, one) == want).all());
      }
      const auto formulas = formulas_of(f.name, table);
      for (const hillock::kink& kink : f.kinks()) {
        const array<T> x = array<T>::Constant(37, static_cast<T>(kink.at));
        if (!is_exact<T>(kink, formulas->kinks())) continue;
        CAPTURE(kink.at);
        const array<T> y = f.forward(x);
        CHECK((f.backward_from_output(y, one) == static_cast<T>(kink.derivative)).all());
      }
    }
  });
}
