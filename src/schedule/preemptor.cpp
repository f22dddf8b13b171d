#include "schedule/preemptor.hpp"

#include <algorithm>

#include "schedule/preemption.hpp"
#include "schedule/static_table.hpp"

namespace crosstie::schedule {

using outcome = clearing::outcome;

std::uint32_t preemptor::bits_of(const question& asked, node_id node) const {
  if (node == asked.own) return asked.own_bits;
  return rejection_bits_of(asked.totals[cluster::index(node)]);
}

bool preemptor::find(const question& asked, room& found) {
  if (!trial_.understands(asked.wanted)) return false;
  clearing own;
  if (asked.own != cluster::no_node) {
    own = trial_.run(asked.wanted, asked.own, asked.own_bits, asked.pod, asked.rules);
    if (own.what == outcome::odd) return false;
  }
  found.ineligible = find_ineligibility(view_, asked.pod, own.what == outcome::hopeless);
  if (!found.ineligible.empty() || !asked.finds_lower) return true;
  const victim_table::row row = table_.refresh(asked.shape_id, asked.wanted, asked.totals);
  if (asked.own == cluster::no_node && asked.rules == nullptr) {
    if (!row.odd) collect_best(row, found);
    return !row.odd;
  }
  const std::span<const clearing> cells = tailor(asked, row.cells);
  const clearing best = *std::ranges::min_element(cells, {}, &clearing::rank);
  for (std::uint32_t slot = 0; slot < cells.size(); ++slot) {
    if (cells[slot].what == outcome::odd) return false;
    if (cells[slot].what == outcome::cleared && cells[slot].rank() == best.rank()) {
      found.best.push_back(node_id{slot});
    }
  }
  return true;
}

void preemptor::collect_best(const victim_table::row& row, room& found) {
  const clearing best = *std::ranges::min_element(row.bests, {}, &clearing::rank);
  if (best.what != outcome::cleared) return;
  const std::size_t block = row.cells.size() / row.bests.size();
  for (std::size_t b = 0; b < row.bests.size(); ++b) {
    if (row.bests[b].rank() != best.rank()) continue;
    for (std::size_t i = b * block; i < (b + 1) * block; ++i) {
      if (row.cells[i].rank() == best.rank()) {
        found.best.push_back(node_id{static_cast<std::uint32_t>(i)});
      }
    }
  }
}

// What it takes to clear every node for this very pod.
std::span<const clearing> preemptor::tailor(const question& asked,
                                            std::span<const clearing> cells) {
  if (asked.own == cluster::no_node && asked.rules == nullptr) return cells;
  tailored_.assign(cells.begin(), cells.end());
  if (asked.rules != nullptr) {
    asked.rules->mark_touched();
    for (std::uint32_t slot = 0; slot < cells.size(); ++slot) {
      tailored_[slot] = judge_rules(asked, node_id{slot}, cells[slot]);
    }
  }
  if (asked.own != cluster::no_node) {
    tailored_[cluster::index(asked.own)] =
        trial_.run(asked.wanted, asked.own, asked.own_bits, asked.pod, asked.rules);
  }
  return tailored_;
}

// `cell` is of the shape alone. Where the rules see none of the pods that may leave, their verdict
// stays what it is.
clearing preemptor::judge_rules(const question& asked, node_id node, clearing cell) {
  if (cell.what == outcome::hopeless || cell.what == outcome::crowded) return cell;
  const std::uint32_t slot = cluster::index(node), bits = bits_of(asked, node);
  if (asked.rules->is_touched(slot)) {
    return trial_.run(asked.wanted, node, bits, asked.pod, asked.rules);
  }
  if (cell.what == outcome::no_victims && bits != 0) return cell;
  asked.rules->look_at(slot);
  const rule_trial::answer why = asked.rules->judge();
  if (why == rule_trial::answer::fits) return cell;
  if (bits == 0 && rule_trial::lasts(why)) return {};
  if (cell.what == outcome::no_victims) return cell;
  return {.what = outcome::crowded, .lacking = victim_trial::lacking_of(why)};
}

void preemptor::choose(const question& asked, node_id node, room& found) {
  trial_.run(asked.wanted, node, bits_of(asked, node), asked.pod, asked.rules);
  found.node = node;
  found.victims.assign(trial_.victims().begin(), trial_.victims().end());
}

no_room preemptor::describe(const question& asked) {
  const victim_table::row row = table_.refresh(asked.shape_id, asked.wanted, asked.totals);
  const std::span<const clearing> cells = tailor(asked, row.cells);
  no_room told;
  groups_.clear();
  std::vector<std::uint32_t> lacking;  // of each group
  for (std::uint32_t slot = 0; slot < cells.size(); ++slot) {
    const clearing& cell = cells[slot];
    told.without_victims += cell.what == outcome::no_victims;
    if (cell.what != outcome::crowded) continue;
    const auto known = std::ranges::find(lacking, cell.lacking);
    const auto group = static_cast<std::size_t>(known - lacking.begin());
    if (known == lacking.end()) {
      lacking.push_back(cell.lacking);
      groups_.push_back({node_id{slot}, 0});
    }
    ++groups_[group].nodes;
  }
  told.crowded = groups_;
  return told;
}

}  // namespace crosstie::schedule
