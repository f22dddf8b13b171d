// Nominated pods: they wait for room on a node that was cleared for them, and others must leave it.
//
// Promise: the pods that upstream's nominator holds: not bound, not gated, of a known profile.
// Cost: find_nominations looks at every pod once. Value types.
#pragma once

#include <optional>
#include <vector>

#include "cluster/state.hpp"
#include "schedule/configuration.hpp"

namespace crosstie::schedule {

struct nomination {
  cluster::pod_id pod;
  cluster::node_id node;
};

std::optional<nomination> find_nomination(const cluster::view& view, const configuration& settings,
                                          cluster::pod_id pod);
std::vector<nomination> find_nominations(const cluster::view& view, const configuration& settings);

}  // namespace crosstie::schedule
