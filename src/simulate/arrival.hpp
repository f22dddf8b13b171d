// Which pods of a store wait for a node, and when each arrives.
//
// Promise: the order is that of creation, then of namespace/name; it does not depend on ids.
// Cost: O(pods log pods). Thread safety: none needed.
#pragma once

#include <vector>

#include "cluster/store.hpp"

namespace crosstie::simulate {

// Pods on no node that are neither finished nor being deleted.
bool waits_for_node(const cluster::pod& pod);
std::vector<cluster::pod_id> waiting_pods(const cluster::store& objects);

// When number `position` of evenly spaced arrivals comes, counted from the first.
cluster::timestamp arrival_offset(std::int64_t position, double per_second);

}  // namespace crosstie::simulate
