// Where forward cannot be called: unaryExpr, Eigen::Tensor, and the algorithms of the standard
// library. The bits are the same everywhere.
#include <hillock/hillock.hpp>

#include <algorithm>
#include <array>
#include <iostream>
#include <unsupported/Eigen/CXX11/Tensor>

int main() {
  // [functors]
  const hillock::softplus<float> softplus;
  const Eigen::Array4f x(-1, 0, 1, 2);
  const Eigen::Array4f by_expression = x.unaryExpr(softplus.functor());

  Eigen::Tensor<float, 1> tensor(4);
  std::copy_n(x.data(), 4, tensor.data());
  const Eigen::Tensor<float, 1> by_tensor = tensor.unaryExpr(softplus.functor());

  std::array<float, 4> by_algorithm{};
  std::transform(x.begin(), x.end(), by_algorithm.begin(), softplus);
  // []

  const bool equal = std::equal(by_algorithm.begin(), by_algorithm.end(), by_expression.data()) &&
                     std::equal(by_algorithm.begin(), by_algorithm.end(), by_tensor.data());
  std::cout << by_expression.transpose() << "\nall equal: " << (equal ? "yes" : "no") << '\n';
  return equal ? 0 : 1;
}
// prints
// 0.313262 0.693147  1.31326  2.12693
// all equal: yes
