#include "schedule/duration.hpp"

#include <fmt/format.h>

#include <limits>

#include "cluster/syntax.hpp"

namespace crosstie::schedule {
namespace {

using cluster::is_digit;

__extension__ using int128 = __int128;

constexpr int128 limit_ns = std::numeric_limits<std::int64_t>::max();

std::int64_t find_unit(std::string_view name) {
  struct unit {
    std::string_view name;
    std::int64_t length_ns;
  };
  constexpr unit units[] = {
      {"ns", 1},         {"us", 1'000},    {"\u00b5s", 1'000},    {"\u03bcs", 1'000},
      {"ms", 1'000'000}, {"s", second_ns}, {"m", 60 * second_ns}, {"h", 3600 * second_ns}};
  for (const unit& each : units) {
    if (each.name == name) return each.length_ns;
  }
  return 0;
}

// Takes the digits off the front; cut at the limit, as longer fractions change nothing.
struct digits {
  int128 value = 0;
  int128 scale = 1;
  std::size_t count = 0;
};
digits take_digits(std::string_view& text) {
  digits taken;
  while (!text.empty() && is_digit(text.front())) {
    if (taken.value <= limit_ns && taken.scale <= limit_ns) {
      taken.value = taken.value * 10 + (text.front() - '0');
      taken.scale *= 10;
    }
    ++taken.count;
    text.remove_prefix(1);
  }
  return taken;
}

std::string_view take_unit(std::string_view& text) {
  std::size_t length = 0;
  while (length < text.size() && text[length] != '.' && !is_digit(text[length])) ++length;
  const std::string_view unit = text.substr(0, length);
  text.remove_prefix(length);
  return unit;
}

// "1.500" without the zeros that say nothing.
std::string trim(std::int64_t value, std::int64_t unit_ns) {
  std::string text = fmt::format("{}", value / unit_ns);
  std::int64_t rest = value % unit_ns;
  if (rest == 0) return text;
  text += '.';
  for (std::int64_t place = unit_ns / 10; rest != 0; place /= 10) {
    text += static_cast<char>('0' + rest / place);
    rest %= place;
  }
  return text;
}

}  // namespace

std::optional<std::int64_t> parse_duration(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (text == "0") return 0;
  if (text.empty()) return std::nullopt;
  int128 total = 0;
  while (!text.empty()) {
    const digits whole = take_digits(text);
    digits fraction;
    if (text.starts_with('.')) {
      text.remove_prefix(1);
      fraction = take_digits(text);
    }
    const int128 unit = find_unit(take_unit(text));
    if (whole.count + fraction.count == 0 || unit == 0 || whole.value > limit_ns) {
      return std::nullopt;
    }
    total += whole.value * unit + fraction.value * unit / fraction.scale;
    if (total > limit_ns) return std::nullopt;
  }
  return static_cast<std::int64_t>(negative ? -total : total);
}

std::string format_duration(std::int64_t duration_ns) {
  if (duration_ns == 0) return "0s";
  const std::string sign = duration_ns < 0 ? "-" : "";
  const std::int64_t length = duration_ns < 0 ? -duration_ns : duration_ns;
  if (length < 1'000) return fmt::format("{}{}ns", sign, length);
  if (length < 1'000'000) return sign + trim(length, 1'000) + "\u00b5s";
  if (length < second_ns) return sign + trim(length, 1'000'000) + "ms";
  const std::int64_t minutes = length / (60 * second_ns);
  std::string text = sign;
  if (minutes >= 60) text += fmt::format("{}h", minutes / 60);
  if (minutes > 0) text += fmt::format("{}m", minutes % 60);
  return text + trim(length % (60 * second_ns), second_ns) + "s";
}

}  // namespace crosstie::schedule
