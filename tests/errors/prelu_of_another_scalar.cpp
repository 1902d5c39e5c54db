// SPDX-License-Identifier: MIT
// error: hillock: argument and function differ in scalar; take hillock::F<Scalar> or x.cast<T>()
#include <hillock/prelu.hpp>

int main() {
  const Eigen::ArrayXXd x = Eigen::ArrayXXd::Zero(3, 2);
  const hillock::prelu<float, hillock::per_row> f(3);
  const Eigen::ArrayXXf y = f.forward(x);
}
