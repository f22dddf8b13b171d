// Which pods of a cluster a person means.
//
// Promise: "namespace/name" is that pod; a bare name is the pod of that name in the namespace
// "default", or else the only one of that name anywhere. The error says what is near.
// Cost: O(1) for full names, O(pods) for others. Thread safety: none.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "cluster/store.hpp"
#include "schedule/configuration.hpp"

namespace crosstie::cli {

std::expected<cluster::pod_id, std::string> find_pod(const cluster::store& objects,
                                                     std::string_view wanted);

// The profile that schedules the pod; null where the configuration has none of that name.
const schedule::profile* profile_of(const cluster::store& objects,
                                    const schedule::configuration& settings, cluster::pod_id pod);

// Pods that wait for a node of one of the profiles, in the order in which they are tried: priority,
// then creation, then "namespace/name".
std::vector<cluster::pod_id> pending_pods(const cluster::store& objects,
                                          const schedule::configuration& settings);

}  // namespace crosstie::cli
