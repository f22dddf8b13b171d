// One pod's answer, printed: for programs with the field names of the reference answers, for people
// as text that groups nodes by reason before it lists them.
//
// Promise: nodes are listed by name in byte order, except feasible ones in text (highest total
// first), so that equal answers print equal bytes.
// Cost: O(nodes log nodes) a pod. Thread safety: none.
#pragma once

#include "cli/document.hpp"
#include "cli/output.hpp"
#include "cluster/store.hpp"
#include "schedule/evaluation.hpp"

namespace crosstie::cli {

// The fields pod, profile, gate, error, prefilter, nodeNames, nominated, rejected, feasible,
// scores, totals, best, chosen, message, preemption, plugins; those that say nothing are left out.
void print_explanation(document& to, const cluster::store& objects,
                       const schedule::evaluation& answer);

struct explanation_style {
  bool wide = false;     // list every node, one column a plugin
  bool plugins = false;  // say what every plugin finds alone
};

// `bound` is the node that the pod was taken off for the question; no_name: it is pending.
void print_explanation(output& to, const cluster::store& objects,
                       const schedule::evaluation& answer, cluster::name_id bound,
                       const explanation_style& style);

// One line for each of the pods, none of which is on a node: the node (of the best, that with the
// smallest name), or the text of the event. Cost: the engine's (schedule/engine.hpp), not the plain
// evaluation's.
void print_summary(output& to, cluster::store& objects, const schedule::configuration& settings,
                   const std::vector<cluster::pod_id>& pods);

// The nodes in byte order of their names.
std::vector<cluster::node_id> by_name(const cluster::store& objects,
                                      std::vector<cluster::node_id> nodes);

}  // namespace crosstie::cli
