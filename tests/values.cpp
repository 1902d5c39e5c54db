// SPDX-License-Identifier: MIT
// What holds of values to the last bit: limits, range, monotony, symmetry, NaN, signs of zeros.
#include "reference/oracle.hpp"
#include "support.hpp"

#include <hillock/activations.hpp>

namespace {

using reference::order;
using reference::orders;
using support::array;
using support::infinity;

template <typename T>
array<T> evaluate(const support::activation<T>& f, order k, const array<T>& x) {
  if (k == reference::value) return f.forward(x);
  if (k == reference::derivative) return f.derivative(x);
  return f.second_derivative(x);
}

template <typename T>
hillock::limits limits_of(const support::activation<T>& f, order k) {
  if (k == reference::value) return f.value_limits();
  if (k == reference::derivative) return f.derivative_limits();
  return f.second_derivative_limits();
}

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

template <typename T>
std::vector<T> numbers_for(const reference::table& table) {
  return support::spread<T>(50000, support::centers_of(table), 20);
}

}  // namespace

TEST_CASE("the parameters and their domains are those of the tables") {
  support::for_each_activation<float>([](const auto& f) {
    INFO(support::describe(f));
    const reference::tables tables = reference::read(f.name);
    REQUIRE(tables.parameter_names.size() == f.parameters.size());
    for (std::size_t i = 0; i < f.parameters.size(); ++i) {
      CHECK(f.parameters[i].name == tables.parameter_names[i]);
      CHECK(hillock::description(f.parameters[i].domain) == tables.parameter_domains[i]);
    }
  });
}

TEST_CASE("limits are met, with the sign of their zeros, and are those that are stated") {
  for_each_case([](const auto& f, const reference::table& table) {
    using T = typename std::decay_t<decltype(f)>::scalar;
    for (const order k : orders)
      for (const reference::row& row : {table.rows.front(), table.rows.back()}) {
        REQUIRE(std::isinf(row.x));
        CAPTURE(reference::order_names[k], row.x);
        const T limit = static_cast<T>(row.truth[k]);
        const array<T> x = array<T>::Constant(37, static_cast<T>(row.x));
        const array<T> y = evaluate(f, k, x);
        CHECK((y == limit).all());
        if (k == reference::value)
          CHECK(support::difference(y, array<T>::Constant(37, limit)) == "");
        CHECK(static_cast<T>(limits_of(f, k).at(row.x)) == limit);
      }
  });
}

TEST_CASE("NaN in gives NaN out, and in no other element") {
  for_each_case([](const auto& f, const reference::table&) {
    using T = typename std::decay_t<decltype(f)>::scalar;
    const array<T> zeros = array<T>::Constant(37, T(0.25)), ones = array<T>::Constant(37, T(1));
    const auto only_at = [](Eigen::Index i, const array<T>& y) {
      for (Eigen::Index j = 0; j < y.size(); ++j)
        if (std::isnan(y[j]) != (j == i)) return false;
      return true;
    };
    for (const T odd : {support::nan<T>, -support::nan<T>, std::numeric_limits<T>::signaling_NaN()})
      for (Eigen::Index i = 0; i < zeros.size(); ++i) {
        array<T> x = zeros;
        x[i] = odd;
        CAPTURE(i);
        for (const order k : orders) REQUIRE(only_at(i, evaluate(f, k, x)));
        REQUIRE(only_at(i, f.backward(x, ones)));
        REQUIRE(only_at(i, f.backward(ones, x)));
        if (f.has_output_form() && f.output_form_holds())
          REQUIRE(only_at(i, f.backward_from_output(x, ones)));
      }
    CHECK(std::isnan(f(support::nan<T>)));
    CHECK(array<T>(f.forward(array<T>::Constant(999, support::nan<T>))).isNaN().all());
  });
}

TEST_CASE("finite in gives finite out, unless the truth is too large") {
  for_each_case([](const auto& f, const reference::table& table) {
    using T = typename std::decay_t<decltype(f)>::scalar;
    const array<T> x = support::to_array(numbers_for<T>(table));
    const auto formulas = oracle::find<long double>(
        f.name, std::vector<long double>(table.parameters.begin(), table.parameters.end()));
    for (const order k : orders) {
      CAPTURE(reference::order_names[k]);
      const array<T> y = evaluate(f, k, x);
      int misses = 0;
      for (Eigen::Index i = 0; i < x.size(); ++i) {
        if (std::isfinite(y[i])) continue;
        const long double w = x[i];
        const auto truth = formulas->all(w);
        if (std::isnan(y[i]) || std::abs(truth[k]) <= support::largest<T>) ++misses;
      }
      CHECK(misses == 0);
    }
  });
}

TEST_CASE("the range holds to the last bit, and is no wider than the tables show") {
  for_each_case([](const auto& f, const reference::table& table) {
    using T = typename std::decay_t<decltype(f)>::scalar;
    std::vector<T> numbers = numbers_for<T>(table);
    numbers.push_back(infinity<T>);
    numbers.push_back(-infinity<T>);
    const array<T> y = f.forward(support::to_array(numbers));
    const hillock::interval range = f.range();
    CHECK(y.minCoeff() >= static_cast<T>(range.lowest));
    CHECK(y.maxCoeff() <= static_cast<T>(range.highest));

    const auto by_value = [](const reference::row& a, const reference::row& b) {
      return a.truth[reference::value] < b.truth[reference::value];
    };
    const auto [lowest, highest] =
        std::minmax_element(table.rows.begin(), table.rows.end(), by_value);
    const auto near = [](double a, long double b) {
      const double c = static_cast<double>(b);
      return a == c || std::abs(a - c) < 1e-3 * (1e-300 + std::abs(a));
    };
    CHECK(near(range.lowest, lowest->truth[reference::value]));
    CHECK(near(range.highest, highest->truth[reference::value]));
  });
}

TEST_CASE("what is monotone is so from each number to the next; the rest says that it is not") {
  for_each_case([](const auto& f, const reference::table& table) {
    using T = typename std::decay_t<decltype(f)>::scalar;
    bool rises = true;
    for (std::size_t i = 1; i < table.rows.size(); ++i)
      rises = rises && table.rows[i].truth[0] >= table.rows[i - 1].truth[0];
    CHECK(f.monotone() == rises);
    if (!rises) return;
    const array<T> x =
        support::to_array(support::spread<T>(500000, support::centers_of(table), 40));
    const array<T> y = f.forward(x);
    int falls = 0;
    Eigen::Index at = 1;  // the last fall
    for (Eigen::Index i = 1; i < y.size(); ++i)
      if (!(y[i] >= y[i - 1])) ++falls, at = i;
    char text[160];
    std::snprintf(text, sizeof text, "f(%a) = %a, but f(%a) = %a", static_cast<double>(x[at - 1]),
                  static_cast<double>(y[at - 1]), static_cast<double>(x[at]),
                  static_cast<double>(y[at]));
    INFO(text);
    CHECK(falls == 0);
  });
}

TEST_CASE("what is odd is so to the last bit, zeros included; the rest says that it is not") {
  for_each_case([](const auto& f, const reference::table& table) {
    using T = typename std::decay_t<decltype(f)>::scalar;
    const auto formulas = oracle::find<long double>(
        f.name, std::vector<long double>(table.parameters.begin(), table.parameters.end()));
    const bool is_odd =
        std::all_of(table.rows.begin(), table.rows.end(), [&](const reference::row& row) {
          const long double w = row.x;
          return std::isinf(w) || formulas->value(-w) == -formulas->value(w);
        });
    CHECK(f.odd() == is_odd);
    if (!is_odd) return;
    // Eigen's own negation of AVX-512 packets is 0 - x, which makes +0 of +0.
    const auto negated = [](const array<T>& a) -> array<T> {
      return a.unaryExpr([](T number) { return -number; });
    };
    const array<T> x = support::to_array(numbers_for<T>(table));
    CHECK(support::difference(f.forward(negated(x)), negated(f.forward(x))) == "");
  });
}

TEST_CASE("the stated smoothness and kinks are those of the formulas") {
  support::for_each_activation<double>([](const auto& f) {
    INFO(support::describe(f));
    bool kinked = false;
    for (const reference::table& table : reference::read(f.name).settings) {
      const auto made = support::make_activation<double>(f.name, table.parameters);
      const support::activation<double>& g = *made;
      for (const hillock::kink& kink : g.kinks()) {
        kinked = true;
        CAPTURE(kink.at);
        const double step = 1e-9 * (1 + std::abs(kink.at));
        const array<double> around = array<double>::LinSpaced(3, kink.at - step, kink.at + step);
        const array<double> slopes = g.derivative(around);
        CHECK(std::abs(slopes[2] - slopes[0]) > 1e-6);
      }
      // Nowhere else does f' jump.
      const array<double> x = array<double>::LinSpaced(400001, -40.00003, 40.00004);
      const array<double> slopes = g.derivative(x), bends = g.second_derivative(x);
      int jumps = 0;
      for (Eigen::Index i = 1; i < x.size(); ++i) {
        const double step = std::abs(slopes[i] - slopes[i - 1]);
        const double expected = (std::abs(bends[i]) + std::abs(bends[i - 1])) * (x[i] - x[i - 1]);
        if (step > 2 * expected + 1e-6) ++jumps;
      }
      int kinks = 0;
      for (const hillock::kink& kink : g.kinks())
        if (kink.at > x[0] && kink.at < x[x.size() - 1]) ++kinks;
      CHECK(jumps == kinks);
    }
    CHECK((f.smooth <= hillock::smoothness::continuous) == kinked);
  });
}

TEST_CASE(
    "what is a polynomial between its kinks bends evenly there; the rest says that it is none") {
  constexpr std::size_t most_pieces = 5;
  support::for_each_activation<double>([&](const auto& f) {
    INFO(support::describe(f));
    std::size_t bends = 0;  // of some setting of the parameters
    for (const reference::table& table : reference::read(f.name).settings) {
      std::vector<long double> different;
      for (const reference::row& row : table.rows)
        if (!std::isnan(row.truth[reference::second_derivative]))
          different.push_back(row.truth[reference::second_derivative]);
      std::sort(different.begin(), different.end());
      const auto end = std::unique(different.begin(), different.end());
      bends = (std::max)(bends, static_cast<std::size_t>(end - different.begin()));
    }
    CHECK(f.is_piecewise_polynomial == (bends <= most_pieces));
  });
}

TEST_CASE("f(-0) has the sign that the tables give it, next to every other element") {
  for_each_case([](const auto& f, const reference::table& table) {
    using T = typename std::decay_t<decltype(f)>::scalar;
    for (const reference::row& row : table.rows) {
      if (row.x != 0) continue;
      const T truth = static_cast<T>(row.truth[reference::value]);
      const array<T> y = f.forward(array<T>::Constant(37, static_cast<T>(row.x)));
      if (truth == 0) CHECK(support::difference(y, array<T>::Constant(37, truth)) == "");
    }
  });
}

// ---- What others get wrong --------------------------------------------------------------------

namespace {

/// f(x) through an array; fails unless all elements are alike.
template <typename F>
typename F::scalar at(const F& f, typename F::scalar x) {
  using T = typename F::scalar;
  const array<T> y = f.forward(array<T>::Constant(21, x));
  CHECK(support::difference(y, array<T>::Constant(21, y[0])) == "");
  return y[0];
}

/// To the four digits in which such values are commonly given.
bool is_near(double got, double want) {
  return std::abs(got - want) <= 5e-4 * std::abs(want);
}

}  // namespace

TEST_CASE("values that others get wrong") {
  CHECK(at(hillock::elu<float>{}, -1e-8f) == -1e-8f);
  CHECK(at(hillock::elu<double>{}, -1e-20) == -1e-20);
  CHECK(is_near(at(hillock::gelu<float>{}, -6.0f), -5.9195e-9));
  CHECK(at(hillock::gelu<float>{}, -infinity<float>) == 0);
  CHECK(std::signbit(at(hillock::gelu<float>{}, -infinity<float>)));
  CHECK(is_near(at(hillock::softplus<float>{}, -12.3392f), 4.3768e-6));
  CHECK(at(hillock::softplus<float>{5}, 200.0f) == 200);
  CHECK(at(hillock::sigmoid<float>{}, -infinity<float>) == 0);
  CHECK(at(hillock::tanh<float>{}, 100.0f) == 1);
  CHECK(at(hillock::relu<float>{6}, 3e38f) == 6);
  CHECK(at(hillock::leaky_relu<float>{2}, -1.0f) == -2);
  CHECK(at(hillock::leaky_relu<float>{0}, -infinity<float>) == 0);
  CHECK(at(hillock::hard_swish<float>{}, 3e38f) == 3e38f);
  CHECK(is_near(at(hillock::celu<float>{2}, -1.0f), -0.786939));
  CHECK(at(hillock::squareplus<float>{}, 1e20f) == 1e20f);
  CHECK(is_near(at(hillock::squareplus<float>{}, -1e5f), 1e-5));
  CHECK(at(hillock::silu<float>{}, -infinity<float>) == 0);
  CHECK(std::signbit(at(hillock::silu<float>{}, -infinity<float>)));
  CHECK(at(hillock::log_sigmoid<float>{}, -1000.0f) == -1000);
  CHECK(is_near(at(hillock::log_sigmoid<float>{}, 50.0f), -1.9287e-22));
  CHECK(at(hillock::mish<float>{}, -1e4f) == 0);
  CHECK(std::signbit(at(hillock::mish<float>{}, -1e4f)));
  CHECK(at(hillock::gelu_tanh<float>{}, 1e13f) == 1e13f);
  CHECK(at(hillock::gelu_tanh<float>{}, -infinity<float>) == 0);
  CHECK(std::signbit(at(hillock::gelu_tanh<float>{}, -infinity<float>)));
  CHECK(hillock::gelu_tanh<float>{}.derivative(1e20f) == 1);
  CHECK(hillock::hard_swish<float>{}.derivative(3.0f) == 1);
  CHECK(hillock::hard_swish<float>{}.derivative(-3.0f) == 0);
}

TEST_CASE("hard_sigmoid is made at once, and kinks exactly, also at 0 and with any slope") {
  for (const double slope : {0.2, 1e-30, 1e30}) {
    const hillock::hard_sigmoid<double> from_0(slope, 0), to_0(slope, 1);
    const double next = std::numeric_limits<double>::denorm_min();
    CHECK(from_0.derivative(next) == slope);
    CHECK(from_0.derivative(0.0) == 0);
    CHECK(to_0.derivative(-next) == slope);
    CHECK(to_0.derivative(0.0) == 0);
  }
}

TEST_CASE("softplus is nowhere below max(x, 0)") {
  const auto check = [](const auto& f, const reference::table& table) {
    using T = typename std::decay_t<decltype(f)>::scalar;
    if (f.name != "softplus") return;
    INFO(support::describe(f));
    const array<T> x = support::to_array(numbers_for<T>(table));
    const array<T> y = f.forward(x);
    CHECK((y >= x.max(T(0))).all());
  };
  support::for_each_setting<float>(check);
  support::for_each_setting<double>(check);
}

TEST_CASE("parameters at the ends of their range make no NaN") {
  for (const double alpha : {1.2e-311, 1e-320}) {
    CHECK(hillock::elu<double>(alpha)(-100.0) == -alpha);
    CHECK(hillock::celu<double>(alpha)(-1.0) == -alpha);
  }
  // Lines through 0 next to their edge, so steep that slope edge overflows.
  CHECK(hillock::leaky_hard_tanh<float>(-1e10f, 0, -1e30f, 1)(-1e10f - 1024) == 1024 * 1e30f);
  const float below = std::nextafter(1e15f, 0.0f);
  CHECK(hillock::leaky_hard_tanh<float>(1e15f, 2e15f, 1e25f, 1)(below) == (below - 1e15f) * 1e25f);

  using limits = std::numeric_limits<float>;
  const hillock::softplus<float> huge(1e-39f), large(1.8e-39f);  // log 2 / beta overflows
  for (const float x : {-limits::max(), -1.0f, 0.0f, 1.0f, limits::infinity()})
    CHECK(huge(x) == limits::infinity());
  CHECK(huge(-limits::infinity()) == 0);
  CHECK(std::isnan(huge(limits::quiet_NaN())));
  CHECK(large(0.0f) == limits::infinity());
  const double exponent = 3.4e38 * static_cast<double>(large.beta());
  const double want = std::log1p(std::exp(-exponent)) / static_cast<double>(large.beta());
  CHECK(std::abs(static_cast<double>(large(-3.4e38f)) / want - 1) < 2.4e-7);
  const hillock::softplus<float> steep(3e38f);  // twice beta overflows
  const auto beta = static_cast<double>(steep.beta());
  const double t = std::exp(beta * static_cast<double>(-2.43757e-37f));
  const double bend = beta * t / ((1 + t) * (1 + t));
  CHECK(std::abs(static_cast<double>(steep.second_derivative(-2.43757e-37f)) / bend - 1) < 4.8e-7);
}
