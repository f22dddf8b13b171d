// Durations as Go writes them: "300ms", "1h15m30.5s".
//
// Promise: parse_duration accepts and refuses what time.ParseDuration does, in nanoseconds;
// format_duration writes what Duration.String does.
// Cost: O(text). Thread safety: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace crosstie::schedule {

inline constexpr std::int64_t second_ns = 1'000'000'000;

std::optional<std::int64_t> parse_duration(std::string_view text);
std::string format_duration(std::int64_t duration_ns);

}  // namespace crosstie::schedule
