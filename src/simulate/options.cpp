#include "simulate/options.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <optional>

namespace crosstie::simulate {
namespace {

using cluster::error;

std::unexpected<error> wrong_option(std::string_view field, std::string expected) {
  error what;
  what.field = field;
  what.expected = std::move(expected);
  return std::unexpected(std::move(what));
}

template <class Number>
std::optional<Number> parse_number(std::string_view text) {
  Number value{};
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

struct spec_key {
  std::string_view name;
  std::int64_t generate_spec::* member;
  std::int64_t lowest, highest;
};
// The limits keep sums far from overflow, and names within their lengths.
constexpr std::array<spec_key, 5> spec_keys{{{"nodes", &generate_spec::nodes, 0, 1'000'000},
                                             {"pods", &generate_spec::pods, 0, 100'000'000},
                                             {"bound", &generate_spec::bound, 0, 100'000'000},
                                             {"zones", &generate_spec::zones, 1, 1000},
                                             {"racks", &generate_spec::racks, 1, 10'000}}};

std::expected<void, error> set_key(generate_spec& spec, std::string_view key,
                                   std::string_view value) {
  if (key == "seed") {
    const auto seed = parse_number<std::uint64_t>(value);
    if (!seed) {
      return wrong_option(
          key, fmt::format("expected a whole number from 0 to 2^64-1, found \"{}\"", value));
    }
    spec.seed = *seed;
    return {};
  }
  for (const spec_key& known : spec_keys) {
    if (known.name != key) continue;
    const auto number = parse_number<std::int64_t>(value);
    if (!number || *number < known.lowest || *number > known.highest) {
      return wrong_option(key, fmt::format("expected a whole number from {} to {}, found \"{}\"",
                                           known.lowest, known.highest, value));
    }
    spec.*known.member = *number;
    return {};
  }
  return wrong_option(key, "expected one of nodes, pods, bound, zones, racks, seed");
}

}  // namespace

std::expected<generate_spec, error> parse_generate_spec(std::string_view text) {
  generate_spec spec;
  std::vector<std::string_view> seen;
  while (!text.empty()) {
    const std::string_view part = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), part.size() + 1));
    const std::size_t equals = part.find('=');
    if (equals == std::string_view::npos) {
      return wrong_option(part, "expected key=value, such as nodes=5000");
    }
    const std::string_view key = part.substr(0, equals);
    for (std::string_view other : seen) {
      if (other == key) return wrong_option(key, "expected each key once");
    }
    seen.push_back(key);
    if (auto set = set_key(spec, key, part.substr(equals + 1)); !set) {
      return std::unexpected(std::move(set.error()));
    }
  }
  return spec;
}

std::expected<double, error> parse_rate(std::string_view text) {
  const std::size_t slash = text.find('/');
  const std::string_view unit = slash == std::string_view::npos ? "s" : text.substr(slash + 1);
  const auto number = parse_number<double>(text.substr(0, slash));
  const double seconds = unit == "s" ? 1 : unit == "m" ? 60 : unit == "h" ? 3600 : 0;
  if (!number || !std::isfinite(*number) || *number <= 0 || seconds == 0) {
    return wrong_option("rate",
                        fmt::format("expected a number above 0, such as 1200/s (or 1200), 90/m or "
                                    "10/h, found \"{}\"",
                                    text));
  }
  const double per_second = *number / seconds;
  // Closer than a nanosecond, or further than a century, arrivals could not be told apart or dated.
  if (per_second > 1e9 || per_second < 1e-9) {
    return wrong_option(
        "rate", fmt::format("expected from 1e-9 to 1e9 arrivals a second, found \"{}\"", text));
  }
  return per_second;
}

std::expected<tie_break, error> parse_tie_break(std::string_view text) {
  if (text == "name") return tie_break{true, 0};
  constexpr std::string_view prefix = "seed=";
  if (text.starts_with(prefix)) {
    if (const auto seed = parse_number<std::uint64_t>(text.substr(prefix.size()))) {
      return tie_break{false, *seed};
    }
  }
  return wrong_option("tie-break", fmt::format("expected name or seed=N, found \"{}\"", text));
}

}  // namespace crosstie::simulate
