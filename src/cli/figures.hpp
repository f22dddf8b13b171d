// Figures as people read them: "30,000", "61.4 %", "1.2 us", "3.5 GiB".
// Thread safety: pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace crosstie::cli {

std::string with_commas(std::int64_t value);
std::string counted(std::int64_t count, std::string_view noun);  // "1 pod", "1,204 pods"
std::string percent(double share);                               // 0.614 -> "61.4 %"
std::string duration(std::int64_t ns);  // three significant digits: "1.2 us", "48 ms"
std::string bytes(std::int64_t count);  // binary units: "3.5 GiB"
// An amount of a resource in its own unit: cores for cpu, binary units for what counts bytes.
std::string amount(std::string_view resource, std::int64_t value);
std::string rfc3339(std::int64_t ns_since_1970);  // "2026-01-02T03:04:05.000000006Z"

}  // namespace crosstie::cli
