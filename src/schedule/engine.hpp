// The engine: the node for one pod, exactly as evaluate() finds it, at the cost of what changed.
//
//   rows (matrix)        shape x node   int32: the total, or minus the set of reasons against
//   block maxima         shape x block  the greatest total of each 64 nodes, how many have it
//   static parts         part x node    verdict, taint and affinity score, image score
//   counters             (which pods, key) x domain: pods; kept by increments
//   buckets              (shape, rules) x node: the bucket of nodes alike, and the resource score
//   change log           ring of nodes whose use changed; a row replays what it has not seen
//
// Pods that ask the same of nodes share a shape, whose row is repaired only where a node changed
// since it was last asked, or computed afresh (vector code over columns) where too much did. Pods
// with spread constraints or pod affinity, or whom terms of pods on nodes select, have rows of
// buckets by shape and rules. Claims of volumes refuse nodes on top of a row (volume_table.hpp). A
// pod about which these tables cannot tell (device claims, volumes to choose among, unusual
// profiles) goes to the plain evaluation, so that answers are always exact. Nominated pods touch
// only the nodes they name, which are mended in the rows; preemption has rows of its own
// (victim_table.hpp), and where rules refuse, tries them by counts (rule_trial.hpp).
//
// Promise: the chosen node is in evaluate()'s best set, total and number of feasible nodes equal
// its; ties go to the smallest name or to one drawn from the seed, so that equal calls in equal
// order choose equally.
// Cost: a pod of a known shape O(changed nodes + nodes / 64), with rules what bucket_table.hpp
// says; no allocation once shapes are known. Invariant: whoever changes the store or the state says
// so here before the next place(). Thread safety: none.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cluster/state.hpp"
#include "schedule/configuration.hpp"
#include "schedule/preemptor.hpp"
#include "schedule/queue.hpp"

namespace crosstie::schedule {

using cluster::node_id;

// Which node of those with the highest score.
struct tie_break {
  bool by_name = false;    // the smallest name, in byte order
  std::uint64_t seed = 1;  // else one at random, drawn from this seed
};

struct engine_options {
  tie_break ties;
  bool incremental = true;  // false: the plain evaluation for every pod
  bool sample = false;      // look at percentageOfNodesToScore, plainly, not at all nodes
  std::size_t row_bytes = 128u << 20;      // of rows kept; those asked least recently are dropped
  std::size_t row_limit = 0;               // at most so many; 0: by row_bytes alone
  std::uint32_t block_nodes = 64;          // a power of two
  std::size_t counter_bytes = 256u << 20;  // of counts; beyond, rules and counters start anew
  std::uint32_t coarse_domains = 16;       // keys with more are looked at node by node
};

struct placement {
  node_id node = cluster::no_node;  // no_node: none is feasible, or an error
  std::uint32_t feasible = 0;       // nodes that pass every filter
  std::uint32_t ties = 0;           // nodes with the highest total
  std::int64_t total = 0;           // of the node; 0 where fewer than two were scored
  event_set helpful = no_event;     // where none is feasible: what may change that
  bool nominated = false;           // the pod's nominated node, taken without scoring
  std::string error;                // the cycle's internal error, or that there is no node
};

// Figures of the engine's life, for observation.
struct engine_statistics {
  std::uint64_t incremental = 0, plain = 0;  // pods placed either way
  std::uint64_t rebuilt_rows = 0, replayed_nodes = 0, dropped_rows = 0;
  std::uint64_t searches = 0, plain_searches = 0;  // for room, by either way
};

class engine {
 public:
  engine(const cluster::store& objects, const cluster::usage_table& usage,
         cluster::pods_by_node& pods, const configuration& settings,
         const engine_options& options = {});
  ~engine();
  engine(engine&&) noexcept;
  engine& operator=(engine&&) noexcept;

  // Takes stock of the whole state, as after its load().
  void reset();

  // The profile of the pod's schedulerName, if there is one.
  const profile* profile_of(pod_id pod) const;

  placement place(pod_id pod);
  // All nodes with the highest total, in no particular order: what place() draws from.
  placement find_best(pod_id pod, std::vector<node_id>& best);

  // evaluate()'s message about a pod that no node takes, with or without preemption.
  std::string explain_failure(pod_id pod, bool preemption) const;

  // evaluate()'s preemption for a pod that no node takes, and one of the best nodes as place()
  // would choose it. Nothing where the profile does not preempt.
  std::optional<room> find_room(pod_id pod);

  // Pods that wait for room on the node; and all of them, as find_nominations() has them.
  std::span<const pod_id> nominated_to(node_id node) const;
  std::vector<nomination> nominations() const;

  // ---- what has happened ----
  void node_changed(node_id node);  // the object was added, replaced or removed
  void pod_bound(pod_id pod, node_id node);
  void pod_unbound(pod_id pod, node_id node);  // while the store still has the pod as it was bound
  // A pod on no node came or changed, its nominated node included, or is about to be gone.
  void waiting_pod_changed(pod_id pod);
  void waiting_pod_gone(pod_id pod);
  // A pod on a node changed in what only preemption looks at: its start.
  void bound_pod_changed(node_id node);
  // Of kinds other than pods and nodes: one was put or removed; or any number of them.
  void object_changed(const cluster::object_reference& which);
  void objects_changed();

  const engine_statistics& statistics() const;
  std::size_t memory_bytes() const;

 private:
  class implementation;
  std::unique_ptr<implementation> self_;
};

}  // namespace crosstie::schedule
