#include "cluster/quantity.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

#include "cluster/syntax.hpp"
#include "cluster/wrapping.hpp"

namespace crosstie::cluster {

namespace {

using int128 = quantity::int128;

constexpr std::int64_t max_int64 = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t min_int64 = std::numeric_limits<std::int64_t>::min();
constexpr int128 nanos_per_unit = 1'000'000'000;
constexpr std::int8_t largest_scale = 28;
constexpr int128 most_units = int128{10'000'000'000'000} * 1'000'000'000'000'000;  // 10^28
constexpr int128 most_nanos = most_units * nanos_per_unit;

bool is_suffix_letter(char c) {
  return std::string_view("eEinumkKMGTP").find(c) != std::string_view::npos;
}

// The text cut into its parts; digits are without the leading zeros of the whole part.
struct parts {
  bool negative = false;
  bool any_digit = false;
  std::string_view whole, fraction, suffix;
};

std::optional<parts> split(std::string_view text) {
  parts result;
  std::size_t at = 0;
  if (text[0] == '-' || text[0] == '+') {
    result.negative = text[0] == '-';
    at = 1;
  }
  const std::size_t first_digit = at;
  while (at < text.size() && text[at] == '0') ++at;
  const std::size_t whole = at;
  while (at < text.size() && is_digit(text[at])) ++at;
  result.whole = text.substr(whole, at - whole);
  result.any_digit = at > first_digit;
  if (at < text.size() && text[at] == '.') {
    const std::size_t fraction = ++at;
    while (at < text.size() && is_digit(text[at])) ++at;
    result.fraction = text.substr(fraction, at - fraction);
    result.any_digit |= !result.fraction.empty();
  }
  result.suffix = text.substr(at);
  while (at < text.size() && is_suffix_letter(text[at])) ++at;
  if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
  while (at < text.size() && is_digit(text[at])) ++at;
  if (at != text.size()) return std::nullopt;
  return result;
}

struct scale {
  int base;  // 2 or 10
  std::int32_t exponent;
};

std::optional<scale> read_exponent(std::string_view digits) {
  // A plus sign is allowed before the digits, but from_chars does not know it.
  if (digits.starts_with('+')) digits.remove_prefix(1);
  if (digits.starts_with('+') || digits.empty()) return std::nullopt;
  std::int64_t exponent = 0;
  const auto [end, problem] =
      std::from_chars(digits.data(), digits.data() + digits.size(), exponent);
  if (problem != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  // Upstream keeps the exponent's low 32 bits.
  return scale{10, static_cast<std::int32_t>(exponent)};
}

std::optional<scale> read_suffix(std::string_view suffix) {
  if (suffix.empty()) return scale{10, 0};
  constexpr std::string_view decimal = "num kMGTPE";
  constexpr std::string_view binary = "KMGTPE";
  if (suffix.size() == 1) {
    const std::size_t place = decimal.find(suffix[0]);
    if (place == std::string_view::npos || suffix[0] == ' ') return std::nullopt;
    return scale{10, static_cast<std::int32_t>(place) * 3 - 9};
  }
  if (suffix.size() == 2 && suffix[1] == 'i') {
    const std::size_t place = binary.find(suffix[0]);
    if (place == std::string_view::npos) return std::nullopt;
    return scale{2, (static_cast<std::int32_t>(place) + 1) * 10};
  }
  if (suffix[0] == 'e' || suffix[0] == 'E') return read_exponent(suffix.substr(1));
  return std::nullopt;
}

// Upstream has a short way for short numbers, and only that way takes a number without any digit
// (".", "-.Ki") for zero; here is which numbers go it.
bool takes_short_way(const parts& number, scale by) {
  const auto whole = static_cast<std::int64_t>(number.whole.empty() ? 1 : number.whole.size());
  const auto fraction = static_cast<std::int64_t>(number.fraction.size());
  if (by.base == 10) return whole + fraction <= 18 && by.exponent - fraction >= -9;
  return fraction == 0 && 15 - whole - by.exponent * 3 / 10 - 1 >= 0;
}

// The number's decimal digits with the point moved by a power of ten; digits beyond either end are
// zero, positions count from the first digit of `whole`.
class shifted_digits {
 public:
  shifted_digits(const parts& number, std::int64_t shift)
      : number_(number), point_(static_cast<std::int64_t>(number.whole.size()) + shift) {}

  // The whole units, cut to the limit.
  int128 whole_units() const {
    int128 units = 0;
    for (std::int64_t i = 0; i < point_ && units < most_units; ++i) {
      if (i >= size() && units == 0) break;
      units = units * 10 + digit(i);
    }
    return std::min(units, most_units);
  }

  // The fraction times `factor`, rounded up. From the last digit to the first, only whether
  // anything was lost matters, as floor((n + f) / 10) == floor(n / 10) for every 0 <= f < 1.
  int128 scaled_fraction(int128 factor) const {
    int128 value = 0;
    bool lost = false;
    auto push = [&](int digit) {
      value += digit * factor;
      lost |= value % 10 != 0;
      value /= 10;
    };
    const std::int64_t first = point_ > 0 ? point_ : 0;
    for (std::int64_t i = size(); i-- > first;) push(digit(i));
    for (std::int64_t i = point_; i < 0 && value != 0; ++i) push(0);
    return value + (lost ? 1 : 0);
  }

 private:
  std::int64_t size() const {
    return static_cast<std::int64_t>(number_.whole.size() + number_.fraction.size());
  }
  int digit(std::int64_t i) const {
    if (i >= size()) return 0;
    const auto place = static_cast<std::size_t>(i);
    return (place < number_.whole.size() ? number_.whole[place]
                                         : number_.fraction[place - number_.whole.size()]) -
           '0';
  }

  const parts& number_;
  std::int64_t point_;
};

int128 magnitude(const parts& number, scale by) {
  const shifted_digits digits(number, by.base == 10 ? by.exponent : 0);
  const int128 factor = int128{1} << (by.base == 2 ? by.exponent : 0);
  const int128 limit = by.base == 2 ? int128{max_int64} : most_units;
  const int128 whole = digits.whole_units();
  if (whole >= limit / factor + 1) return limit * nanos_per_unit;
  const int128 fraction = digits.scaled_fraction(factor * nanos_per_unit);
  return std::min(whole * factor * nanos_per_unit + fraction, limit * nanos_per_unit);
}

std::int8_t scale_of(const parts& number, scale by) {
  if (!takes_short_way(number, by)) return quantity::no_scale;
  if (by.base == 2) return 0;
  const std::int64_t power = by.exponent - static_cast<std::int64_t>(number.fraction.size());
  return static_cast<std::int8_t>(std::min<std::int64_t>(power, largest_scale));
}

int128 power_of_ten(int exponent) {
  int128 power = 1;
  for (; exponent > 0; --exponent) power *= 10;
  return power;
}

// In units of 10^target, rounded away from zero. What is beyond int64 keeps its low bits, or is 0
// where an int64 would have to be multiplied by a power of ten that Go has no short way for.
std::int64_t to_int64(const quantity& amount, int target) {
  const int128 per_unit = power_of_ten(target + 9);
  int128 units = amount.nanos / per_unit;
  if (amount.nanos % per_unit != 0) units += amount.nanos > 0 ? 1 : -1;
  const int power = amount.scale - target;
  const bool fits = units >= min_int64 && units <= max_int64;
  if (!fits && amount.scale != quantity::no_scale && power > 3 && power != 6 && power != 9) {
    return 0;
  }
  return wrap(static_cast<std::uint64_t>(units));
}

}  // namespace

std::int64_t quantity::value() const { return to_int64(*this, 0); }

std::int64_t quantity::milli_value() const { return to_int64(*this, -3); }

quantity& quantity::operator+=(const quantity& other) {
  if (scale == no_scale || other.scale == no_scale) {
    scale = no_scale;
  } else if (other.nanos == 0) {
    return *this;
  } else {
    scale = nanos == 0 ? other.scale : std::min(scale, other.scale);
  }
  nanos = std::min(nanos + other.nanos, most_nanos);
  const bool short_enough = nanos <= max_int64;  // whatever the scale
  if (scale != no_scale && !short_enough && nanos / power_of_ten(scale + 9) > max_int64) {
    scale = no_scale;
  }
  return *this;
}

std::optional<quantity> parse_quantity(std::string_view text) {
  if (text.empty()) return std::nullopt;
  const std::optional<parts> number = split(text);
  if (!number) return std::nullopt;
  const std::optional<scale> by = read_suffix(number->suffix);
  if (!by) return std::nullopt;
  if (!number->any_digit && !takes_short_way(*number, *by)) return std::nullopt;
  const int128 nanos = magnitude(*number, *by);
  return quantity{number->negative ? -nanos : nanos, scale_of(*number, *by)};
}

}  // namespace crosstie::cluster
