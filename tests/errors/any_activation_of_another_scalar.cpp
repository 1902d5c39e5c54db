// SPDX-License-Identifier: MIT
// error: hillock: the activation and any_activation differ in scalar
#include <hillock/any_activation.hpp>

int main() {
  const hillock::any_activation<float> f = hillock::gelu<double>{};
  return f(1) > 0 ? 0 : 1;
}
