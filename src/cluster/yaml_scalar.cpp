#include "cluster/yaml_scalar.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>

#include "cluster/syntax.hpp"

namespace crosstie::cluster {

namespace {

// Of the three spellings that YAML 1.1 allows: lower, Capital, UPPER.
bool is_word(std::string_view text, std::string_view lower) {
  if (text.size() != lower.size()) return false;
  auto matches = [&](auto&& spell) {
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] != spell(lower[i], i)) return false;
    }
    return true;
  };
  auto upper = [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; };
  return matches([](char c, std::size_t) { return c; }) ||
         matches([&](char c, std::size_t i) { return i == 0 ? upper(c) : c; }) ||
         matches([&](char c, std::size_t) { return upper(c); });
}

std::optional<bool> read_boolean(std::string_view text) {
  for (std::string_view yes : {"y", "yes", "true", "on"}) {
    if (is_word(text, yes)) return true;
  }
  for (std::string_view no : {"n", "no", "false", "off"}) {
    if (is_word(text, no)) return false;
  }
  return std::nullopt;
}

bool is_null(std::string_view text) { return text.empty() || text == "~" || is_word(text, "null"); }

bool is_infinity_or_nan(std::string_view text) {
  if (is_word(text, ".nan") || text == ".NaN") return true;
  if (!text.empty() && (text[0] == '+' || text[0] == '-')) text.remove_prefix(1);
  return text == ".inf" || text == ".Inf" || text == ".INF";
}

// An integer of 64 bits, signed or not, as decimal digits.
std::optional<std::string> read_integer(std::string_view text) {
  std::string_view digits = text;
  const bool negative = digits.starts_with('-');
  if (negative || digits.starts_with('+')) digits.remove_prefix(1);
  int base = 10;
  if (digits.size() > 1 && digits[0] == '0') {
    const char mark = static_cast<char>(digits[1] | 0x20);
    base = mark == 'x' ? 16 : mark == 'b' ? 2 : 8;
    digits.remove_prefix(mark == 'x' || mark == 'b' || mark == 'o' ? 2 : 1);
  }
  std::uint64_t value = 0;
  const char* end = digits.data() + digits.size();
  const auto [stop, problem] = std::from_chars(digits.data(), end, value, base);
  if (digits.empty() || problem != std::errc{} || stop != end) return std::nullopt;
  constexpr std::uint64_t lowest = std::uint64_t{1} << 63;
  if (negative && value > lowest) return std::nullopt;
  // A sign goes only with what fits into int64.
  if (text[0] == '+' && value >= lowest) return std::nullopt;
  return fmt::format("{}{}", negative && value != 0 ? "-" : "", value);
}

// [-+]? digits [. digits] [e [-+] digits], with digits on at least one side of the point.
bool is_float(std::string_view text) {
  std::size_t at = 0;
  auto skip_digits = [&] {
    const std::size_t first = at;
    while (at < text.size() && is_digit(text[at])) ++at;
    return at - first;
  };
  auto skip_sign = [&] {
    if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
  };
  skip_sign();
  std::size_t digits = skip_digits();
  if (at < text.size() && text[at] == '.') {
    ++at;
    digits += skip_digits();
  }
  if (digits == 0) return false;
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    skip_sign();
    if (skip_digits() == 0) return false;
  }
  return at == text.size();
}

std::optional<double> read_float(std::string_view text) {
  if (!is_float(text)) return std::nullopt;
  if (text[0] == '+') text.remove_prefix(1);
  double value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem == std::errc::result_out_of_range) {
    // Too small is zero, too large is no number.
    if (text.find("e-") == std::string_view::npos && text.find("E-") == std::string_view::npos) {
      return std::nullopt;
    }
    return 0.0;
  }
  return value;
}

yaml_scalar resolve_plain(std::string_view text) {
  if (is_null(text)) return {scalar_type::null, "null"};
  if (const auto boolean = read_boolean(text)) {
    return {scalar_type::boolean, *boolean ? "true" : "false"};
  }
  const char first = text[0];
  if (is_digit(first) || first == '-' || first == '+') {
    std::string digits(text);
    std::erase(digits, '_');
    if (auto integer = read_integer(digits)) return {scalar_type::number, std::move(*integer)};
    if (const auto number = read_float(digits)) {
      return {scalar_type::number, fmt::format("{}", *number)};
    }
  } else if (first == '.') {
    if (const auto number = read_float(text)) {
      return {scalar_type::number, fmt::format("{}", *number)};
    }
  }
  return {scalar_type::text, std::string(text)};
}

}  // namespace

std::optional<yaml_scalar> resolve_scalar(std::string_view tag, std::string_view text) {
  constexpr std::string_view yaml_tag = "tag:yaml.org,2002:";
  if (tag != "?" && !tag.empty()) {
    if (!tag.starts_with(yaml_tag)) return yaml_scalar{scalar_type::text, std::string(text)};
    tag.remove_prefix(yaml_tag.size());
  } else {
    tag = {};
  }
  const bool takes_number = tag == "int" || tag == "float";
  if (tag.empty() || takes_number) {
    if (is_infinity_or_nan(text)) return std::nullopt;
  }
  if (!tag.empty() && !takes_number && tag != "bool" && tag != "null") {
    if (tag == "binary") return std::nullopt;
    return yaml_scalar{scalar_type::text, std::string(text)};
  }
  yaml_scalar plain = resolve_plain(text);
  if (takes_number && plain.type != scalar_type::number) return std::nullopt;
  if (tag == "bool" && plain.type != scalar_type::boolean) return std::nullopt;
  if (tag == "null" && plain.type != scalar_type::null) return std::nullopt;
  return plain;
}

}  // namespace crosstie::cluster
