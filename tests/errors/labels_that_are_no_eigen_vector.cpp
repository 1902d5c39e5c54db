// SPDX-License-Identifier: MIT
// error: hillock: labels must be an Eigen vector of integers
#include <hillock/softmax_cross_entropy.hpp>

#include <vector>

int main() {
  const Eigen::MatrixXf logits = Eigen::MatrixXf::Zero(3, 3);
  const hillock::softmax_cross_entropy<float, hillock::per_column> loss;
  return loss.forward(logits, std::vector<int>{0, 1, 2}) > 0 ? 0 : 1;
}
