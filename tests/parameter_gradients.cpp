// SPDX-License-Identifier: MIT
// The gradients of parameters: against differences, at limits, and as sums.
#include "allocations.hpp"
#include "typed.hpp"

namespace {

using support::array;

/// body(f, place) for every setting and every parameter that can be trained, on every instruction
/// set.
template <typename T, typename Body>
void for_each_case(Body body) {
  typed::for_each_setting<T>([&](const auto& f, const reference::table&) {
    using F = std::decay_t<decltype(f)>;
    typed::for_each_trainable<F>([&](auto place) {
      support::for_each_instruction_set([&] {
        INFO(support::describe(f));
        CAPTURE(place.name);
        body(f, place);
      });
    });
  });
}

/// df/dp at every x.
template <std::size_t I, typename F>
array<double> gradients(const F& f, const array<double>& x) {
  array<double> each(x.size());
  for (Eigen::Index i = 0; i < x.size(); ++i)
    each[i] = f.template parameter_gradient<I>(x.segment(i, 1), array<double>::Ones(1));
  return each;
}

/// f(x) with another value of its I-th parameter.
template <std::size_t I, typename F>
array<double> values(const F& f, double parameter, const array<double>& x) {
  std::vector<double> all(f.parameter_values().begin(), f.parameter_values().end());
  all[I] = parameter;
  return support::make_activation<double>(F::name, all)->forward(x);
}

/// df/dp by the seven-point rule.
template <std::size_t I, typename F>
array<double> differences(const F& f, const array<double>& x, double h) {
  const double p = f.parameter_values()[I];
  const auto rise = [&](int k) -> array<double> {
    return values<I>(f, p + k * h, x) - values<I>(f, p - k * h, x);
  };
  return (45 * rise(1) - 9 * rise(2) + rise(3)) / (60 * h);
}

/// Numbers over all sizes at which a function with this parameter bends.
array<double> numbers(double p) {
  const double size = p == 0 ? 1 : std::abs(p);
  array<double> x(1600);
  for (Eigen::Index i = 0; i < x.size(); ++i) {
    const double reach = std::pow(2.0, static_cast<double>(i / 2 % 40) / 4 - 5);
    x[i] = (i % 2 ? reach : -reach) * (i % 3 ? (i % 3 == 1 ? size : 1 / size) : 1);
  }
  return x;
}

}  // namespace

TEST_CASE("gradients of parameters are what differences tell") {
  int parameters = 0;
  for_each_case<double>([&](const auto& f, auto place) {
    ++parameters;
    const double p = f.parameter_values()[place], h = 2e-4 * (p == 0 ? 1 : std::abs(p));
    const array<double> x = numbers(p), size = values<place>(f, p, x);
    const array<double> got = gradients<place>(f, x), want = differences<place>(f, x, h);
    const double epsilon = std::numeric_limits<double>::epsilon();
    // What roundings of f make of a difference over h.
    const array<double> tolerance = 1e-6 * want.abs() + 8 * epsilon / h * size.abs();
    int misses = 0;
    for (Eigen::Index i = 0; i < x.size(); ++i) {
      if (std::abs(got[i] - want[i]) <= tolerance[i]) continue;
      if (misses++ == 0) {
        INFO("at " << x[i]);
        CHECK(got[i] == want[i]);
      }
    }
    CHECK(misses == 0);
  });
  CHECK(parameters > 0);
}

TEST_CASE("gradients of parameters are sums over arrays of any kind") {
  for_each_case<double>([](const auto& f, auto place) {
    const Eigen::ArrayXXd x = array<double>::LinSpaced(35, -6, 5).reshaped(5, 7);
    const Eigen::ArrayXXd dy = array<double>::LinSpaced(35, 2, -3).reshaped(5, 7);
    const array<double> terms = gradients<place>(f, x.reshaped()) * dy.reshaped();
    const double want = terms.sum(), tolerance = 1e-14 * terms.abs().sum();
    const auto is_near = [&](double got) { return std::abs(got - want) <= tolerance; };
    CHECK(is_near(f.template parameter_gradient<place>(x, dy)));
    CHECK(is_near(f.template parameter_gradient<place>(x.matrix(), dy)));
    CHECK(is_near(f.template parameter_gradient<place>(x.transpose(), dy.matrix().transpose())));
    CHECK(is_near(f.template parameter_gradient<place>(x + 0, 2 * dy - dy)));
    const double want_of_row = terms.reshaped(5, 7).row(3).sum();
    CHECK(std::abs(f.template parameter_gradient<place>(x.row(3), dy.row(3)) - want_of_row) <=
          tolerance);
    const Eigen::ArrayXXd none(0, 4);
    CHECK(f.template parameter_gradient<place>(none, none) == 0);
  });
}

TEST_CASE("gradients of parameters at infinity are limits, and NaN at NaN") {
  const auto check = [](const auto& f, auto place) {
    using T = typename std::decay_t<decltype(f)>::scalar;
    const auto at = [&](T x) {
      return f.template parameter_gradient<place>(array<T>::Constant(1, x), array<T>::Ones(1));
    };
    for (const T end : {support::largest<T>, -support::largest<T>}) {
      CAPTURE(end);
      const T limit = at(end);
      CHECK_FALSE(std::isnan(limit));
      CHECK(at(end * 2) == (std::abs(limit) < 2 ? limit : limit * 2));
    }
    CHECK(std::isnan(at(support::nan<T>)));
    array<T> x = array<T>::Constant(37, T(-0.5));
    x[36] = support::nan<T>;
    CHECK(std::isnan(f.template parameter_gradient<place>(x, array<T>::Ones(37))));
  };
  for_each_case<float>(check);
  for_each_case<double>(check);
}

TEST_CASE("float, half and bfloat16 sum gradients of parameters in float") {
  const array<double> wide = array<double>::LinSpaced(20001, -8, 8);
  const auto check = [&](const auto& f, auto place, const auto& exact) {
    using T = typename std::decay_t<decltype(f)>::scalar;
    const array<T> x = wide.cast<T>(), dy = (1.5 - wide / 16).cast<T>();
    const float got = f.template parameter_gradient<place>(x, dy);
    const array<double> xs = x.template cast<double>(), dys = dy.template cast<double>();
    const double want = exact.template parameter_gradient<place>(xs, dys);
    INFO(support::describe(exact));
    CHECK(std::abs(static_cast<double>(got) - want) <= 1e-4 * std::abs(want));
  };
  const auto check_all = [&](const auto&... f) {
    std::apply(
        [&](const auto&... exact) {
          (typed::for_each_trainable<std::decay_t<decltype(exact)>>(
               [&](auto place) { check(f, place, exact); }),
           ...);
        },
        hillock::activations<double>{});
  };
  std::apply(check_all, hillock::activations<float>{});
  std::apply(check_all, hillock::activations<Eigen::half>{});
  std::apply(check_all, hillock::activations<Eigen::bfloat16>{});
}

TEST_CASE("a gradient of a million terms has the digits of one of ten, and may be infinite") {
  array<float> x = array<float>::Constant(1000003, -1.1f), dy = array<float>::Ones(x.size());
  const hillock::leaky_relu<float> f;
  const double want = static_cast<double>(-1.1f) * static_cast<double>(x.size());
  support::for_each_instruction_set(
      [&] { CHECK(std::abs(static_cast<double>(f.slope_gradient(x, dy)) / want - 1) < 5e-6); });
  dy[777777] = support::infinity<float>;
  CHECK(f.slope_gradient(x, dy) == -support::infinity<float>);
}

TEST_CASE("what a gradient would be behind the end of an array does not count") {
  const hillock::softplus<float> f(1e-20f);  // whose gradient at 0 is infinite
  for (const Eigen::Index n : {1, 3, 8, 17}) {
    const array<float> x = array<float>::Constant(n, 3e38f), dy = array<float>::Ones(n);
    support::for_each_instruction_set([&] { CHECK(std::abs(f.beta_gradient(x, dy)) < 1); });
  }
}

TEST_CASE("gradients of parameters that others get wrong, by their names") {
  const array<float> one = array<float>::Ones(1), zero = array<float>::Zero(1);
  const array<float> low = array<float>::Constant(1, -1e-3f), high = 10 * one;
  CHECK(hillock::leaky_relu<float>{}.slope_gradient(zero, one) == 0);
  CHECK(hillock::leaky_relu6<float>{}.slope_gradient(-2 * one, 3 * one) == -6);
  CHECK(hillock::elu<float>{}.alpha_gradient(-1e-8f * one, one) == -1e-8f);
  // -x^2 / 2, which e^x (1 - x) - 1 cannot tell from 0.
  CHECK(std::abs(hillock::celu<float>{}.alpha_gradient(low, one) / -4.99666839e-7f - 1) < 1e-6f);
  // -e^-10 (10 + 1), which x sigmoid(x) - softplus(x) loses to the size of x.
  CHECK(std::abs(hillock::softplus<float>{}.beta_gradient(high, one) / -4.99377586e-4f - 1) <
        1e-5f);
  CHECK(std::abs(hillock::swish<float>{}.beta_gradient(-high, one) / 4.53958077e-3f - 1) < 1e-5f);
}

TEST_CASE("gradients of parameters allocate nothing") {
  const auto check = [](const auto& f, auto place) {
    using T = typename std::decay_t<decltype(f)>::scalar;
    const array<T> x = support::mixture<T>(1003);
    volatile T sum = 0;
    CHECK(support::allocations_of([&] { sum = f.template parameter_gradient<place>(x, x); }) == 0);
    CHECK(support::allocations_of([&] { sum = f.template parameter_gradient<place>(x + x, -x); }) ==
          0);
  };
  for_each_case<float>(check);
  for_each_case<double>(check);
}
