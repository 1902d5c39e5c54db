// SPDX-License-Identifier: MIT
// error: hillock: an output must not be const
#include <hillock/initializers.hpp>

#include <random>

int main() {
  const Eigen::MatrixXf weights = Eigen::MatrixXf::Zero(3, 2);
  std::mt19937 generator;
  hillock::he_normal(weights, generator);
}
