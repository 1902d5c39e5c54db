// SPDX-License-Identifier: MIT
// error: hillock: argument and function differ in scalar; take hillock::F<Scalar> or x.cast<T>()
#include <hillock/gelu.hpp>

int main() {
  const Eigen::MatrixXd x = Eigen::MatrixXd::Zero(3, 3);
  const auto y = hillock::gelu<float>{}(x);
}
