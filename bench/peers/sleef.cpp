// SPDX-License-Identifier: MIT
// Loops over SLEEF's vector functions, at the width of the processor that compiles them.
#include "peers.hpp"

#include <immintrin.h>
#include <sleef.h>

#include <cstring>

namespace bench {
namespace {

#if defined(__AVX512F__)
using vector = __m512;
#define SLEEF(name, accuracy) Sleef_##name##f16_##accuracy##avx512f
inline vector largest(vector a, vector b) { return _mm512_max_ps(a, b); }
#elif defined(__AVX2__)
using vector = __m256;
#define SLEEF(name, accuracy) Sleef_##name##f8_##accuracy##avx2
inline vector largest(vector a, vector b) { return _mm256_max_ps(a, b); }
#else
using vector = __m128;
#define SLEEF(name, accuracy) Sleef_##name##f4_##accuracy##sse2
inline vector largest(vector a, vector b) { return _mm_max_ps(a, b); }
#endif

inline vector exp(vector x) { return SLEEF(exp, u10)(x); }
inline vector expm1(vector x) { return SLEEF(expm1, u10)(x); }
inline vector log1p(vector x) { return SLEEF(log1p, u10)(x); }
inline vector tanh(vector x) { return SLEEF(tanh, u10)(x); }
inline vector fast_tanh(vector x) { return SLEEF(tanh, u35)(x); }
inline vector erfc(vector x) { return SLEEF(erfc, u15)(x); }
inline vector negative(vector x) { return -largest(-x, vector{}); }
inline vector positive(vector x) { return largest(x, vector{}); }

/// Arrays of whole vectors.
template <typename Form>
void run(const Form& form, arrays<column>& a) {
  constexpr Eigen::Index width = sizeof(vector) / sizeof(float);
  for (Eigen::Index i = 0; i + width <= a.x.size(); i += width) {
    vector x, dy;
    std::memcpy(&x, a.x.data() + i, sizeof x);
    std::memcpy(&dy, a.dy.data() + i, sizeof dy);
    const vector y = form(x, dy);
    std::memcpy(a.out.data() + i, &y, sizeof y);
  }
}

template <typename Form>
void add(const char* function, const char* pass, const char* code, const Form& form) {
  elementwise_peers().push_back({function, pass, std::string("sleef: ") + code,
                                 [=](arrays<column>& a) { run(form, a); }});
}

// clang-format off
#define CODE(...) #__VA_ARGS__, \
  []([[maybe_unused]] vector x, [[maybe_unused]] vector dy) { return __VA_ARGS__; }

[[maybe_unused]] const bool enrolled = [] {
  add("exponential", "forward", CODE(exp(x)));
  add("sigmoid", "forward", CODE(1 / (1 + exp(-x))));
  add("silu", "forward", CODE(x / (1 + exp(-x))));
  add("tanh", "forward", CODE(tanh(x)));
  add("tanh", "forward", CODE(fast_tanh(x)));
  add("tanh", "backward", CODE(dy * (1 - tanh(x) * tanh(x))));
  add("elu", "forward", CODE(positive(x) + expm1(negative(x))));
  add("elu", "backward", CODE(dy * exp(negative(x))));
  add("celu", "forward", CODE(positive(x) + expm1(negative(x))));
  add("selu", "forward", CODE(1.05070098735548049f * positive(x) + 1.75809934084737658f * expm1(negative(x))));
  add("softplus", "forward", CODE(positive(x) + log1p(exp(negative(x) - positive(x)))));
  add("log_sigmoid", "forward", CODE(negative(x) - log1p(exp(negative(x) - positive(x)))));
  add("mish", "forward", CODE(x * tanh(log1p(exp(x)))));
  add("gelu", "forward", CODE(0.5f * x * erfc(-0.70710678118654752f * x)));
  add("tanh_shrink", "forward", CODE(x - tanh(x)));
  return true;
}();
// clang-format on

}  // namespace
}  // namespace bench
