// An activation of one's own: the formula of f, f' and f'' over lanes gives it everything that the
// ones of the library have, at their speed.
#include <hillock/hillock.hpp>

#include <iostream>

// [activation]
template <typename T>
struct bent_identity : hillock::elementwise<bent_identity<T>> {
  static constexpr std::string_view name = "bent_identity";
  template <typename V>
  HILLOCK_INLINE V value(V x) const {
    return x + (sqrt(x * x + 1) - 1) / 2;
  }
  template <typename V>
  HILLOCK_INLINE V prime(V x) const {
    return 1 + x / (2 * sqrt(x * x + 1));
  }
  template <typename V>
  HILLOCK_INLINE V double_prime(V x) const {
    return 1 / (2 * (x * x + 1) * sqrt(x * x + 1));
  }
};
// []

int main() {
  const bent_identity<float> f;
  const Eigen::ArrayXf x = Eigen::ArrayXf::LinSpaced(5, -2, 2);
  const Eigen::ArrayXf y = f.forward(x);
  const Eigen::ArrayXf dx = f.backward(x, Eigen::ArrayXf::Ones(5));
  const Eigen::ArrayXf curve = f.second_derivative(x);
  std::cout << "f    " << y.transpose() << "\nf'   " << dx.transpose() << "\nf''  "
            << curve.transpose() << "\nbent_identity as a gate: "
            << hillock::gated<bent_identity, float>{}.forward(x, x)(4) << '\n';
}
// prints
// f     -1.38197 -0.792893         0   1.20711   2.61803
// f'   0.552786 0.646447        1  1.35355  1.44721
// f''  0.0447214  0.176777       0.5  0.176777 0.0447214
// bent_identity as a gate: 5.23607
