// SPDX-License-Identifier: MIT
// error: hillock: an argument of two dimensions needs an axis: hillock::F<T, hillock::per_column>
// or hillock::per_row
#include <hillock/softmax_cross_entropy.hpp>

int main() {
  const Eigen::MatrixXf logits = Eigen::MatrixXf::Zero(3, 3);
  const Eigen::VectorXi labels = Eigen::VectorXi::Zero(3);
  const float loss = hillock::softmax_cross_entropy<float>{}.forward(logits, labels);
}
