// SPDX-License-Identifier: MIT
#include "truth.hpp"

#include "../reference.hpp"
#include "../reference/oracle.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace truth {
namespace {

struct entry {
  std::vector<table> inputs;
  std::vector<std::vector<reference::row>> rows;
};

bool fits_float(double x) {
  return static_cast<double>(static_cast<float>(x)) == x;
}

const entry& read(std::string_view name) {
  static std::map<std::string_view, entry> known;
  if (const auto found = known.find(name); found != known.end()) return found->second;
  entry& e = known[name];
  for (const reference::table& setting : reference::read(name).settings) {
    if (!std::all_of(setting.parameters.begin(), setting.parameters.end(), fits_float)) continue;
    table inputs{name, setting.parameters, {}};
    std::vector<reference::row> rows;
    for (const reference::row& row : setting.rows) {
      if (!fits_float(row.x)) continue;
      inputs.x.push_back(row.x);
      rows.push_back(row);
    }
    e.inputs.push_back(std::move(inputs));
    e.rows.push_back(std::move(rows));
  }
  return e;
}

template <typename T>
error worst_of(const table& at, int order, const std::vector<T>& results, zeros z) {
  const entry& e = read(at.name);
  const std::vector<reference::row>& rows =
      e.rows.at(static_cast<std::size_t>(&at - e.inputs.data()));
  const std::vector<long double> parameters(at.parameters.begin(), at.parameters.end());
  error worst{0, 0};
  const auto formulas = oracle::find<long double>(at.name, parameters);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto x = static_cast<long double>(rows[i].x);
    const long double truth = rows[i].truth[static_cast<std::size_t>(order)];
    const long double floor = oracle::floor_at(*formulas, x, order);
    T result = results.at(i);
    if (z == zeros::unsigned_ && result == 0) result = static_cast<T>(std::copysign(0.0L, truth));
    const auto off = static_cast<double>(reference::ulps_off(result, truth, floor));
    if (!(off <= worst.ulps)) worst = {off, rows[i].x};
  }
  return worst;
}

}  // namespace

const std::vector<table>& tables(std::string_view name) {
  return read(name).inputs;
}

error worst(const table& at, int order, const std::vector<float>& results, zeros z) {
  return worst_of(at, order, results, z);
}

error worst(const table& at, int order, const std::vector<double>& results, zeros z) {
  return worst_of(at, order, results, z);
}

}  // namespace truth
