// SPDX-License-Identifier: MIT
// error: hillock: the generator must be a uniform random bit generator, e.g. std::mt19937
#include <hillock/initializers.hpp>

int main() {
  Eigen::MatrixXf weights(3, 2);
  int seed = 1;
  hillock::he_normal(weights, seed);
}
