// What a cluster asks for and this version does not decide: said once per run, loudly.
// Thread safety: pure.
#pragma once

#include <optional>
#include <string>

#include "cluster/store.hpp"

namespace crosstie::cli {

// One line about pods on no node that claim devices: existing claims are not allocated, so that
// these pods end in an error instead of a node. Absent where there are none.
std::optional<std::string> describe_undecided(const cluster::store& objects);

}  // namespace crosstie::cli
