// Times as Kubernetes writes them: RFC 3339, "2026-01-31T12:00:00Z", also with a fraction and an
// offset from UTC.
//
// Promise: parse takes what Go's time.RFC3339 layout takes and refuses days and hours that do not
// exist; digits finer than a nanosecond are cut; nothing for years outside int64 nanoseconds
// (1678 to 2261). Cost: one pass, no allocation. Thread safety: pure functions.
#pragma once

#include <optional>
#include <string_view>

#include "cluster/objects.hpp"

namespace crosstie::cluster {

std::optional<timestamp> parse_timestamp(std::string_view text);

}  // namespace crosstie::cluster
