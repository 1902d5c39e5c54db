// SPDX-License-Identifier: MIT
// error: hillock: the argument must be an Eigen array, matrix or expression of either
#include <hillock/rrelu.hpp>

#include <random>

int main() {
  std::mt19937 generator;
  hillock::rrelu<float>{}.forward(1.F, generator);
}
