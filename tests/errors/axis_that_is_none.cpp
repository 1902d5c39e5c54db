// SPDX-License-Identifier: MIT
// error: hillock: slices are the whole, columns or rows: hillock::F<T>, hillock::F<T,
// hillock::per_column> or hillock::per_row
#include <hillock/softmax.hpp>

int main() {
  const Eigen::MatrixXf x = Eigen::MatrixXf::Zero(3, 2);
  const Eigen::MatrixXf y = hillock::softmax<float, double>{}(x);
}
