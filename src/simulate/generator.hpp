// Made-up clusters: zones, racks, node pools with taints, deployments of a realistic mix.
//
// Promise: every object is one that the API server would accept, with its defaults filled in; the
// same spec gives the same objects on every machine and compiler. What is drawn and how often:
// docs/simulate.md.
// Cost: O(nodes + pods). Thread safety: none.
#pragma once

#include <iosfwd>

#include "cluster/store.hpp"
#include "simulate/options.hpp"

namespace crosstie::simulate {

// Adds the cluster to an empty store: nodes, namespaces, priority classes, bound and pending pods.
void generate(const generate_spec& spec, cluster::store& into);

// The cluster as `kubectl get -o json` would print it: a List. With `pending` false the pods that
// wait for a node are left out, for write_generated_arrivals to hold them.
void write_generated_dump(const generate_spec& spec, bool pending, std::ostream& out);

// The pods that wait for a node as an events file (see events.hpp), in order of creation; spaced by
// `per_second`, or at their creation times where that is 0.
void write_generated_arrivals(const generate_spec& spec, double per_second, std::ostream& out);

}  // namespace crosstie::simulate
