// NodePorts: host ports are taken once per node.
//
// Promise: rejects nodes where a wanted (ip, protocol, port) is taken, 0.0.0.0 being every ip.
// Cost: O(host ports of the pod) per node.
// Thread safety: none.
#pragma once

#include "schedule/plugin.hpp"

namespace crosstie::schedule::plugins {

inline constexpr plugin::points node_ports_points{.pre_filter = true, .filter = true};

std::unique_ptr<plugin> make_node_ports(const cluster::view& view, const profile& by, pod_id pod);

}  // namespace crosstie::schedule::plugins
