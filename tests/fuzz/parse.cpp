// SPDX-License-Identifier: MIT
// What libFuzzer calls with any text at all: parse makes an activation of it whose name makes the
// same again, or says what is wrong.
#include <hillock/parse.hpp>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <stdexcept>

#if defined(HILLOCK_PARSE_IS_COMPILED)
extern template hillock::any_activation<float> hillock::parse<float>(std::string_view);
#endif

namespace {

void expect(bool holds, const char* statement, std::string_view text) {
  if (holds) return;
  std::fprintf(stderr, "not true: %s, for the text \"%.*s\"\n", statement,
               static_cast<int>(text.size()), text.data());
  std::abort();
}

void check(std::string_view text) {
  const auto f = hillock::parse<float>(text);
  const std::string name = f.name();
  const auto again = hillock::parse<float>(name);
  expect(again.name() == name, "the name is read and said alike", text);
  const std::array<float, 5> x{-3.5f, -0.25f, 0, 0.75f, 4};
  for (const float number : x) {
    const float y = f(number), same = again(number);
    expect(std::memcmp(&y, &same, sizeof y) == 0, "both names mean one function", text);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    check(text);
  } catch (const std::invalid_argument& error) {
    expect(std::string_view(error.what()).substr(0, 9) == "hillock: ",
           "an error is a sentence of hillock's", text);
    expect(std::string_view(error.what()).size() < 2000, "an error is of a readable length", text);
  }
  return 0;
}
