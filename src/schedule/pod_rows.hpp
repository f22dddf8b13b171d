// The up-to-date row of nodes for a pod, from whichever table keeps it.
//
//   rows_      of pods without rules, and where rules that only score have no say
//   buckets_   of the others
//   narrowed   to the nodes that claims of volumes and nominated pods allow
//
// Promise: feasible nodes, best total and ties of a row are evaluate()'s; where these tables cannot
// tell, there is no row.
// Cost: as score_table.hpp, bucket_table.hpp, volume_table.hpp and rule_trial.hpp say.
// Invariant: told of everything that has happened before the next find(); what is asked about a row
// is asked before the next find(), too.
// Thread safety: none.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "schedule/bucket_table.hpp"
#include "schedule/engine.hpp"
#include "schedule/node_columns.hpp"
#include "schedule/nominated_pods.hpp"
#include "schedule/pod_counters.hpp"
#include "schedule/pod_rules.hpp"
#include "schedule/rule_trial.hpp"
#include "schedule/score_table.hpp"
#include "schedule/shape.hpp"
#include "schedule/static_table.hpp"
#include "schedule/volume_table.hpp"

namespace crosstie::schedule {

class pod_rows {
 public:
  struct row : score_table::row {
    std::uint32_t shape_id;
    bool bucketed;  // of buckets_, else of rows_
  };
  // The nominated node of the pod asked about; no_node: it has none, or none that is there.
  struct own_node {
    node_id node = cluster::no_node;
    std::uint32_t bits = 0;       // why it rejects the pod's shape; 0: it does not
    std::uint32_t rule_bits = 0;  // the same of its rules
    bool accepts() const { return node != cluster::no_node && (bits | rule_bits) == 0; }
  };

  pod_rows(const cluster::view& view, const configuration& settings, const engine_options& options);

  void reset();

  // The row for a pod of this profile (its number); absent: it needs the plain evaluation.
  std::optional<row> find(pod_id pod, std::uint32_t profile);

  // ---- of the row found last ----
  const own_node& own() const { return own_; }
  bool takes(const row& of, std::uint32_t slot) const;  // is the node feasible?
  node_id nth_best(const row& of, std::uint32_t n) const;
  node_id first_best(const row& of) const;
  template <class Visitor>
  void for_each_best(const row& of, Visitor&& visit) const {
    of.bucketed ? buckets_.for_each_best(of, visit) : rows_.for_each_best(of, visit);
  }
  std::uint32_t rejections(const row& of) const;  // bits of all nodes together
  // Nodes that reject the pod alike; none is feasible.
  void group_rejections(const row& of, std::vector<node_group>& groups) const;
  const shape& shape_of(const row& of) const { return shapes_[of.shape_id]; }
  // Of the shape alone, rules apart: by slot the total, or minus the rejection bits.
  std::span<const std::int32_t> find_totals(pod_id pod, const row& of);
  // What the pod's rules say, where they may refuse; else null.
  rule_trial* rules_of(const row& of) { return of.bucketed ? &trial_ : nullptr; }

  const node_columns& nodes() const { return nodes_; }
  const nominated_pods& nominated() const { return nominated_; }

  // ---- what has happened, as in engine.hpp ----
  bool node_changed(node_id node);  // true: there are more slots, and all rows start anew
  void node_used(node_id node) { nodes_.refresh(node, false); }
  void pod_bound(pod_id pod, node_id node);
  void pod_unbound(pod_id pod, node_id node);
  void waiting_pod_changed(pod_id pod);
  void waiting_pod_gone(pod_id pod);
  void object_changed(const cluster::object_reference& which);
  void objects_changed();

  void add_figures(engine_statistics& to) const;
  std::size_t memory_bytes() const;

 private:
  std::uint32_t row_limit() const;
  void drop_rows();
  void forget_rules();
  void claims_changed();

  row find_bucketed(pod_id pod, const bucket_table::question& asked, bool somewhere);
  std::optional<row> find_of_shape(const bucket_table::question& asked, bool somewhere);
  void ask_nominated(pod_id pod);
  void judge_own(pod_id pod, const bucket_table::question& asked);
  volume_table::answer ask_volumes(pod_id pod, std::uint32_t profile);

  const cluster::view view_;
  engine_options options_;
  node_columns nodes_;
  shape_table shapes_;
  static_table static_;
  nominated_pods nominated_;
  score_table rows_;
  topology_table topology_;
  pod_counters counters_;
  rule_table rules_;
  bucket_table buckets_;
  rule_trial trial_;
  volume_table volumes_;

  // Of the pod asked about.
  own_node own_;
  std::vector<bucket_table::refusal> refusals_;
  std::vector<std::uint32_t> apart_;  // slots whose nominated pods concern its rules, and its own
};

}  // namespace crosstie::schedule
