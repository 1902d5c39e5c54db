// SPDX-License-Identifier: MIT
// error: hillock: argument and function differ in scalar; take hillock::F<Scalar> or x.cast<T>()
#include <hillock/sigmoid_cross_entropy.hpp>

int main() {
  const Eigen::ArrayXf x = Eigen::ArrayXf::Zero(3);
  return hillock::sigmoid_cross_entropy<float>{}.forward(x, Eigen::ArrayXi::Zero(3)) > 0;
}
