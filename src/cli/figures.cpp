#include "cli/figures.hpp"

#include <fmt/format.h>

#include <array>
#include <chrono>

namespace crosstie::cli {
namespace {

// Three significant digits, without a tail of zeros: 1.23, 12.3, 123, 1.
std::string three_digits(double value) {
  const int decimals = value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  std::string out = fmt::format("{:.{}f}", value, decimals);
  if (decimals > 0) {
    out.erase(out.find_last_not_of('0') + 1);
    if (out.back() == '.') out.pop_back();
  }
  return out;
}

template <std::size_t Size>
std::string scaled(double value, double step, const std::array<std::string_view, Size>& units) {
  std::size_t unit = 0;
  while (value >= step && unit + 1 < Size) value /= step, ++unit;
  return fmt::format("{} {}", three_digits(value), units[unit]);
}

bool counts_bytes(std::string_view resource) {
  return resource == "memory" || resource == "ephemeral-storage" ||
         resource.starts_with("hugepages-");
}

}  // namespace

std::string with_commas(std::int64_t value) {
  std::string digits = fmt::format("{}", value);
  const std::size_t first = value < 0 ? 1 : 0;
  for (std::size_t i = digits.size(); i > first + 3;) digits.insert(i -= 3, 1, ',');
  return digits;
}

std::string counted(std::int64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", with_commas(count), noun, count == 1 ? "" : "s");
}

std::string percent(double share) { return fmt::format("{:.1f} %", share * 100); }

std::string duration(std::int64_t ns) {
  if (ns >= 1'000'000'000) return three_digits(static_cast<double>(ns) / 1e9) + " s";
  return scaled(static_cast<double>(ns), 1000, std::array<std::string_view, 3>{"ns", "us", "ms"});
}

std::string bytes(std::int64_t count) {
  return scaled(static_cast<double>(count), 1024,
                std::array<std::string_view, 6>{"B", "KiB", "MiB", "GiB", "TiB", "PiB"});
}

std::string amount(std::string_view resource, std::int64_t value) {
  if (resource == "cpu") {
    const std::string cores = with_commas(value / 1000);
    const std::int64_t rest = value % 1000;
    return rest == 0 ? cores : fmt::format("{}.{}", cores, rest / 100);
  }
  return counts_bytes(resource) ? bytes(value) : with_commas(value);
}

std::string rfc3339(std::int64_t ns_since_1970) {
  using namespace std::chrono;
  const sys_time<nanoseconds> at{nanoseconds{ns_since_1970}};
  const auto day = floor<days>(at);
  const year_month_day date{day};
  const hh_mm_ss time{at - day};
  std::string out =
      fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                  time.hours().count(), time.minutes().count(), time.seconds().count());
  if (const auto rest = time.subseconds().count(); rest != 0) {
    out += fmt::format(".{:09}", rest);
    out.erase(out.find_last_not_of('0') + 1);
  }
  return out + "Z";
}

}  // namespace crosstie::cli
