#include "schedule/victim_table.hpp"

#include <algorithm>

#include "schedule/static_table.hpp"

namespace crosstie::schedule {

void victim_table::reset(std::size_t bytes) {
  const std::size_t each = std::max<std::size_t>(nodes_->slots(), 1) * sizeof(clearing);
  recent_.reset(static_cast<std::uint32_t>(std::clamp<std::size_t>(bytes / each, 1, 1u << 16)));
  rows_.clear();
}

victim_table::row victim_table::refresh(std::uint32_t shape_id, const shape& wanted,
                                        std::span<const std::int32_t> totals) {
  const auto [slot, fresh] = recent_.touch(shape_id);
  if (slot == rows_.size()) rows_.emplace_back();
  row_state& state = rows_[slot];
  const change_log& changes = nodes_->use_changes();
  if (fresh || !state.complete || state.epoch != epoch_ || !changes.reaches(state.seen)) {
    state.cells.assign(nodes_->slots(), {});
    state.bests.assign(nodes_->blocks(), {});
    state.odd = 0;
    for (std::uint32_t node = 0; node < nodes_->slots(); ++node) judge(state, wanted, totals, node);
    for (std::uint32_t block = 0; block < nodes_->blocks(); ++block) summarise(state, block);
  } else {
    dirty_.clear();
    changes.since(state.seen, [&](node_id node) { dirty_.push_back(cluster::index(node)); });
    std::ranges::sort(dirty_);
    dirty_.erase(std::ranges::unique(dirty_).begin(), dirty_.end());
    for (const std::uint32_t node : dirty_) judge(state, wanted, totals, node);
    std::uint32_t done = nodes_->blocks();
    for (const std::uint32_t node : dirty_) {
      const std::uint32_t block = node / nodes_->block_nodes();
      if (block != done) summarise(state, block);
      done = block;
    }
  }
  state.seen = changes.head();
  state.epoch = epoch_;
  state.complete = true;
  return {state.cells, state.bests, state.odd > 0};
}

void victim_table::judge(row_state& state, const shape& wanted,
                         std::span<const std::int32_t> totals, std::uint32_t slot) {
  clearing& cell = state.cells[slot];
  state.odd -= cell.what == clearing::outcome::odd;
  const std::uint32_t bits = rejection_bits_of(totals[slot]);
  cell = trial_->run(wanted, node_id{slot}, bits, cluster::no_pod);
  state.odd += cell.what == clearing::outcome::odd;
}

void victim_table::summarise(row_state& state, std::uint32_t block) const {
  const auto cells =
      std::span(state.cells).subspan(block * nodes_->block_nodes(), nodes_->block_nodes());
  state.bests[block] = *std::ranges::min_element(cells, {}, &clearing::rank);
}

std::size_t victim_table::memory_bytes() const {
  std::size_t bytes = recent_.memory_bytes() + rows_.capacity() * sizeof(row_state);
  for (const row_state& state : rows_) {
    bytes += (state.cells.capacity() + state.bests.capacity()) * sizeof(clearing);
  }
  return bytes;
}

}  // namespace crosstie::schedule
