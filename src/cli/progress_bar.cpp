#include "cli/progress_bar.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "cli/figures.hpp"

namespace crosstie::cli {
namespace {

constexpr std::int64_t bar_width = 30;
constexpr std::string_view erase_line = "\r\033[K";

bool is_capable_terminal() {
  const char* kind = std::getenv("TERM");
  return ::isatty(STDERR_FILENO) == 1 && kind != nullptr && std::string_view(kind) != "dumb";
}

}  // namespace

progress_bar::progress_bar() : terminal_(is_capable_terminal()) {}

void progress_bar::show(const simulate::progress& how_far) {
  if (!terminal_) return;
  const std::int64_t all = std::max<std::int64_t>(how_far.expected, 1);
  const std::int64_t filled =
      std::clamp<std::int64_t>(how_far.placed * bar_width / all, 0, bar_width);
  fmt::print(stderr, "{}[{:=>{}}{:{}}] {} of {} placed, {} waiting", erase_line, "", filled, "",
             bar_width - filled, with_commas(how_far.placed), with_commas(how_far.expected),
             with_commas(how_far.waiting));
  std::fflush(stderr);
  drawn_ = true;
}

void progress_bar::clear() {
  if (drawn_) fmt::print(stderr, "{}", erase_line);
  drawn_ = false;
}

}  // namespace crosstie::cli
