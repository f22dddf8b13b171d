// How far a bench is, on standard error: one line rewritten where that is a terminal, else a line
// every few seconds at most.
//
// Promise: standard output stays the results' alone. Cost: one short write a call.
// Thread safety: none.
#pragma once

#include <cstdint>
#include <string_view>

namespace crosstie::bench {

void show_progress(std::string_view bench, std::int64_t done, std::int64_t all,
                   std::string_view what);
void clear_progress();

}  // namespace crosstie::bench
