// SPDX-License-Identifier: MIT
// error: hillock: the Jacobian is formed for one vector: hillock::softmax<T>
#include <hillock/softmax.hpp>

int main() {
  const Eigen::MatrixXf x = Eigen::MatrixXf::Zero(3, 3);
  const auto j = hillock::softmax<float, hillock::per_row>{}.jacobian(x);
}
