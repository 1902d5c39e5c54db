// SPDX-License-Identifier: MIT
// No input is a trap: the worst normal ones cost at most 1.5 times the typical ones, denormal ones
// (or results) at most 3 times. Nor is a new functor: what it keeps is had for less than a short
// array. Measured where the processor has fma; what emulates it elsewhere makes no promise of
// speed.
#include "support.hpp"

#include <hillock/activations.hpp>

#include <chrono>

#if defined(__SANITIZE_ADDRESS__) || !defined(__OPTIMIZE__)
#define TIMES_MEAN_NOTHING 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(undefined_behavior_sanitizer)
#define TIMES_MEAN_NOTHING 1
#endif
#endif

#if !defined(TIMES_MEAN_NOTHING)

namespace {

using support::array;
using clock_type = std::chrono::steady_clock;

constexpr Eigen::Index count = 2048;

template <typename T>
struct inputs {
  const char* name;
  double limit;  // of the cost, in units of the typical
  array<T> x;
};

template <typename T>
std::vector<inputs<T>> all_inputs() {
  const auto constant = [](T c) { return array<T>(array<T>::Constant(count, c)); };
  const bool is_float = std::is_same_v<T, float>;
  std::vector<inputs<T>> all{{"zeros", 1.5, constant(0)},
                             {"tiny", 1.5, constant(T(1e-30))},
                             {"ones", 1.5, constant(1)},
                             {"minus ones", 1.5, constant(-1)},
                             {"before saturation", 1.5, constant(T(is_float ? 8.5 : 18.5))},
                             {"a far tail", 1.5, constant(T(is_float ? -80 : -700))},
                             {"beyond all tails", 1.5, constant(-1000)},
                             {"large", 1.5, constant(T(1e30))},
                             {"infinities", 1.5, constant(support::infinity<T>)},
                             {"minus infinities", 1.5, constant(-support::infinity<T>)},
                             {"NaN", 1.5, constant(support::nan<T>)},
                             {"denormals", 3, constant(3 * std::numeric_limits<T>::denorm_min())},
                             {"minus denormals", 3, constant(-support::smallest_normal<T> / 3)},
                             {"a denormal result", 3, constant(T(is_float ? -90 : -720))},
                             {"one of a product", 3, constant(T(is_float ? -13.5 : -38))}};
  array<T> mixed(count);
  for (Eigen::Index i = 0; i < count; ++i)
    mixed[i] = all[static_cast<std::size_t>(i) % 11].x[0];  // the normal ones, by turns
  all.push_back({"all of them by turns", 1.5, mixed});
  return all;
}

template <typename Body>
double seconds_for(Body body) {
  const auto start = clock_type::now();
  for (int repeat = 0; repeat < 4; ++repeat) body();
  return std::chrono::duration<double>(clock_type::now() - start).count();
}

/// How many times as long as usual() odd() takes. Times only ever err upwards: so the least of
/// several counts. But a processor may slow down between the two: so they are counted anew, and a
/// disturbed machine gets more rounds, while it is more than the limit.
template <typename Usual, typename Odd>
double cost_ratio(double limit, Usual usual, Odd odd) {
  double ratio = std::numeric_limits<double>::infinity();
  for (int round = 0; round < 40 && ratio > limit; ++round) {
    double least_usual = 1e9, least_odd = 1e9;
    for (int attempt = 0; attempt < 11; ++attempt) {
      least_usual = (std::min)(least_usual, seconds_for(usual));
      least_odd = (std::min)(least_odd, seconds_for(odd));
    }
    ratio = least_odd / least_usual;
  }
  return ratio;
}

/// Fails if evaluate(odd) takes longer than limit times evaluate(typical).
template <typename Evaluate, typename T>
void check_cost(const char* verb, Evaluate evaluate, const array<T>& typical,
                const inputs<T>& odd) {
  const double ratio = cost_ratio(
      odd.limit, [&] { evaluate(typical); }, [&] { evaluate(odd.x); });
  INFO(verb << ", " << odd.name << ": " << ratio << " times the usual");
  CHECK(ratio <= odd.limit);
}

template <typename T>
void check_costs() {
  std::mt19937 random(1);
  array<T> typical(count);
  for (T& x : typical) x = static_cast<T>(std::normal_distribution<double>(0, 2)(random));
  const std::vector<inputs<T>> all = all_inputs<T>();
  support::for_each_activation<T>([&](const auto& f) {
    support::for_each_instruction_set([&] {
      if (!HILLOCK_COMPILED_FMA && hillock::instruction_set() == hillock::isa::portable) return;
      INFO(support::describe(f));
      array<T> out(count);
      const array<T> dy = array<T>::Constant(count, T(0.75));
      for (const inputs<T>& odd : all) {
        check_cost(
            "forward", [&](const array<T>& x) { out = f.forward(x); }, typical, odd);
        check_cost(
            "backward", [&](const array<T>& x) { out = f.backward(x, dy); }, typical, odd);
        check_cost(
            "second_derivative", [&](const array<T>& x) { out = f.second_derivative(x); }, typical,
            odd);
      }
    });
  });
}

// Called through a volatile pointer, so that the compiler cannot drop what is shown.
void (*volatile show)(const void*) = [](const void*) {};

/// Fails if 16 functors of any kind take longer than 16 times 256 numbers of sigmoid.
template <typename... F>
void check_new_functors(const std::tuple<F...>&) {
  const array<float> x = array<float>::LinSpaced(256, -4, 4);
  array<float> y(x.size());
  const auto some = [&] {
    for (int repeat = 0; repeat < 16; ++repeat) {
      y = hillock::sigmoid<float>()(x);
      show(y.data());
    }
  };
  const auto check = [&](const auto& f) {
    using functor = std::decay_t<decltype(f)>;
    const double ratio = cost_ratio(1, some, [] {
      for (int repeat = 0; repeat < 16; ++repeat) {
        const functor made;
        show(&made);
      }
    });
    INFO(functor::name << ": " << ratio << " times 256 numbers");
    CHECK(ratio <= 1);
  };
  (check(F()), ...);
}

}  // namespace

TEST_CASE("a new functor costs little") {
  check_new_functors(hillock::activations<float>());
  check_new_functors(hillock::activations<double>());
}

TEST_CASE("no float is a trap") {
  check_costs<float>();
}
TEST_CASE("no double is a trap") {
  check_costs<double>();
}

#else

TEST_CASE("no input is a trap") {
  SUCCEED("not measured in this build");
}

#endif
