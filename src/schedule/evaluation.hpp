// The plain evaluation of one pod: every plugin in order, every node, nothing remembered.
//
// Promise: the facts of the golden answers (verdict, scores, totals, best set, event message) for
// one pod against one view; simple and obviously right, the twin of the engine's fast path.
// Cost: O(nodes x plugins), allocating freely.
// Thread safety: none.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "schedule/nomination.hpp"
#include "schedule/plugin.hpp"

namespace crosstie::schedule {

struct rejection {
  node_id node;
  std::string_view plugin;  // the first that rejects
  status why;
};

struct plugin_score {
  std::string_view plugin;
  std::int64_t weighted;  // normalised score times weight
};

struct scored_node {
  node_id node;
  std::vector<plugin_score> scores;
  std::int64_t total = 0;
};

// One plugin asked alone on all nodes: `plugins` of the golden answers.
struct solo_answer {
  std::string_view plugin;
  plugin::points points;
  status pre_filter, pre_score;
  std::optional<std::vector<cluster::name_id>> node_names;
  std::vector<rejection> rejected;
  std::vector<std::int64_t> raw, normal;  // over `feasible` of the evaluation
};

struct preemption_victims {
  node_id node;
  std::vector<pod_id> victims;  // as upstream lists them
  std::int64_t pdb_violations = 0;
};
struct preemption_answer {
  std::string ineligible;  // why the pod may not preempt; empty where it may
  std::vector<preemption_victims> candidates;
  std::vector<node_id> best;
};

struct evaluation {
  pod_id pod;
  const profile* by = nullptr;
  std::optional<std::pair<std::string_view, status>> gate, pre_filter;  // plugin, status
  std::string error;  // internal error of the cycle; empty: none
  std::optional<std::vector<cluster::name_id>> node_names;
  std::optional<node_id> nominated;
  std::vector<rejection> rejected;  // only nodes that were looked at
  std::vector<node_id> feasible;    // in the order in which they were looked at
  std::size_t moved = 0;            // how far the start of the next sample moves on
  std::vector<scored_node> scores;  // empty where fewer than two are feasible, or nominated
  std::vector<node_id> best;
  std::string message;  // FailedScheduling's text; empty where a node was found
  std::optional<preemption_answer> preemption;
  std::vector<solo_answer> solo;  // filled on demand
};

// Looking at some nodes instead of all, as kube-scheduler does.
struct node_sample {
  std::span<const node_id> order;  // all nodes (node_order.hpp)
  std::size_t start = 0;           // in `order`
  std::int32_t percentage = 0;     // percentageOfNodesToScore; 0: by the number of nodes
};

struct evaluation_options {
  std::span<const nomination> nominations{};  // find_nominations(); the pod's own does not count
  bool solo = false;                          // also ask every plugin alone
  bool preemption = false;                    // also run PostFilter where no node is feasible
  const node_sample* sample = nullptr;        // null: all nodes are looked at
};

evaluation evaluate(const cluster::view& view, const profile& by, pod_id pod,
                    const evaluation_options& options);

// Nodes that all reject a pod for the same reasons and with the same code.
struct node_group {
  node_id first;
  std::uint32_t nodes;
};

// What preemption finds where it can clear no node.
struct no_room {
  bool finds_lower = true;          // false: every node that might be cleared is without victims
  std::size_t without_victims = 0;  // nodes that hold no pod of lower priority
  std::span<const node_group> crowded{};
};

// Does the profile preempt at all?
bool preempts(const profile& by);

// evaluate()'s message for a pod that every node rejects, asking one node of each group; absent
// where the groups do not tell: a PreFilter plugin rejects the pod or names the nodes. With `none`,
// also what preemption adds to it.
std::optional<std::string> explain_failure(const cluster::view& view, const profile& by, pod_id pod,
                                           std::span<const nomination> nominations,
                                           std::span<const node_group> groups, const no_room* none);

}  // namespace crosstie::schedule
