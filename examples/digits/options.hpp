// SPDX-License-Identifier: MIT
#pragma once

#include <charconv>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

/// What the command line asks for.
struct options {
  std::string data, save;
  std::int64_t epochs = 40, seed = 1;
  std::vector<std::string> activations;  // none: every one there is
  bool help = false;
};

inline std::string quoted(std::string_view text) {
  return '"' + std::string(text) + '"';
}

inline std::string joined(const std::vector<std::string_view>& names) {
  std::string text;
  for (const auto name : names) text += (text.empty() ? "" : ", ") + std::string(name);
  return text;
}

inline std::int64_t parse_number(std::string_view option, std::string_view text,
                                 std::int64_t lowest, std::int64_t highest) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number < lowest ||
      number > highest)
    throw std::invalid_argument(std::string(option) + " takes a whole number from " +
                                std::to_string(lowest) + " to " + std::to_string(highest) +
                                ", not " + quoted(text));
  return number;
}

/// Reads `--option value`, `--option=value` and names of activations, or throws
/// std::invalid_argument with a sentence that says what is wrong.
inline options parse_options(const std::vector<std::string_view>& arguments, options result) {
  for (auto argument = arguments.begin(); argument != arguments.end(); ++argument) {
    const auto equals = argument->substr(0, 2) == "--" ? argument->find('=') : argument->npos;
    const auto option = argument->substr(0, equals);
    const auto value = [&] {
      if (equals != argument->npos) return argument->substr(equals + 1);
      if (argument + 1 == arguments.end())
        throw std::invalid_argument(std::string(option) + " takes a value");
      return *++argument;
    };
    if (option == "--help" || option == "-h") {
      result.help = true;
    } else if (option == "--epochs") {
      result.epochs = parse_number(option, value(), 1, 100'000);
    } else if (option == "--seed") {
      result.seed = parse_number(option, value(), 0, 4'294'967'295);
    } else if (option == "--data") {
      result.data = value();
    } else if (option == "--save") {
      result.save = value();
    } else if (option.substr(0, 1) == "-") {
      throw std::invalid_argument("there is no option " + quoted(option) + "; --help lists them");
    } else {
      result.activations.emplace_back(*argument);
    }
  }
  if (!result.save.empty() && result.activations.size() != 1)
    throw std::invalid_argument("--save keeps one network: name one activation");
  return result;
}
