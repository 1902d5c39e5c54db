// SPDX-License-Identifier: MIT
// What the tests share: walks over the list of activations, their settings and the processor's
// instruction sets; numbers to try; comparison by bytes.
#pragma once
#include "activation.hpp"
#include "catch.hpp"
#include "reference.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <limits>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace support {

template <typename T>
inline constexpr T infinity = std::numeric_limits<T>::infinity();
template <typename T>
inline constexpr T nan = std::numeric_limits<T>::quiet_NaN();
template <typename T>
inline constexpr T smallest_normal = (std::numeric_limits<T>::min)();
template <typename T>
inline constexpr T largest = (std::numeric_limits<T>::max)();

// ---- Walks ------------------------------------------------------------------------------------

/// body(f) for every activation of the list, with its default parameters, its type erased.
template <typename T, typename Body>
void for_each_activation(Body body) {
  for (const auto& f : all_activations<T>()) body(*f);
}

/// body(f, table) for every activation, its type erased, with every setting of its reference table.
template <typename T, typename Body>
void for_each_setting(Body body) {
  for_each_activation<T>([&](const activation<T>& f) {
    for (const reference::table& table : reference::read(f.name).settings)
      body(*make_activation<T>(f.name, table.parameters), table);
  });
}

/// body(zero) of float, and of double unless the build is to look at float alone.
template <typename Body>
void for_each_real(Body body) {
  body(0.f);
#if !defined(HILLOCK_TEST_FLOAT_ALONE)
  body(0.0);
#endif
}

/// body() on every instruction set that this processor and this build can run.
template <typename Body>
void for_each_instruction_set(Body body) {
  const hillock::isa usual = hillock::instruction_set();
  int runs = 0;
  for (const hillock::isa set : {hillock::isa::portable, hillock::isa::avx2, hillock::isa::avx512})
    if (hillock::testing::force(set)) {
      ++runs;
      body();
    }
  hillock::testing::force(usual);
  REQUIRE(runs > 0);
}

template <typename T>
std::string_view name_of_type() {
  if (std::is_same_v<T, float>) return "float";
  if (std::is_same_v<T, double>) return "double";
  if (std::is_same_v<T, long double>) return "long double";
  return "another scalar";
}

/// alpha = 1, beta = 5
template <typename Parameters, typename Values>
std::string list_of(const Parameters& parameters, const Values& values) {
  std::string text;
  for (std::size_t i = 0; i < values.size(); ++i) {
    char number[32];
    std::snprintf(number, sizeof number, "%.9g", static_cast<double>(values[i]));
    text += (i ? ", " : "") + std::string(parameters[i].name) + " = " + number;
  }
  return text;
}

template <typename T, typename Parameters, typename Values>
std::string description(std::string_view name, const Parameters& parameters, const Values& values) {
  return std::string(name) + "<" + std::string(name_of_type<T>()) + ">(" +
         list_of(parameters, values) + "), " +
         std::string(hillock::name_of(hillock::instruction_set()));
}

/// softplus<float>(beta = 5), avx2
template <typename T>
std::string describe(const activation<T>& f) {
  return description<T>(f.name, f.parameters, f.values);
}
template <typename F>
std::string describe(const F& f) {
  if constexpr (F::parameter_count > 0)
    return description<typename F::scalar>(F::name, F::parameters, f.parameter_values());
  else
    return description<typename F::scalar>(F::name, std::array<hillock::parameter, 0>{},
                                           f.parameter_values());
}

// ---- Numbers to try ---------------------------------------------------------------------------

template <typename T>
using bits_of = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;

template <typename T>
bits_of<T> to_bits(T x) {
  bits_of<T> bits;
  std::memcpy(&bits, &x, sizeof x);
  return bits;
}

template <typename T>
T from_bits(bits_of<T> bits) {
  T x;
  std::memcpy(&x, &bits, sizeof x);
  return x;
}

template <typename T>
array<T> to_array(const std::vector<T>& numbers) {
  return Eigen::Map<const array<T>>(numbers.data(), static_cast<Eigen::Index>(numbers.size()));
}

/// The random ones of spread(), the same at every call, which is why they are sorted but once.
template <typename T>
const std::vector<T>& random_spread(std::size_t count) {
  constexpr int mantissa_bits = std::numeric_limits<T>::digits - 1;
  constexpr bits_of<T> bias = std::numeric_limits<T>::max_exponent - 1;
  static std::vector<T> numbers;
  static std::size_t made = 0;
  if (made == count) return numbers;
  made = count;
  numbers.clear();
  std::mt19937_64 random(2718);
  for (std::size_t i = 0; i < count; ++i) {
    const bits_of<T> mantissa =
        static_cast<bits_of<T>>(random()) >> (8 * sizeof(T) - mantissa_bits);
    const auto exponent =
        static_cast<bits_of<T>>(i % 2 ? bias - 12 + random() % 22 : random() % (2 * bias + 1));
    const T size = from_bits<T>(mantissa | exponent << mantissa_bits);
    const T x = random() % 2 ? -size : size;
    for (const T each : {x, std::nextafter(x, infinity<T>)})
      if (std::isfinite(each)) numbers.push_back(each);
  }
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

/// Finite numbers in rising order: the given count, over all exponents and both signs, half of them
/// with exponents from -12 to 9 where most functions bend; the next number above each; and around
/// all centers the nearest numbers on both sides.
template <typename T>
std::vector<T> spread(std::size_t count, const std::vector<double>& centers, int nearest) {
  using limits = std::numeric_limits<T>;
  std::vector<T> numbers = random_spread<T>(count);
  const auto random_ones = static_cast<std::ptrdiff_t>(numbers.size());
  const auto add = [&](T x) {
    if (std::isfinite(x)) numbers.push_back(x);
  };
  for (const double center : centers) {
    T below = static_cast<T>(center), above = below;
    add(below);
    for (int k = 0; k < nearest; ++k) {
      add(below = std::nextafter(below, -infinity<T>));
      add(above = std::nextafter(above, infinity<T>));
    }
  }
  for (const T x : {T(0), smallest_normal<T>, limits::denorm_min(), largest<T>}) {
    add(x);
    add(-x);
  }
  std::sort(numbers.begin() + random_ones, numbers.end());
  std::inplace_merge(numbers.begin(), numbers.begin() + random_ones, numbers.end());
  return numbers;
}

/// The finite x of a table.
inline std::vector<double> centers_of(const reference::table& table) {
  std::vector<double> centers;
  for (const reference::row& row : table.rows)
    if (std::isfinite(row.x)) centers.push_back(row.x);
  return centers;
}

/// Numbers of every kind that a kernel may tell apart, in no order, for tests of places and shapes.
template <typename T>
array<T> mixture(Eigen::Index count) {
  const T special[] = {T(0),
                       T(-0.0),
                       infinity<T>,
                       -infinity<T>,
                       nan<T>,
                       T(-88),
                       T(88.5),
                       largest<T>,
                       smallest_normal<T>,
                       T(1e-40),
                       T(-0.5),
                       T(6),
                       -largest<T>,
                       -smallest_normal<T>,
                       T(-1e-40),
                       T(-104),
                       T(-2.499999999),
                       T(-0.7517916)};
  constexpr Eigen::Index specials = static_cast<Eigen::Index>(std::size(special));
  array<T> x(count);
  std::mt19937 random(31415);
  for (Eigen::Index i = 0; i < count; ++i) {
    const T size = std::ldexp(T(1) + static_cast<T>(random() % 1000003) / 1000003,
                              static_cast<int>(random() % 14) - 8);
    x[i] = random() % 3 == 0 ? special[static_cast<Eigen::Index>(random()) % specials]
           : random() % 2    ? -size
                             : size;
  }
  return x;
}

// ---- Comparison -------------------------------------------------------------------------------

template <typename T>
bool same_bits(T a, T b) {
  if constexpr (std::is_same_v<T, float> || std::is_same_v<T, double>)
    return to_bits(a) == to_bits(b);
  else
    return std::memcmp(&a, &b, sizeof a) == 0;
}

inline std::string difference_text(Eigen::Index i, Eigen::Index j, Eigen::Index rows,
                                   Eigen::Index cols, double got, double want) {
  char text[160];
  std::snprintf(text, sizeof text, "at (%d, %d) of %d x %d: %a, not %a", static_cast<int>(i),
                static_cast<int>(j), static_cast<int>(rows), static_cast<int>(cols), got, want);
  return text;
}

/// The first element whose bytes differ, as text; empty where none does. NaN counts as one value:
/// which of two NaN a product hands on, compilers may choose.
template <typename X, typename Y>
std::string difference(const X& got, const Y& want) {
  const Eigen::Index rows = want.rows(), cols = want.cols();
  if (got.rows() != rows || got.cols() != cols) return "another shape";
  for (Eigen::Index j = 0; j < cols; ++j)
    for (Eigen::Index i = 0; i < rows; ++i) {
      const typename X::Scalar a = got.coeff(i, j), b = want.coeff(i, j);
      if (same_bits(a, b) || (a != a && b != b)) continue;
      return difference_text(i, j, rows, cols, static_cast<double>(a), static_cast<double>(b));
    }
  return {};
}

/// Remembers the worst of many errors, and where it was.
struct worst_error {
  double ulps = 0, x = nan<double>, got = 0;
  long double want = 0;

  template <typename T, typename W>
  void meet(double off, T at, T result, W truth) {
    if (off <= ulps) return;
    ulps = off;
    x = static_cast<double>(at);
    got = static_cast<double>(result);
    want = static_cast<long double>(truth);
  }

  std::string where() const {
    if (ulps == 0) return "nowhere";
    char text[200];
    std::snprintf(text, sizeof text, "x = %a (%.9g): %.17g (%a), not %.21Lg", x, x, got, got, want);
    return text;
  }
};

// ---- Errors ------------------------------------------------------------------------------------

#if defined(__cpp_exceptions) || defined(_CPPUNWIND)
/// What the std::invalid_argument that body() throws says; empty if it throws none.
template <typename Body>
std::string complaint(Body body) {
  try {
    body();
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "";
}
#endif

}  // namespace support
