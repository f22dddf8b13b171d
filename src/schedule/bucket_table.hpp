// The rows of pods with spread constraints or pod affinity: nodes that such a pod cannot tell apart
// but for their resources lie in one bucket, and verdicts and scores are found by bucket.
//
//   cells     (shape, rules) x node   uint32: bucket and resource score, or bit 31 and rejection
//   bits bucket    (group of coarse domains, static class, counts in fine domains) histogram bucket
//   x score          nodes
//
// Keys with few domains (zones) are coarse: a changed count changes no cell, only what the bucket's
// group is worth. Counts in the other keys' domains (hosts) are part of the bucket: a changed count
// moves the nodes of that domain to another bucket. Normalisation is over buckets.
//
// Promise: after refresh, `best`, `ties` and `feasible` equal the plain evaluation's.
// Cost: refresh O(changed nodes, those of their fine domains, and buckets x rules), or O(nodes)
// where too many changed or the topology did; a pick scans cells. 4 bytes for each (row, node), and
// 1 KiB for each bucket. No allocation once rows and buckets exist.
// Thread safety: none.
#pragma once

#include <crosstie/flat_map.hpp>
#include <crosstie/matrix.hpp>
#include <span>
#include <vector>

#include "schedule/domain_groups.hpp"
#include "schedule/evaluation.hpp"
#include "schedule/node_columns.hpp"
#include "schedule/node_scorer.hpp"
#include "schedule/pod_rules.hpp"
#include "schedule/recency.hpp"
#include "schedule/score_table.hpp"

namespace crosstie::schedule {

class bucket_table {
 public:
  using row = score_table::row;

  // What a row is about.
  struct question {
    std::uint32_t shape_id, rules_id;
    const shape& wanted;
    const plugin_weights& weights;
    const static_table::part& part;
    const pod_rules& rules;
  };

  bucket_table(const cluster::usage_table& usage, const node_columns& nodes,
               const nominated_pods& nominated, topology_table& topology,
               const pod_counters& counters, std::uint32_t most_groups, std::uint32_t score_bits);

  // How many bits of a cell the sum of the resource scores takes; more than most_score_bits: such
  // a profile's pods can have no row here.
  static std::uint32_t count_score_bits(const plugin_weights& weights);
  static constexpr std::uint32_t most_score_bits = 12;

  // Drops everything; keeps at most `limit` rows from now on. Numbers of rules may be other rules'.
  void reset(std::uint32_t limit);
  row refresh(const question& asked);
  // The row refreshed last, where these nodes refuse as well, for the reasons of `bits`; holds
  // until the next refresh.
  struct refusal {
    std::uint32_t slot, bits;
  };
  row narrow(const question& asked, const row& of, std::span<const refusal> nodes);

  // ---- of the row refreshed last ----
  // Is the node feasible?
  bool takes(const row& of, std::uint32_t slot) const;
  node_id nth_best(const row& of, std::uint32_t n) const;
  node_id first_best(const row& of) const;
  // Nodes that reject the shape and the rules alike; those of `apart` are groups of their own.
  void group_rejections(const row& of, const shape& wanted, std::span<const std::uint32_t> apart,
                        std::vector<node_group>& groups) const;
  std::uint32_t rejections(const row& of) const;
  template <class Visitor>
  void for_each_best(const row& of, Visitor&& visit) const {
    const std::span<const std::uint32_t> cells = cells_.row(of.slot);
    for (std::uint32_t i = 0; i < cells.size(); ++i) {
      if (is_target(cells[i])) visit(node_id{i});
    }
  }

  std::uint64_t rebuilt() const { return rebuilt_; }
  std::uint64_t replayed() const { return replayed_; }
  std::uint64_t dropped() const { return dropped_; }
  std::size_t memory_bytes() const;

 private:
  static constexpr std::uint32_t rejected = 0x80000000u;  // with the rejection bits
  static constexpr std::uint32_t no_bucket = 0xFFFFFFFFu;
  static constexpr std::int32_t lacks_key = -1;  // in place of a count

  // Where a rule finds its count: in the bucket, or by the domain that the group has of a key.
  struct source {
    bool fine;
    std::uint32_t at;  // in the tuple, or in the grouping's keys
  };
  struct shared_key {
    topology_table::key_id key;
    bool counts_missing;  // nodes that lack the label count as of the empty value
  };
  // How to read the rules' counts, as of an epoch of the topology.
  struct plan {
    std::uint64_t epoch = 0;
    std::uint32_t grouping = 0, width = 2;   // of tuples: group, class, then
    std::uint32_t flags_at = 0, sum_at = 0;  // of fine terms together; 0: there are none
    std::vector<source> hard, soft;
    std::vector<source> near, far, kept_off, scored;  // fine ones are in flags and sum
    std::vector<shared_key> shared;                   // fine, and some domain has several nodes
  };
  enum flag : std::int32_t { near_lacks_key = 1, near_nobody = 2, far_somebody = 4, kept_off = 8 };

  struct row_state {
    bool complete = false;
    std::uint64_t seen = 0, version = 0, epoch = 0;
    std::uint32_t width = 2, live = 0;     // live: buckets that nodes are in
    std::vector<std::int32_t> tuples;      // by bucket
    std::vector<std::uint32_t> nodes;      // by bucket
    std::vector<std::int32_t> top;         // by bucket: the highest score some node has; or -1
    std::vector<std::uint32_t> histogram;  // bucket x score: nodes
    std::vector<std::uint32_t> index;      // of buckets by their tuples' hash
  };
  struct task {
    const question& asked;
    const plan& how;
    const domain_groups::grouping& groups;
    row_state& state;
    std::span<std::uint32_t> cells;
  };
  struct bucket_verdict {
    std::uint32_t bucket;
    std::int64_t spread, affinity;  // raw scores
    bool ignored;                   // by soft spread
  };

  void widen();
  const plan& plan_for(const question& asked);
  void plan_sources(plan& made, const pod_rules& rules);
  std::uint32_t row_of(const question& asked);

  void rebuild(task& t);
  bool replay(task& t);
  void put(task& t, std::uint32_t slot, std::int32_t score);
  void enter(task& t, std::uint32_t slot, std::int32_t score, std::uint32_t bucket);
  void enter(row_state& state, std::uint32_t cell) const;
  void take(row_state& state, std::uint32_t cell) const;
  void read_tuple(const task& t, std::uint32_t slot);
  std::uint32_t find_known_bucket(const task& t);
  std::uint32_t find_bucket(row_state& state);
  static void grow_index(row_state& state);
  static std::uint64_t hash(std::span<const std::int32_t> tuple);

  std::int64_t count_at(const task& t, const source& from, std::uint32_t counter,
                        const std::int32_t* tuple) const;
  void judge_buckets(const task& t);
  bool meets_spread(const task& t, const std::int32_t* tuple) const;
  bool meets_affinity(const task& t, const std::int32_t* tuple) const;
  void weigh_domains(const task& t);
  std::size_t count_coarse_domains(const task& t, std::uint32_t key);
  std::size_t count_fine_domains(const task& t, topology_table::key_id key);
  void score_spread(const task& t);
  void score_affinity(const task& t);
  row choose(const task& t, std::uint32_t slot);
  bool is_target(std::uint32_t cell) const;

  const node_columns* nodes_;
  topology_table* topology_;
  const pod_counters* counters_;
  node_scorer scorer_;
  domain_groups groups_;
  std::uint32_t score_bits_;  // of a cell; the bucket has the rest
  recency recent_{1};
  crosstie::flat_map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> row_keys_;
  crosstie::matrix<std::uint32_t> cells_;
  std::vector<row_state> rows_;
  std::vector<plan> plans_;  // by number of the rules

  // What narrow() did to a row: to be undone before the row is asked again.
  std::uint32_t narrowed_row_ = 0;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> narrowed_cells_;  // slot, cell

  // Scratch, of the question asked last.
  std::vector<std::int32_t> tuple_, scores_;
  std::vector<std::uint32_t> known_buckets_;      // while a row is rebuilt
  std::vector<std::int64_t> lowest_;              // of hard rules
  std::vector<double> domain_weights_;            // of soft rules
  std::vector<bucket_verdict> fitting_;           // buckets whose nodes are feasible
  std::vector<std::int32_t> totals_;              // of the best nodes of each of them
  std::vector<std::uint32_t> domains_, targets_;  // targets: cells that have the best total
  std::vector<std::uint8_t> counted_buckets_, marks_;
  std::uint32_t feasible_ = 0, ignored_ = 0, bucket_rejections_ = 0;
  bool nobody_near_ = false;  // no pod anywhere that all near terms select
  std::uint64_t rebuilt_ = 0, replayed_ = 0, dropped_ = 0;
};

}  // namespace crosstie::schedule
