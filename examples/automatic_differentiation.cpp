// Automatic differentiation through an activation takes hillock's own derivative, here of
// gelu(x y) by x and by y.
#include <hillock/hillock.hpp>

#include <iostream>
#include <unsupported/Eigen/AutoDiff>

int main() {
  // [dual]
  using dual = Eigen::AutoDiffScalar<Eigen::Vector2d>;
  const dual x(0.5, 2, 0), y(3, 2, 1);
  const dual z = hillock::gelu<dual>{}(x * y);
  // []
  const double slope = hillock::gelu<double>{}.derivative(1.5);
  std::cout << "z      " << z.value() << "\ndz/dx  " << z.derivatives()[0] << "\ndz/dy  "
            << z.derivatives()[1] << '\n';
  return z.derivatives()[0] == 3 * slope && z.derivatives()[1] == 0.5 * slope ? 0 : 1;
}
// prints
// z      1.39979
// dz/dx  3.38241
// dz/dy  0.563735
