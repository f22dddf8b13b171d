#include "schedule/score_table.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <crosstie/flat_map.hpp>
#include <limits>

namespace crosstie::schedule {

score_table::score_table(const cluster::usage_table& usage, const node_columns& nodes,
                         const nominated_pods& nominated, bool by_name)
    : nodes_(&nodes), scorer_(usage, nodes, nominated), by_name_(by_name) {}

void score_table::reset(std::uint32_t limit) {
  recent_.reset(limit);
  totals_ = crosstie::matrix<std::int32_t>(0, nodes_->slots());
  classes_ = crosstie::matrix<std::uint16_t>(0, nodes_->slots());
  maxima_ = crosstie::matrix<std::int32_t>(0, nodes_->blocks());
  tie_counts_ = crosstie::matrix<std::uint32_t>(0, nodes_->blocks());
  first_slots_ = crosstie::matrix<std::uint32_t>(0, by_name_ ? nodes_->blocks() : 0);
  rows_.clear();
  scorer_.reset();
  dirty_.assign(nodes_->blocks() / 64 + 1, 0);
}

score_table::row score_table::refresh(std::uint32_t shape_id, const shape& wanted,
                                      const plugin_weights& weights,
                                      const static_table::part& part) {
  const auto [slot, fresh] = recent_.touch(shape_id);
  if (slot == rows_.size()) {
    rows_.emplace_back();
    totals_.resize_rows(slot + 1);
    classes_.resize_rows(slot + 1);
    maxima_.resize_rows(slot + 1);
    tie_counts_.resize_rows(slot + 1);
    first_slots_.resize_rows(slot + 1);
  } else if (fresh) {
    ++dropped_;
  }
  row_state& state = rows_[slot];
  if (fresh) state.complete = false;
  task t{state, totals_.row(slot), classes_.row(slot), slot, wanted, weights, part};
  const change_log& changes = nodes_->use_changes();
  if (state.complete && state.version == part.version && changes.reaches(state.seen) &&
      changes.missed(state.seen) <= nodes_->slots() / 10 + 1) {
    replay(t);
  } else {
    rebuild(t);
  }

  row result{slot, state.feasible, std::numeric_limits<std::int32_t>::min(), 0, false};
  const std::span<const std::int32_t> maxima = maxima_.row(slot);
  for (const std::int32_t maximum : maxima) result.best = std::max(result.best, maximum);
  if (result.best < 0) return result;
  const std::span<const std::uint32_t> counts = tie_counts_.row(slot);
  for (std::uint32_t block = 0; block < maxima.size(); ++block) {
    result.ties += maxima[block] == result.best ? counts[block] : 0;
  }
  return result;
}

score_table::row score_table::narrow(const row& of, std::span<const std::uint8_t> refused,
                                     const plugin_weights& weights,
                                     const static_table::part& part) {
  const row_state& state = rows_[of.slot];
  const std::span<const std::int32_t> totals = totals_.row(of.slot);
  const std::span<const std::uint16_t> classes = classes_.row(of.slot);
  left_.assign(state.counts.begin(), state.counts.end());
  for (std::uint32_t i = 0; i < totals.size(); ++i) {
    if (refused[i] && classes[i] != infeasible) --left_[classes[i]];
  }
  raw_maxima most;
  for (std::size_t c = 0; c < left_.size(); ++c) {
    if (left_[c] != 0) most.see(part.classes[c]);
  }
  // What the totals of a class change by where the maxima are others now.
  shifts_.resize(left_.size());
  for (std::size_t c = 0; c < left_.size(); ++c) {
    shifts_[c] = weigh_class(part.classes[c], most, weights) - state.class_scores[c];
  }
  row result{of.slot, 0, std::numeric_limits<std::int32_t>::min(), 0, true};
  narrowed_.assign(totals.size(), -1);
  for (std::uint32_t i = 0; i < totals.size(); ++i) {
    if (refused[i] || classes[i] == infeasible) continue;
    ++result.feasible;
    narrowed_[i] = totals[i] + shifts_[classes[i]];
    result.best = std::max(result.best, narrowed_[i]);
  }
  result.ties = static_cast<std::uint32_t>(
      result.feasible == 0 ? 0 : std::ranges::count(narrowed_, result.best));
  return result;
}

node_id score_table::nth_best(const row& of, std::uint32_t n) const {
  if (of.narrowed) {
    node_id nth = cluster::no_node;
    for_each_best(of, [&](node_id node) {
      if (n-- == 0) nth = node;
    });
    return nth;
  }
  const std::span<const std::int32_t> maxima = maxima_.row(of.slot), totals = totals_.row(of.slot);
  const std::span<const std::uint32_t> counts = tie_counts_.row(of.slot);
  for (std::uint32_t block = 0; block < maxima.size(); ++block) {
    if (maxima[block] != of.best) continue;
    if (n >= counts[block]) {
      n -= counts[block];
      continue;
    }
    for (std::uint32_t slot = block * nodes_->block_nodes();; ++slot) {
      if (totals[slot] == of.best && n-- == 0) return node_id{slot};
    }
  }
  assert(!"fewer ties than counted");
  return cluster::no_node;
}

node_id score_table::first_best(const row& of) const {
  node_id first = cluster::no_node;
  if (of.narrowed) {
    for_each_best(of, [&](node_id node) { first = nodes_->first_by_name(first, node); });
    return first;
  }
  const std::span<const std::int32_t> maxima = maxima_.row(of.slot);
  const std::span<const std::uint32_t> firsts = first_slots_.row(of.slot);
  for (std::uint32_t block = 0; block < maxima.size(); ++block) {
    if (maxima[block] == of.best) first = nodes_->first_by_name(first, node_id{firsts[block]});
  }
  return first;
}

std::uint32_t score_table::rejections(const row& of, node_id except) const {
  const std::span<const std::int32_t> all = totals_.row(of.slot);
  const auto unite = [](std::span<const std::int32_t> totals) {
    std::uint32_t bits = 0;
    for (const std::int32_t total : totals)
      bits |= static_cast<std::uint32_t>(total < 0 ? -total : 0);
    return bits;
  };
  const std::size_t apart = std::min<std::size_t>(cluster::index(except), all.size());
  return unite(all.first(apart)) | unite(all.subspan(std::min(apart + 1, all.size())));
}

void score_table::group_rejections(const row& of, const shape& wanted, node_id apart,
                                   std::vector<node_group>& groups) const {
  groups.clear();
  crosstie::flat_map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> known;
  const std::span<const std::int32_t> totals = totals_.row(of.slot);
  for (std::uint32_t slot = 0; slot < totals.size(); ++slot) {
    const auto bits = static_cast<std::uint32_t>(-totals[slot]);
    if (bits & no_such_node) continue;
    if (node_id{slot} == apart) {
      groups.push_back({apart, 1});
      continue;
    }
    const std::uint32_t lacking = bits >= cpu_insufficient ? scorer_.find_lacking(wanted, slot) : 0;
    const auto [group, fresh] =
        known.try_emplace(std::pair(bits, lacking), static_cast<std::uint32_t>(groups.size()));
    if (fresh) groups.push_back({node_id{slot}, 0});
    ++groups[group->second].nodes;
  }
}

std::size_t score_table::memory_bytes() const {
  std::size_t bytes = totals_.memory_bytes() + classes_.memory_bytes() + maxima_.memory_bytes() +
                      tie_counts_.memory_bytes() + first_slots_.memory_bytes() +
                      recent_.memory_bytes() + rows_.capacity() * sizeof(row_state);
  for (const row_state& state : rows_) {
    bytes += state.counts.capacity() * sizeof(std::uint32_t) +
             state.class_scores.capacity() * sizeof(std::int32_t);
  }
  return bytes + (narrowed_.capacity() + shifts_.capacity()) * sizeof(std::int32_t) +
         left_.capacity() * sizeof(std::uint32_t);
}

// ---- computing ------------------------------------------------------------------------------

void score_table::rebuild(task& t) {
  ++rebuilt_;
  row_state& state = t.state;
  state.seen = nodes_->use_changes().head();
  state.version = t.part.version;
  state.complete = true;
  state.feasible = 0;
  state.counts.assign(t.part.classes.size(), 0);
  weigh_classes(t);  // by the maxima of before, which are mostly those of after
  const std::uint32_t step = nodes_->block_nodes();
  for (std::uint32_t block = 0; block < nodes_->blocks(); ++block) {
    const std::uint32_t slot = block * step;
    scorer_.score_block(t.wanted, t.weights, t.part, block, t.totals.data() + slot);
    add_classes(t, slot, step);
    summarise(t, block);
  }
  normalise(t);
}

// Gives the nodes from `slot` on their class and what it adds to the total.
void score_table::add_classes(task& t, std::uint32_t slot, std::uint32_t count) const {
  row_state& state = t.state;
  if (t.part.classes.size() == 1) {
    const std::int32_t score = state.class_scores[0];
    std::uint32_t feasible = 0;
    for (std::uint32_t i = slot; i < slot + count; ++i) {
      const bool fits = t.totals[i] >= 0;
      t.classes[i] = fits ? 0 : infeasible;
      t.totals[i] += fits ? score : 0;
      feasible += fits;
    }
    state.counts[0] += feasible;
    state.feasible += feasible;
    return;
  }
  for (std::uint32_t i = slot; i < slot + count; ++i) {
    if (t.totals[i] < 0) {
      t.classes[i] = infeasible;
      continue;
    }
    const std::uint16_t c = t.part.cells[i];
    t.classes[i] = c;
    t.totals[i] += state.class_scores[c];
    ++state.counts[c];
    ++state.feasible;
  }
}

void score_table::replay(task& t) {
  row_state& state = t.state;
  const change_log& changes = nodes_->use_changes();
  if (changes.missed(state.seen) == 0) return;
  if (state.counts.size() < t.part.classes.size()) {
    state.counts.resize(t.part.classes.size(), 0);
    weigh_classes(t);
  }
  const std::uint32_t step = nodes_->block_nodes();
  changes.since(state.seen, [&](node_id node) {
    const std::uint32_t slot = cluster::index(node), block = slot / step;
    if (t.classes[slot] != infeasible) {
      --state.counts[t.classes[slot]];
      --state.feasible;
    }
    t.totals[slot] = scorer_.score_node(t.wanted, t.weights, t.part, slot);
    add_classes(t, slot, 1);
    dirty_[block / 64] |= std::uint64_t{1} << (block % 64);
  });
  replayed_ += changes.missed(state.seen);
  state.seen = changes.head();
  for (std::uint32_t word = 0; word < dirty_.size(); ++word) {
    for (; dirty_[word] != 0; dirty_[word] &= dirty_[word] - 1) {
      summarise(t, word * 64 + static_cast<std::uint32_t>(std::countr_zero(dirty_[word])));
    }
  }
  normalise(t);
}

// Mends all totals where the maxima of raw scores over feasible nodes have changed.
void score_table::normalise(task& t) {
  row_state& state = t.state;
  const raw_maxima most = find_maxima(t);
  if (most == state.most) return;
  state.most = most;
  former_scores_.assign(state.class_scores.begin(), state.class_scores.end());
  weigh_classes(t);
  for (std::uint32_t i = 0; i < t.totals.size(); ++i) {
    const std::uint16_t c = t.classes[i];
    if (c != infeasible) t.totals[i] += state.class_scores[c] - former_scores_[c];
  }
  for (std::uint32_t block = 0; block < nodes_->blocks(); ++block) summarise(t, block);
}

raw_maxima score_table::find_maxima(const task& t) const {
  raw_maxima most;
  for (std::size_t c = 0; c < t.state.counts.size(); ++c) {
    if (t.state.counts[c] != 0) most.see(t.part.classes[c]);
  }
  return most;
}

void score_table::weigh_classes(task& t) const {
  t.state.class_scores.resize(t.state.counts.size());
  for (std::size_t c = 0; c < t.state.class_scores.size(); ++c) {
    t.state.class_scores[c] = weigh_class(t.part.classes[c], t.state.most, t.weights);
  }
}

void score_table::summarise(const task& t, std::uint32_t block) {
  const std::uint32_t first = block * nodes_->block_nodes();
  const std::int32_t* totals = t.totals.data() + first;
  std::int32_t most = totals[0];
  for (std::uint32_t i = 1; i < nodes_->block_nodes(); ++i) most = std::max(most, totals[i]);
  std::uint32_t count = 0;
  for (std::uint32_t i = 0; i < nodes_->block_nodes(); ++i) count += totals[i] == most;
  maxima_(t.slot, block) = most;
  tie_counts_(t.slot, block) = count;
  if (!by_name_) return;
  std::uint32_t smallest = first;
  bool found = false;
  for (std::uint32_t i = 0; i < nodes_->block_nodes(); ++i) {
    if (totals[i] != most) continue;
    if (!found || nodes_->rank(first + i) < nodes_->rank(smallest)) smallest = first + i;
    found = true;
  }
  first_slots_(t.slot, block) = smallest;
}

}  // namespace crosstie::schedule
