// SPDX-License-Identifier: MIT
// error: hillock: this prelu has several slopes; take prelu<T>
#include <hillock/prelu.hpp>

int main() {
  const hillock::prelu<float, hillock::per_row> f(3);
  return f(1.5F) > 0;
}
