// SPDX-License-Identifier: MIT
// Calls the same computation from objects that were compiled with different flags.
#include <cstdio>
#include <string_view>

#define PART(name) bool part_##name();
PARTS
#undef PART

namespace {

[[maybe_unused]] bool runs_here(std::string_view part) {
#if defined(__x86_64__)
  if (part.substr(0, 6) == "avx512")
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
  if (part.substr(0, 4) == "avx2")
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#endif
  return !part.empty();
}

bool passes(const char* part, bool (*check)()) {
  if (!runs_here(part)) {
    std::printf("%s: not on this processor\n", part);
    return true;
  }
  const bool right = check();
  std::printf("%s: %s\n", part, right ? "right" : "wrong");
  return right;
}

}  // namespace

int main() {
  bool right = true;
#define PART(name) right &= passes(#name, part_##name);
  PARTS
#undef PART
  return right ? 0 : 1;
}
