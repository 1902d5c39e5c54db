// SPDX-License-Identifier: MIT
// error: hillock: argument and function differ in scalar; take hillock::F<Scalar> or x.cast<T>()
#include <hillock/log_sum_exp.hpp>

int main() {
  const Eigen::ArrayXd x = Eigen::ArrayXd::Zero(3);
  return hillock::log_sum_exp<float>{}.forward(x) > 0;
}
