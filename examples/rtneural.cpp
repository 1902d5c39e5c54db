// A maths provider for RTNeural, whose layers over Eigen ask for tanh, sigmoid and exp of a matrix
// or an array.
#include <hillock/hillock.hpp>

#include <iostream>

// [provider]
struct hillock_maths {
  template <typename X>
  static auto tanh(const X& x) {
    return hillock::tanh<typename X::Scalar>{}.forward(x.array());
  }
  template <typename X>
  static auto sigmoid(const X& x) {
    return hillock::sigmoid<typename X::Scalar>{}.forward(x.array());
  }
  template <typename X>
  static auto exp(const X& x) {
    return hillock::exponential<typename X::Scalar>{}.forward(x.array());
  }
};
// []

/// A gated recurrent unit, as far as the maths goes.
template <typename Maths>
Eigen::Vector2f step(const Eigen::Vector2f& input, const Eigen::Vector2f& state) {
  const Eigen::Array2f update = Maths::sigmoid(input + state);
  return (1 - update) * Maths::tanh(input) + update * state.array();
}

int main() {
  Eigen::Vector2f state = Eigen::Vector2f::Zero();
  for (int i = 0; i < 3; ++i) state = step<hillock_maths>(Eigen::Vector2f(0.5F, -1), state);
  std::cout << state.transpose() << '\n' << hillock_maths::exp(state).transpose() << '\n';
}
// prints
//  0.331796 -0.756205
//  1.39347 0.469444
