// What does not depend on a node's use: verdict, taint score, affinity score and image score of
// each (static part of a spec, node).
//
//   cells   part x node   16 bits: a class, or `rejected` and the reason
//   classes part          the distinct (taint score, affinity score, image score), few
//
// Promise: cells equal the plugins' answers for the store as of the last refresh of the part.
// Cost: a refresh costs what the nodes changed since the last one cost; the whole part where image
// scores may have changed everywhere, or too many nodes did.
// Invariants: classes are only appended while `version` stays the same.
// Thread safety: none.
#pragma once

#include <algorithm>
#include <crosstie/matrix.hpp>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "schedule/node_columns.hpp"
#include "schedule/plugin.hpp"
#include "schedule/recency.hpp"
#include "schedule/shape.hpp"

namespace crosstie::schedule {

// Why a node is refused: bits, as rows keep them.
enum rejection_bit : std::uint32_t {
  no_such_node = 1u << 0,
  node_unschedulable = 1u << 1,
  node_taint = 1u << 2,
  node_affinity_mismatch = 1u << 3,
  ports_taken = 1u << 4,
  too_many_pods = 1u << 5,
  cpu_insufficient = 1u << 6,
  memory_insufficient = 1u << 7,
  other_insufficient = 1u << 8,
  spread_violated = 1u << 9,
  affinity_violated = 1u << 10
};
inline constexpr std::uint32_t lacks_resources =
    too_many_pods | cpu_insufficient | memory_insufficient | other_insufficient;

// Of a cell that holds a total, or minus them.
inline std::uint32_t rejection_bits_of(std::int32_t total) {
  return total < 0 ? 0u - static_cast<std::uint32_t>(total) : 0u;
}

struct static_class {
  std::int64_t taints = 0, affinity = 0, images = 0;  // raw scores
  bool operator==(const static_class&) const = default;
};

// The greatest raw scores of feasible nodes, by which scores are normalised.
struct raw_maxima {
  std::int64_t taints = 0, affinity = 0;
  bool operator==(const raw_maxima&) const = default;
  void see(const static_class& feasible) {
    taints = std::max(taints, feasible.taints);
    affinity = std::max(affinity, feasible.affinity);
  }
};
// What a class adds to the total: upstream's DefaultNormalizeScore, reversed for taints; images
// come normalised.
inline std::int32_t weigh_class(const static_class& raw, const raw_maxima& most,
                                const plugin_weights& weights) {
  const std::int64_t taints = most.taints == 0 ? 100 : 100 - raw.taints * 100 / most.taints;
  const std::int64_t affinity = most.affinity == 0 ? 0 : raw.affinity * 100 / most.affinity;
  return static_cast<std::int32_t>(taints * weights.taints + affinity * weights.affinity +
                                   raw.images * weights.images);
}

class static_table {
 public:
  static constexpr std::uint16_t rejected = 0x8000;  // a cell: this and a rejection_bit
  static constexpr std::size_t most_classes = 0x7FFF;

  struct part {
    std::span<const std::uint16_t> cells;
    std::span<const static_class> classes;
    std::uint64_t version;
  };

  static_table(const cluster::store& objects, const cluster::usage_table& usage,
               cluster::pods_by_node& pods, const node_columns& nodes,
               const configuration& settings);

  // Drops everything; keeps at most `limit` parts from now on.
  void reset(std::uint32_t limit);
  // Brings the static part of the shape up to date; `pod` is any pod of that shape. Absent: more
  // classes than a cell can tell.
  std::optional<part> refresh(const shape& wanted, pod_id pod);

  std::size_t memory_bytes() const;

 private:
  struct part_state {
    std::vector<static_class> classes;
    std::uint64_t seen = 0, image_epoch = 0, version = 0;
    bool complete = false;  // false: must be computed anew
  };

  bool rebuild(part_state& state, std::span<std::uint16_t> cells, const shape& wanted, pod_id pod);
  std::uint16_t judge(part_state& state, node_id node, const shape& wanted, plugin* images) const;
  std::unique_ptr<plugin> image_scorer(const shape& wanted, pod_id pod) const;

  const cluster::store* objects_;
  const cluster::usage_table* usage_;
  cluster::pods_by_node* pods_;
  const node_columns* nodes_;
  const configuration* settings_;
  recency recent_{1};
  crosstie::matrix<std::uint16_t> cells_;
  std::vector<part_state> parts_;
  std::uint64_t next_version_ = 1;
};

}  // namespace crosstie::schedule
