// Sums over the state at the end of a run: how full it is, and how much of what is free is of use.
//
// The formulas are told in docs/simulate.md. Thread safety: none needed.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cluster/state.hpp"
#include "simulate/outcome.hpp"

namespace crosstie::simulate {

// A demand that many pods have in common.
struct typical_pod {
  std::vector<cluster::resource_request> requested;  // in the order of resource ids
  // Parallel: how many of the typical pods that ask for this resource ask as this one does; 0
  // where it is too rare to be typical.
  std::vector<double> shares;
};

// For each resource the most frequent demands of the store's pods that ask for it, until they stand
// for 95 % of them; the shares of a resource sum to 1. After "Beware of Fragmentation" (USENIX ATC
// 2023), section 3.
std::vector<typical_pod> find_typical_pods(const cluster::store& objects,
                                           const cluster::usage_table& usage);

// Fills resources and per_node of the summary. Cost: O(nodes x typical pods x their resources).
void sum_up_nodes(const cluster::store& objects, const cluster::usage_table& usage, summary& into);

// The reasons that a FailedScheduling text names: "0/5 nodes are available: 3 Insufficient cpu, 2
// Insufficient memory." names two. What is not counted by nodes is one reason as a whole.
std::vector<std::string> reasons_of(std::string_view message);

// Counts of pods by reason, most pods first, then by text.
std::vector<reason_count> count_reasons(const std::vector<waiting_pod>& waiting,
                                        const std::vector<std::string>& messages);

}  // namespace crosstie::simulate
