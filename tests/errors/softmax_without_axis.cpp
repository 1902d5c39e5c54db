// SPDX-License-Identifier: MIT
// error: hillock: an argument of two dimensions needs an axis: hillock::F<T, hillock::per_column>
// or hillock::per_row
#include <hillock/softmax.hpp>

int main() {
  const Eigen::MatrixXf x = Eigen::MatrixXf::Zero(3, 3);
  const Eigen::MatrixXf y = hillock::softmax<float>{}.forward(x);
}
