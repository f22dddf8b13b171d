// The library under another name and without probes, so that both lie in one program.
#define CROSSTIE_NO_PROBES
#define crosstie crosstie_without_probes
#include <crosstie/flat_map.hpp>

#include "tables/probe_contest.hpp"

std::unique_ptr<bench_probes::layout> bench_probes::make_without_probes() {
  return std::make_unique<layout_of<crosstie::flat_map<cell, std::uint64_t>>>();
}
