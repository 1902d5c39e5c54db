// What learns weights of its own or draws random numbers, and what tells how training goes.
#include <hillock/hillock.hpp>

#include <iostream>
#include <random>

int main() {
  const Eigen::MatrixXf x = Eigen::MatrixXf::Identity(3, 4) - Eigen::MatrixXf::Constant(3, 4, 0.5F);
  const Eigen::MatrixXf dy = Eigen::MatrixXf::Ones(3, 4);

  // [prelu]
  hillock::prelu<float, hillock::per_row> prelu(3);  // a slope per row; prelu<float>: one
  const Eigen::MatrixXf y = prelu.forward(x);
  Eigen::MatrixXf dx = prelu.backward(x, dy);
  Eigen::VectorXf dslopes = prelu.slope_gradient(x, dy);
  prelu.backward(x, dy, dx, dslopes);  // both in one pass, without allocation
  prelu.slopes -= 0.1F * dslopes;      // weights are plain Eigen data
  // []
  std::cout << "slopes " << prelu.slopes.transpose() << '\n';

  // [maxout]
  std::mt19937 random(1);
  hillock::maxout<float> maxout(3, 2, 4, random);  // inputs, outputs, pieces
  Eigen::MatrixXf units;
  Eigen::MatrixXi winners;  // which piece won
  maxout.forward(x, units, winners);
  const auto [dinput, dweights, dbiases] = maxout.backward(x, winners, Eigen::MatrixXf::Ones(2, 4));
  maxout.weights -= 0.1F * dweights;
  maxout.biases -= 0.1F * dbiases;
  // []
  std::cout << "maxout has " << maxout.parameter_count() << " parameters, gives " << units.rows()
            << " x " << units.cols() << ", passes " << dinput.rows() << " x " << dinput.cols()
            << " back\n";

  // [chance]
  const hillock::rrelu<float> rrelu;  // slopes between 1/8 and 1/3
  const auto [leaky, slopes] = rrelu.forward(x, random);
  dx = rrelu.backward(x, slopes, dy);
  const Eigen::MatrixXf as_trained = rrelu.forward(x);  // their mean

  const hillock::alpha_dropout<float> dropout(0.1F);  // for selu
  const auto [some, kept] = dropout.forward(x, random);
  dx = dropout.backward(dy, kept);

  Eigen::MatrixXf weights(5, 3);
  hillock::lecun_normal(weights, random,
                        hillock::gain<hillock::gelu>());  // or he_, glorot_; _uniform
  // []
  std::cout << "rrelu, not training:\n" << as_trained.leftCols(2) << '\n';

  // [health]
  const hillock::relu<float> relu;
  const float dead = hillock::dead_fraction(relu, -x.cwiseAbs());       // of rows: units
  const float saturated = hillock::saturated_fraction(relu, x, 0.01F);  // |f'| <= 0.01
  const float gain = hillock::gradient_gain(relu, x);                   // root mean square of f'
  // []
  std::cout << "relu: " << dead << " dead, " << saturated << " saturated, gain " << gain << '\n';
  return leaky.size() == slopes.size() && some.size() == dx.size() && y.size() > 0 ? 0 : 1;
}
