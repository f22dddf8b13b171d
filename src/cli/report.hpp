// A simulation's outcome as one HTML page with plots: self-contained, usable offline.
//
// Promise: no network, no script from elsewhere; every text of the outcome is data and never
// markup. With `timing` off, equal outcomes give equal pages.
// Cost: linear in nodes and samples; a page of 5,000 nodes is about half a megabyte.
// Thread safety: none.
#pragma once

#include "cli/outcome_print.hpp"

namespace crosstie::cli {

void print_report(output& to, const simulate::outcome& what, const outcome_style& style);

}  // namespace crosstie::cli
