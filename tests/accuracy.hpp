// SPDX-License-Identifier: MIT
// The bounds on rounding error, proved against the tables and against the oracle.
#pragma once
#include "reference/oracle.hpp"
#include "support.hpp"

namespace accuracy {

using reference::order;
using reference::orders;
using support::array;

/// f, f' and f'' of an array, each assigned whole.
template <typename T>
std::array<array<T>, 3> evaluate(const support::activation<T>& f, const array<T>& x) {
  return {f.forward(x), f.derivative(x), f.second_derivative(x)};
}

template <typename T>
std::array<double, 3> stated_bounds(const support::activation<T>& f) {
  return {double(f.value_error.count), double(f.derivative_error.count),
          double(f.second_derivative_error.count)};
}

/// A state of the processor to evaluate in; this one leaves it alone.
struct as_it_is {
  static constexpr bool denormals_are_zero = false;
};

/// Does the state let a kernel see no difference between x and 0?
template <typename State, typename T>
bool is_read_as_zero(T x) {
  return State::denormals_are_zero && std::abs(x) < support::smallest_normal<T>;
}

/// Every row of the table whose x is a T. Here zeros of f must have the sign that the table has,
/// and zeros of f' and f'' too where the truth is no exact zero.
template <typename State, typename T>
void check_table(const support::activation<T>& f, const reference::table& table) {
  std::vector<const reference::row*> rows;
  std::vector<T> numbers;
  for (const reference::row& row : table.rows)
    if (static_cast<double>(static_cast<T>(row.x)) == row.x) {
      rows.push_back(&row);
      numbers.push_back(static_cast<T>(row.x));
    }
  const array<T> x = support::to_array(numbers);
  const std::array<array<T>, 3> got = [&] {
    [[maybe_unused]] const State state;
    return evaluate(f, x);
  }();
  const auto formulas = oracle::find<long double>(
      f.name, std::vector<long double>(table.parameters.begin(), table.parameters.end()));
  for (const order k : orders) {
    support::worst_error worst;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const T y = got[k][static_cast<Eigen::Index>(i)];
      const long double truth = rows[i]->truth[k];
      const auto floor = oracle::floor_at(*formulas, static_cast<long double>(numbers[i]), k);
      double off = static_cast<double>(reference::ulps_off(y, truth, floor));
      const bool sign_matters = truth == 0 && (k == reference::value || !rows[i]->is_zero[k]);
      if (sign_matters && std::signbit(y) != std::signbit(truth)) off = support::infinity<double>;
      if (is_read_as_zero<State>(numbers[i])) continue;  // check_spread looks at these
      worst.meet(off, numbers[i], y, truth);
    }
    INFO(support::describe(f) << " " << reference::order_names[k] << ": " << worst.where());
    CHECK(worst.ulps <= stated_bounds(f)[k]);
  }
}

/// The T nearest to each place between rows of the table where f changes its sign: there its terms
/// cancel.
template <typename T, typename W>
std::vector<double> roots_of(const oracle::formulas<W>& formulas, const reference::table& table) {
  std::vector<double> roots;
  for (std::size_t i = 1; i < table.rows.size(); ++i) {
    T from = static_cast<T>(table.rows[i - 1].x), to = static_cast<T>(table.rows[i].x);
    if (!std::isfinite(from) || !std::isfinite(to)) continue;
    const bool begins_below = formulas.value(from) < 0;
    if (begins_below == (formulas.value(to) < 0)) continue;
    for (T middle; (middle = from + (to - from) / 2) > from && middle < to;)
      (begins_below == (formulas.value(middle) < 0) ? from : to) = middle;
    roots.push_back(static_cast<double>(to));
  }
  return roots;
}

/// Count numbers over all exponents, and all around the rows of the table, against the oracle in W;
/// and around roots, where W tells what is true there.
template <typename W, typename State, typename T>
void check_spread(const support::activation<T>& f, const reference::table& table,
                  std::size_t count) {
  const auto formulas =
      oracle::find<W>(f.name, std::vector<W>(table.parameters.begin(), table.parameters.end()));
  std::vector<double> centers = support::centers_of(table);
  if constexpr (oracle::holds_products<W>)
    for (const double root : roots_of<T>(*formulas, table)) centers.push_back(root);
  const std::vector<T> numbers = support::spread<T>(count, centers, 20);
  const array<T> x = support::to_array(numbers);
  const auto true_at = [&](T t) { return formulas->all(static_cast<W>(t)); };
  std::vector<std::array<W, 3>> truth;
  for (const T t : numbers) truth.push_back(true_at(t));
  std::array<array<T>, 3> judged;  // of the last instruction set; most bits are the same again
  support::for_each_instruction_set([&] {
    const std::array<array<T>, 3> got = [&] {
      [[maybe_unused]] const State state;
      return evaluate(f, x);
    }();
    for (const order k : orders) {
      support::worst_error worst;
      for (std::size_t i = 0; i < numbers.size(); ++i) {
        const auto at = static_cast<Eigen::Index>(i);
        const T y = got[k][at];
        if (judged[k].size() > 0 && support::same_bits(y, judged[k][at])) continue;
        W off = reference::ulps_off(y, truth[i][k]);
        if (!(off <= stated_bounds(f)[k])) {
          const auto floor = oracle::floor_at(*formulas, static_cast<W>(numbers[i]), k);
          if (floor > 0) off = reference::ulps_off(y, truth[i][k], floor);
          if (is_read_as_zero<State>(numbers[i]))
            off = (std::min)(off,
                             reference::ulps_off(y, true_at(std::copysign(T(0), numbers[i]))[k]));
        }
        worst.meet(static_cast<double>(off), numbers[i], y, truth[i][k]);
      }
      INFO(support::describe(f) << " " << reference::order_names[k] << ": " << worst.where());
      CHECK(worst.ulps <= stated_bounds(f)[k]);
    }
    judged = got;
  });
}

template <typename T, typename State>
void check_tables() {
  support::for_each_setting<T>([](const auto& f, const reference::table& table) {
    support::for_each_instruction_set([&] { check_table<State>(f, table); });
  });
}

template <typename T, typename W, typename State>
void check_spreads(std::size_t count) {
  support::for_each_setting<T>([&](const auto& f, const reference::table& table) {
    check_spread<W, State>(f, table, count);
  });
}

/// Has W enough digits more than double to tell what double should give?
inline constexpr bool long_double_is_wider = std::numeric_limits<long double>::digits >= 64;

}  // namespace accuracy
