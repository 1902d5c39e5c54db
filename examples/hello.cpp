#include <hillock/hillock.hpp>

#include <iostream>

int main() {
  const hillock::gelu<float> gelu;
  const Eigen::ArrayXf x = Eigen::ArrayXf::LinSpaced(5, -2, 2);
  const Eigen::ArrayXf y = gelu.forward(x);
  const Eigen::ArrayXf dx = gelu.backward(x, Eigen::ArrayXf::Ones(5));
  std::cout << "x      " << x.transpose() << "\ngelu   " << y.transpose() << "\ngelu'  "
            << dx.transpose() << '\n';
}
// prints
// x      -2 -1  0  1  2
// gelu   -0.0455003  -0.158655          0   0.841345     1.9545
// gelu'  -0.0852318 -0.0833155        0.5    1.08332    1.08523
