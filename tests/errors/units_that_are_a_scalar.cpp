// SPDX-License-Identifier: MIT
// error: hillock: units are rows or columns: dead_fraction<hillock::per_row> or
// dead_fraction<hillock::per_column>
#include <hillock/diagnostics.hpp>

#include <hillock/relu.hpp>

int main() {
  const Eigen::MatrixXf x = Eigen::MatrixXf::Zero(3, 2);
  return hillock::dead_fraction<float>(hillock::relu<float>(), x) > 0;
}
