// SPDX-License-Identifier: MIT
// error: hillock: argument and function differ in scalar; take hillock::F<Scalar> or x.cast<T>()
#include <hillock/gelu.hpp>

int main() {
  const Eigen::ArrayXf x = Eigen::ArrayXf::Zero(3);
  const Eigen::ArrayXd dy = Eigen::ArrayXd::Zero(3);
  const Eigen::ArrayXf dx = hillock::gelu<float>{}.backward(x, dy);
}
