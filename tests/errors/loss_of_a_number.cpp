// SPDX-License-Identifier: MIT
// error: hillock: the argument must be an Eigen array, matrix or expression of either
#include <hillock/softmax_cross_entropy.hpp>

int main() {
  const Eigen::ArrayXi labels = Eigen::ArrayXi::Zero(3);
  return hillock::softmax_cross_entropy<float, hillock::per_column>{}.forward(1.F, labels) > 0;
}
