#include "harness/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>

namespace crosstie::bench {
namespace {

bool drawn = false;

}  // namespace

void show_progress(std::string_view bench, std::int64_t done, std::int64_t all,
                   std::string_view what) {
  static const bool terminal = ::isatty(STDERR_FILENO) == 1;
  static auto last = std::chrono::steady_clock::now();
  const auto now = std::chrono::steady_clock::now();
  if (terminal) {
    fmt::print(stderr, "\r\x1b[K{}: {} of {}: {:.60}", bench, done, all, what);
    std::fflush(stderr);
    drawn = true;
  } else if (now - last >= std::chrono::seconds(5)) {
    fmt::print(stderr, "crosstie-bench: {}: {} of {}: {}\n", bench, done, all, what);
    last = now;
  }
}

void clear_progress() {
  if (drawn) fmt::print(stderr, "\r\x1b[K");
  drawn = false;
}

}  // namespace crosstie::bench
