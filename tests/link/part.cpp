// SPDX-License-Identifier: MIT
#include <hillock/hillock.hpp>

#include <algorithm>
#include <cmath>

bool PART();

/// Whether whole assignments, larger expressions and single calls give the values known. Eigen's
/// own arrays stay out of this: their memory is aligned as the flags say, by functions of one name.
bool PART() {
  constexpr int n = 37;
  using array = Eigen::Map<Eigen::Array<float, n, 1>>;
  const hillock::gelu<float> gelu;
  const hillock::softmax<float> softmax;
  float in[n], out[n];
  std::fill_n(in, n, 1.0F);
  const array x(in);
  array y(out);
  const auto all = [&](float want) {
    return std::all_of(out, out + n, [&](float got) { return std::abs(got - want) < 1e-6F; });
  };

  y = gelu.forward(x);
  const bool value = all(0.8413447F);
  y = gelu.backward(x, x);
  const bool slope = all(1.0833155F);
  y = x + gelu.forward(x);
  const bool sum = all(1.8413447F);
  y = softmax.forward(x);
  const bool share = all(1.0F / n);
  std::fill_n(out, n, gelu(1.0F));
  return value && slope && sum && share && all(0.8413447F);
}
