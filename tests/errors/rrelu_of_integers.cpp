// SPDX-License-Identifier: MIT
// error: hillock: rrelu works over float, double, long double, Eigen::half or Eigen::bfloat16, e.g.
// hillock::rrelu<float>
#include <hillock/rrelu.hpp>

int main() {
  const hillock::rrelu<int> f;
}
