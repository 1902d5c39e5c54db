// SPDX-License-Identifier: MIT
// error: hillock: softmax and its like, and crelu, work over float, double, long double,
// Eigen::half or Eigen::bfloat16, e.g. hillock::softmax<float>
#include <hillock/softmax.hpp>

int main() {
  hillock::softmax<int> softmax;
}
