#include "schedule/node_scorer.hpp"

#include <algorithm>

#include "cluster/wrapping.hpp"

namespace crosstie::schedule {

node_scorer::node_scorer(const cluster::usage_table& usage, const node_columns& nodes,
                         const nominated_pods& nominated)
    : usage_(&usage), nodes_(&nodes), nominated_(&nominated) {}

void node_scorer::reset() { refusals_.assign(nodes_->block_nodes(), 0); }

void node_scorer::score_block(const shape& wanted, const plugin_weights& weights,
                              const static_table::part& part, std::uint32_t block,
                              std::int32_t* totals) {
  const std::uint32_t count = nodes_->block_nodes(), slot = block * count;
  score_input in =
      input_of(wanted, weights, part, nodes_->first_column() + slot, nodes_->column_stride(), slot);
  in.refusals = find_refusals(wanted, part, slot, count);
  score_nodes(in, count, totals);
}

std::int32_t node_scorer::score_node(const shape& wanted, const plugin_weights& weights,
                                     const static_table::part& part, std::uint32_t slot) {
  score_input in = input_of(wanted, weights, part, nodes_->of(slot), 1, slot);
  in.refusals = find_refusals(wanted, part, slot, 1);
  std::int32_t total = 0;
  score_nodes_plainly(in, 1, &total);
  return total;
}

// `columns` holds the first node's number of each column, `stride` cells apart.
score_input node_scorer::input_of(const shape& wanted, const plugin_weights& weights,
                                  const static_table::part& part, const double* columns,
                                  std::size_t stride, std::uint32_t slot) const {
  const auto column = [&](node_columns::column c) { return columns + c * stride; };
  return {.cpu_allocatable = column(node_columns::cpu_allocatable),
          .memory_allocatable = column(node_columns::memory_allocatable),
          .cpu_free = column(node_columns::cpu_free),
          .memory_free = column(node_columns::memory_free),
          .cpu_requested = column(node_columns::cpu_requested),
          .memory_requested = column(node_columns::memory_requested),
          .cpu_nonzero = column(node_columns::cpu_nonzero),
          .memory_nonzero = column(node_columns::memory_nonzero),
          .pods_free = column(node_columns::pods_free),
          .cpu_inverse = column(node_columns::cpu_inverse),
          .memory_inverse = column(node_columns::memory_inverse),
          .balance = nodes_->balance() + slot,
          .cells = part.cells.data() + slot,
          .refusals = nullptr,
          .cpu_needed = wanted.cpu_needed,
          .memory_needed = wanted.memory_needed,
          .cpu_scored = wanted.cpu_scored,
          .memory_scored = wanted.memory_scored,
          .cpu_weight = weights.fit_cpu,
          .memory_weight = weights.fit_memory,
          .fit_weight = weights.fit,
          .balance_weight = wanted.best_effort ? 0 : weights.balance,
          .large = nodes_->large()};
}

// Ports, resources other than cpu and memory, and what nominated pods leave; null where none of
// them can matter.
const std::int32_t* node_scorer::find_refusals(const shape& wanted, const static_table::part& part,
                                               std::uint32_t first, std::uint32_t count) {
  if (wanted.others.empty() && !wanted.has_ports && nominated_->empty()) return nullptr;
  std::fill_n(refusals_.begin(), count, 0);
  for (const cluster::resource_request& request : wanted.others) {
    const std::span<const std::int64_t> all = usage_->allocatable(request.resource),
                                        used = usage_->requested(request.resource);
    const auto known = static_cast<std::uint32_t>(std::min(all.size(), used.size()));
    for (std::uint32_t i = 0; i < count; ++i) {
      const std::int64_t left =
          first + i < known ? cluster::wrapping_subtract(all[first + i], used[first + i]) : 0;
      refusals_[i] |= request.amount > left ? std::int32_t{other_insufficient} : 0;
    }
  }
  if (wanted.has_ports) {
    const cluster::pod_demand& demand = usage_->demand(wanted.spec);
    for (std::uint32_t i = 0; i < count; ++i) {
      if (part.cells[first + i] & static_table::rejected) continue;
      if (usage_->ports_conflict(demand, node_id{first + i})) refusals_[i] |= ports_taken;
    }
  }
  for (std::uint32_t i = 0; i < count && !nominated_->empty(); ++i) {
    if (nominated_->at(first + i).empty()) continue;
    refusals_[i] |= static_cast<std::int32_t>(nominated_->refuse(wanted, first + i));
  }
  return refusals_.data();
}

// Which resources the node has too little left of (low half), and too little at all (high half);
// where a half is too small for that, a number that no other node has.
std::uint32_t node_scorer::find_lacking(const shape& wanted, std::uint32_t slot) const {
  const std::span<const cluster::resource_request> requests = usage_->demand(wanted.spec).requested;
  if (requests.size() > 16) return slot;
  std::uint32_t lacking = 0;
  for (std::uint32_t i = 0; i < requests.size(); ++i) {
    const std::span<const std::int64_t> all = usage_->allocatable(requests[i].resource),
                                        used = usage_->requested(requests[i].resource);
    const bool known = slot < std::min(all.size(), used.size());
    const std::int64_t taken = nominated_->amount_at(slot, requests[i].resource, wanted.priority);
    const std::int64_t most = known ? all[slot] : 0;
    const std::int64_t free = known ? cluster::wrapping_subtract(most, used[slot]) : 0;
    const std::int64_t left = known ? cluster::wrapping_subtract(free, taken) : 0;
    if (requests[i].amount > left) lacking |= 1u << i;
    if (requests[i].amount > most) lacking |= 0x10000u << i;
  }
  return lacking;
}

}  // namespace crosstie::schedule
