// A simulation's outcome, printed: as a document for programs, as text for people.
//
// Promise: with `timing` off, equal outcomes print equal bytes whatever the machine and the moment.
// Cost: linear in the outcome, streaming. Thread safety: none.
#pragma once

#include "cli/document.hpp"
#include "cli/output.hpp"
#include "simulate/outcome.hpp"

namespace crosstie::cli {

struct outcome_style {
  bool timing = true;       // print what depends on the machine and the moment
  bool wall_clock = false;  // the run's timestamps are clock readings: they belong to timing too
};

// {"placements": .., "waiting": .., "decisions": .., "summary": .., "timing": ..}; docs:
// crosstie-simulate(1).
void print_outcome(document& to, const simulate::outcome& what, const outcome_style& style);

// The summary.
void print_summary(output& to, const simulate::outcome& what, const outcome_style& style);
// The summary, then every pod that waits or was evicted, every attempt and every node.
void print_wide(output& to, const simulate::outcome& what, const outcome_style& style);
// The pods placed in this run, one "namespace/name" a line.
void print_names(output& to, const simulate::outcome& what);

std::string_view to_string(simulate::verdict what);
std::string_view to_string(simulate::waiting_pod::reason why);

}  // namespace crosstie::cli
