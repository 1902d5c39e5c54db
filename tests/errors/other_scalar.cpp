// SPDX-License-Identifier: MIT
// error: hillock: argument and function differ in scalar; take hillock::F<Scalar> or x.cast<T>()
#include <hillock/gelu.hpp>

int main() {
  const Eigen::ArrayXd x = Eigen::ArrayXd::Zero(3);
  const Eigen::ArrayXf y = hillock::gelu<float>{}.forward(x);
}
