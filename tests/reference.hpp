// SPDX-License-Identifier: MIT
// The tables that reference/generate.py wrote, and how an error is counted against them.
#pragma once
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <limits>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace reference {

/// The three functions that every activation has, in the order of the tables' columns.
enum order { value, derivative, second_derivative };
inline constexpr std::array<order, 3> orders{value, derivative, second_derivative};
inline constexpr std::array<std::string_view, 3> order_names{"f", "f'", "f''"};

/// What is true of one x. A truth too small for long double is a zero of its sign.
struct row {
  double x;
  std::array<long double, 3> truth;
  std::array<bool, 3> is_zero;  // truth is exactly 0, not just small
};

/// An activation with certain parameters, from -inf to inf.
struct table {
  std::vector<double> parameters;
  std::vector<row> rows;
};

struct tables {
  std::vector<std::string> parameter_names, parameter_domains;
  std::vector<table> settings;
};

/// Ends the test, also where exceptions are disabled.
[[noreturn]] inline void give_up(const std::string& reason) {
  std::fprintf(stderr, "%s\n", reason.c_str());
  std::abort();
}

inline std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells;
  std::istringstream in(line);
  for (std::string cell; std::getline(in, cell, ',');) cells.push_back(cell);
  return cells;
}

inline tables read(std::string_view name, const std::string& directory = REFERENCE_DIR) {
  const std::string path = directory + "/" + std::string(name) + ".csv";
  std::ifstream in(path);
  std::string line;
  if (!std::getline(in, line)) give_up("cannot read " + path);
  tables all;
  const std::vector<std::string> titles = cells_of(line);
  const std::size_t parameters = titles.size() - 4;  // x, f, f', f''
  for (std::size_t k = 0; k < parameters; ++k) {     // alpha: finite and > 0
    const std::size_t colon = titles[k].find(": ");
    if (colon == std::string::npos) give_up(path + ": no domain: " + titles[k]);
    all.parameter_names.push_back(titles[k].substr(0, colon));
    all.parameter_domains.push_back(titles[k].substr(colon + 2));
  }
  while (std::getline(in, line)) {
    const std::vector<std::string> cells = cells_of(line);
    if (cells.size() != parameters + 4) give_up(path + ": a broken row: " + line);
    std::vector<double> p;
    for (std::size_t k = 0; k < parameters; ++k)
      p.push_back(std::strtod(cells[k].c_str(), nullptr));
    if (all.settings.empty() || all.settings.back().parameters != p)
      all.settings.push_back({p, {}});
    row r{};
    r.x = std::strtod(cells[parameters].c_str(), nullptr);
    for (const order k : orders) {
      const std::string& cell = cells[parameters + 1 + k];
      r.truth[k] = std::strtold(cell.c_str(), nullptr);
      r.is_zero[k] = cell == "0.0" || cell == "-0.0" || cell == "-0";
    }
    all.settings.back().rows.push_back(r);
  }
  return all;
}

/// The spacing of T at t.
template <typename T, typename W>
W ulp(W t) {
  using limits = std::numeric_limits<T>;
  int exponent = limits::min_exponent;
  if (t != 0) std::frexp(t, &exponent);
  if (exponent < limits::min_exponent) exponent = limits::min_exponent;
  if (exponent > limits::max_exponent) exponent = limits::max_exponent;
  return std::ldexp(W(1), exponent - limits::digits);
}

/// How many spacings of T the result r is off the truth t. Infinite for a NaN, and for whatever no
/// count can excuse.
///
/// floor: errors are counted as if |t| were at least this, next to a zero of t where two terms
/// cancel. Below the smallest normal number r must be next to t, or a zero of t's sign. t may be a
/// zero because W holds nothing so small: then the sign is not known and not looked at.
template <typename T, typename W>
W ulps_off(T r, W t, W floor = 0) {
  using limits = std::numeric_limits<T>;
  constexpr W wrong = std::numeric_limits<W>::infinity();
  const W got = static_cast<W>(r);
  if (std::isnan(got) || std::isnan(t)) return wrong;
  if (got == t) return 0;
  if (std::isinf(t)) return wrong;
  if (std::isinf(got)) {  // stands for the number that would follow the greatest
    if (std::signbit(got) != std::signbit(t)) return wrong;
    const W next = std::ldexp(W(1), limits::max_exponent);
    return std::abs(t) >= next ? 0 : (next - std::abs(t)) / ulp<T>(t);
  }
  const W scale = std::abs(t) < floor ? floor : std::abs(t);
  const W off = std::abs(got - t) / ulp<T>(scale);
  if (scale >= static_cast<W>((limits::min)())) return off;
  if (got == 0) return t == 0 || std::signbit(got) == std::signbit(t) ? 0 : wrong;
  return t != 0 && off < 1 ? off : wrong;
}

}  // namespace reference
