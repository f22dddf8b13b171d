#include "simulate/value_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <limits>
#include <string_view>

namespace crosstie::simulate {
namespace {

std::string decimal(cluster::quantity::int128 value) {
  const bool negative = value < 0;
  std::string digits;  // from the last to the first
  do {
    const int digit = static_cast<int>(value % 10);
    digits.push_back(static_cast<char>('0' + (negative ? -digit : digit)));
    value /= 10;
  } while (value != 0);
  if (negative) digits.push_back('-');
  std::ranges::reverse(digits);
  return digits;
}

}  // namespace

std::string to_text(const cluster::quantity& amount) {
  struct unit {
    std::int64_t nanos;
    std::string_view suffix;
  };
  constexpr std::array<unit, 3> fractions{{{1'000'000, "m"}, {1'000, "u"}, {1, "n"}}};
  constexpr std::array<std::string_view, 7> powers{"", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"};
  if (amount.nanos % 1'000'000'000 != 0) {
    const unit& one = *std::ranges::find_if(
        fractions, [&](const unit& candidate) { return amount.nanos % candidate.nanos == 0; });
    return decimal(amount.nanos / one.nanos) + std::string(one.suffix);
  }
  auto value = amount.nanos / 1'000'000'000;
  std::size_t power = 0;
  // What is read with a binary suffix ends at int64.
  if (value <= std::numeric_limits<std::int64_t>::max()) {
    for (; value != 0 && value % 1024 == 0 && power + 1 < powers.size(); ++power) value /= 1024;
  }
  return decimal(value) + std::string(powers[power]);
}

std::string to_text(cluster::timestamp at) {
  using namespace std::chrono;
  const sys_time<nanoseconds> moment{nanoseconds{at}};
  const auto day = floor<days>(moment);
  const year_month_day date{day};
  const hh_mm_ss time{moment - day};
  std::string text = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", int{date.year()},
                                 unsigned{date.month()}, unsigned{date.day()}, time.hours().count(),
                                 time.minutes().count(), time.seconds().count());
  if (time.subseconds().count() != 0) text += fmt::format(".{:09}", time.subseconds().count());
  return text + "Z";
}

}  // namespace crosstie::simulate
