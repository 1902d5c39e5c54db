// SPDX-License-Identifier: MIT
// error: hillock: argument and function differ in scalar; take hillock::F<Scalar> or x.cast<T>()
#include <hillock/maxout.hpp>

int main() {
  const hillock::maxout<float> f(3, 2, 2);
  const Eigen::MatrixXf y = f.forward(Eigen::MatrixXd::Zero(3, 2));
}
