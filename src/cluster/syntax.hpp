// The grammar of Kubernetes' names and of what stands beside them, as far as verdicts depend on it.
//
// Promise: each answers as apimachinery's validation of the same name does.
// Cost: one pass over the text, no allocation. Thread safety: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace crosstie::cluster {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
// "[prefix/]name": what a label key, and an extended resource, must be (IsQualifiedName).
bool is_qualified_name(std::string_view text);
// At most 63 characters, empty or starting and ending alphanumeric (IsValidLabelValue).
bool is_label_value(std::string_view text);
// A signed decimal int64 as Go's strconv.ParseInt(text, 10, 64) takes it: "+7" too, no blanks.
std::optional<std::int64_t> parse_int64(std::string_view text);

}  // namespace crosstie::cluster
