// SPDX-License-Identifier: MIT
// What the reference tables say, in plain types: this text is compiled with any switches.
#pragma once
#include <string_view>
#include <vector>

namespace truth {

/// An activation with certain parameters, and where its values are known.
struct table {
  std::string_view name;
  std::vector<double> parameters;
  std::vector<double> x;
};

/// One table for each setting of the parameters. x holds what a float can represent.
const std::vector<table>& tables(std::string_view name);

/// An error in units of the last place, and the x where it is.
struct error {
  double ulps, at;
};

/// Does the sign of a result that is 0 count?
enum class zeros { signed_, unsigned_ };

/// The worst of the results, one for each x of the table, for the order-th derivative.
error worst(const table& at, int order, const std::vector<float>& results, zeros);
error worst(const table& at, int order, const std::vector<double>& results, zeros);

}  // namespace truth
