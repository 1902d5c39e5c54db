// SPDX-License-Identifier: MIT
#pragma once

// Whole cache lines for the arrays of every build, so that a baseline and a native build differ in
// their code alone. Before the first header of Eigen.
#define EIGEN_MAX_ALIGN_BYTES 64

// GCC 12 takes its own AVX-512 intrinsics, which Eigen calls, for uninitialized (GCC bug 105593).
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wuninitialized"
#endif

#include <Eigen/Core>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bench {

template <typename T>
constexpr std::string_view scalar_name = sizeof(T) == 4 ? "float" : "double";

/// What a pass reads and writes. Of inputs it reads what it needs: x forward, x and dy backward,
/// y and dy backward from the output.
template <typename Array>
struct arrays {
  Array x, y, dy, out;

  /// Normally distributed inputs, x of standard deviation 2.
  static arrays random(Eigen::Index rows, Eigen::Index columns) {
    using T = typename Array::Scalar;
    std::mt19937 generator(1);
    std::normal_distribution<T> normal;
    const auto fill = [&](T scale) -> Array {
      return Array::NullaryExpr(rows, columns, [&] { return scale * normal(generator); });
    };
    const Array x = fill(2), dy = fill(1);
    arrays a{x, x, dy, x};
    for (Array* other : {&a.y, &a.dy, &a.out}) align(*other, a.x);
    return a;
  }

 private:
  /// Places an array anew until it begins where another does within a page. Processors tell loads
  /// from the stores before them by the low bits of addresses: where an output begins a little
  /// after an input, each load would wait for a store, and such chance would decide a comparison.
  static void align(Array& array, const Array& other) {
    const auto in_page = [](const Array& a) {
      return reinterpret_cast<std::uintptr_t>(a.data()) % 4096;
    };
    std::vector<Array> misplaced;
    while (in_page(array) != in_page(other) && misplaced.size() < 1000) {
      Array next = array;
      misplaced.push_back(std::move(array));
      array = std::move(next);
    }
  }
};

template <typename Array>
using kernel = std::function<void(arrays<Array>&)>;

/// One way to compute one pass of one function.
template <typename Array>
struct contender {
  std::string function, pass, label;  // the label is "hillock", or who else and the code
  kernel<Array> run;
};

/// The text of some code, and the code as a function of arrays: a table of peers that is written
/// with it says what it measures. In the code x, y, dy and out are the arrays. All of it is
/// inlined: in a file as large as such a table GCC leaves the packet functions of Eigen as calls,
/// and a form would be up to ten times slower than in a file of its own.
#if defined(__GNUC__)
#define HILLOCK_BENCH_FLATTEN __attribute__((flatten))
#else
#define HILLOCK_BENCH_FLATTEN
#endif
// clang-format off
#define HILLOCK_BENCH_CODE(...)                  \
  #__VA_ARGS__, [](auto& arrays) HILLOCK_BENCH_FLATTEN {   \
    [[maybe_unused]] const auto& x = arrays.x;   \
    [[maybe_unused]] const auto& y = arrays.y;   \
    [[maybe_unused]] const auto& dy = arrays.dy; \
    auto& out = arrays.out;                      \
    __VA_ARGS__;                                 \
  }
// clang-format on

/// The largest error of got where |truth| >= 1e-4 and finite, the core that any user meets, in
/// units in the last place of truth, or of least where that is larger. A NaN or an infinity there
/// is an infinite error.
template <typename Got, typename Truth, typename Least>
double core_error(const Got& got, const Truth& truth, const Least& least) {
  using T = typename Got::Scalar;
  double worst = 0;
  for (Eigen::Index i = 0; i < got.size(); ++i) {
    const long double t = truth(i), size = (std::max)(std::abs(t), least(i));
    if (!(std::abs(t) >= 1e-4L) || std::abs(t) > (std::numeric_limits<T>::max)()) continue;
    const long double ulp = std::ldexp(1.0L, std::ilogb(size) + 1 - std::numeric_limits<T>::digits);
    const auto error = static_cast<double>(std::abs(static_cast<long double>(got(i)) - t) / ulp);
    if (!(error <= worst)) worst = std::isnan(error) ? HUGE_VAL : error;
  }
  return worst;
}

/// Registers "function/pass/scalar/size/label". data() gives the arrays to run on, error() the core
/// error; both are called only if the benchmark runs, error() once.
template <typename Array, typename Data, typename Error>
void enrol(const contender<Array>& c, Eigen::Index size, Data data, Error error) {
  const std::string name = c.function + '/' + c.pass + '/' +
                           std::string(scalar_name<typename Array::Scalar>) + '/' +
                           std::to_string(size) + '/' + c.label;
  const auto known = std::make_shared<std::optional<double>>();
  benchmark::RegisterBenchmark(name.c_str(), [=](benchmark::State& state) {
    if (!*known) *known = error();
    arrays<Array>& a = data();
    for (auto _ : state) {
      c.run(a);
      benchmark::DoNotOptimize(a.out.data());
      benchmark::ClobberMemory();
    }
    using benchmark::Counter;
    state.counters["ns_per_element"] =
        Counter(1e-9 * static_cast<double>(a.x.size()),
                Counter::kIsIterationInvariantRate | Counter::kInvert);
    if (!std::isnan(**known)) state.counters["core_ulp"] = **known;
  });
}

void enrol_elementwise();
void enrol_gates();
void enrol_softmax();
void enrol_other_slices();

}  // namespace bench
