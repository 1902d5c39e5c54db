// SPDX-License-Identifier: MIT
// error: hillock: winners must be an Eigen array or matrix of integers, e.g. Eigen::ArrayXXi
#include <hillock/maxout.hpp>

int main() {
  const Eigen::MatrixXf x = Eigen::MatrixXf::Zero(3, 2);
  const hillock::maxout<float> f(3, 2, 2);
  Eigen::MatrixXf y, winners;
  f.forward(x, y, winners);
}
