#include "cluster/quantity.hpp"

#include <charconv>
#include <limits>

namespace crosstie::cluster {

namespace {

using int128 = quantity::int128;

constexpr std::int64_t max_int64 = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t min_int64 = std::numeric_limits<std::int64_t>::min();
constexpr int128 nanos_per_unit = 1'000'000'000;
constexpr int128 max_nanos = int128{max_int64} * nanos_per_unit;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
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
  std::int64_t whole_units() const {
    std::int64_t units = 0;
    for (std::int64_t i = 0; i < point_; ++i) {
      if (i >= size() && units == 0) break;
      if (__builtin_mul_overflow(units, 10, &units)) return max_int64;
      if (__builtin_add_overflow(units, digit(i), &units)) return max_int64;
    }
    return units;
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
  const int128 whole = digits.whole_units() * factor;
  if (whole >= max_int64) return max_nanos;
  const int128 nanos = whole * nanos_per_unit + digits.scaled_fraction(factor * nanos_per_unit);
  return nanos < max_nanos ? nanos : max_nanos;
}

std::int64_t round_away_from_zero(int128 nanos, int128 per_unit) {
  int128 units = nanos / per_unit;
  if (nanos % per_unit != 0) units += nanos > 0 ? 1 : -1;
  if (units > max_int64) return max_int64;
  if (units < min_int64) return min_int64;
  return static_cast<std::int64_t>(units);
}

}  // namespace

std::int64_t quantity::value() const { return round_away_from_zero(nanos, nanos_per_unit); }

std::int64_t quantity::milli_value() const {
  return round_away_from_zero(nanos, nanos_per_unit / 1000);
}

std::optional<quantity> parse_quantity(std::string_view text) {
  if (text.empty()) return std::nullopt;
  const std::optional<parts> number = split(text);
  if (!number) return std::nullopt;
  const std::optional<scale> by = read_suffix(number->suffix);
  if (!by) return std::nullopt;
  if (!number->any_digit && !takes_short_way(*number, *by)) return std::nullopt;
  const int128 nanos = magnitude(*number, *by);
  return quantity{number->negative ? -nanos : nanos};
}

}  // namespace crosstie::cluster
