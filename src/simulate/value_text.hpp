// Quantities and times as Kubernetes writes them.
//
// Promise: parse_quantity and parse_timestamp read the text back to the same value.
// Cost: one short string. Thread safety: pure functions.
#pragma once

#include <string>

#include "cluster/objects.hpp"

namespace crosstie::simulate {

// The shortest exact text: "250m", "16Gi", "3".
std::string to_text(const cluster::quantity& amount);
// RFC 3339 in UTC; with a fraction only where there is one.
std::string to_text(cluster::timestamp at);

}  // namespace crosstie::simulate
