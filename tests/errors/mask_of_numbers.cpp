// SPDX-License-Identifier: MIT
// error: hillock: a mask must be an Eigen array, matrix or expression of bool
#include <hillock/log_softmax.hpp>

int main() {
  const Eigen::VectorXf x = Eigen::VectorXf::Zero(3);
  const Eigen::VectorXf y = hillock::log_softmax<float>{}.forward(x, x);
}
