// SPDX-License-Identifier: MIT
// error: hillock: argument and function differ in scalar; take hillock::F<Scalar> or x.cast<T>()
#include <hillock/gated.hpp>

int main() {
  const Eigen::ArrayXf value = Eigen::ArrayXf::Zero(3);
  const Eigen::ArrayXd gate = Eigen::ArrayXd::Zero(3);
  const Eigen::ArrayXf y = hillock::swiglu<float>{}.forward(value, gate);
}
