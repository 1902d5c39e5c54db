// SPDX-License-Identifier: MIT
// error: hillock: weights must be of floating-point numbers
#include <hillock/initializers.hpp>

#include <random>

int main() {
  std::mt19937 generator;
  Eigen::MatrixXi weights(3, 2);
  hillock::he_normal(weights, generator);
}
