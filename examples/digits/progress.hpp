// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>

#if defined(_WIN32)
#include <io.h>
#else
#include <unistd.h>
#endif

/// Says how far the work has come: a bar on a terminal, elsewhere a line for each tenth of the
/// work.
class progress {
 public:
  explicit progress(std::int64_t steps) : steps_(steps) {}

  /// One more step is done; `now` says what it was.
  void step(const std::string& now) {
    const auto tenths_before = 10 * done_ / steps_;
    const auto percent = static_cast<int>(100 * ++done_ / steps_);
    if (on_terminal_) {
      const std::string bar(static_cast<std::size_t>(percent) / 5, '#');
      std::printf("\r[%-20s] %3d %%  %s\033[K", bar.c_str(), percent, now.c_str());
      if (done_ == steps_) std::printf("\r\033[K");
    } else if (10 * done_ / steps_ > tenths_before) {
      std::printf("%3d %%  %s\n", percent, now.c_str());
    }
    std::fflush(stdout);
  }

 private:
  static bool stdout_is_a_terminal() {
#if defined(_WIN32)
    return _isatty(_fileno(stdout)) != 0;
#else
    return isatty(fileno(stdout)) != 0;
#endif
  }

  std::int64_t steps_, done_ = 0;
  bool on_terminal_ = stdout_is_a_terminal();
};
