#include "schedule/preemptor.hpp"

#include <algorithm>

#include "schedule/preemption.hpp"
#include "schedule/static_table.hpp"

namespace crosstie::schedule {

using outcome = clearing::outcome;

std::uint32_t preemptor::bits_of(const question& asked, node_id node) const {
  if (node == asked.own) return asked.own_bits;
  return 0u - static_cast<std::uint32_t>(asked.totals[cluster::index(node)]);
}

bool preemptor::find(const question& asked, room& found) {
  if (!trial_.understands(asked.wanted)) return false;
  clearing own;
  if (asked.own != cluster::no_node) {
    own = trial_.run(asked.wanted, asked.own, asked.own_bits, asked.pod);
    if (own.what == outcome::odd) return false;
  }
  found.ineligible = find_ineligibility(view_, asked.pod, own.what == outcome::hopeless);
  if (!found.ineligible.empty() || !asked.finds_lower) return true;
  const victim_table::row row = table_.refresh(asked.shape_id, asked.wanted, asked.totals);
  if (row.odd) return false;
  if (asked.own == cluster::no_node) {
    const clearing best = *std::ranges::min_element(row.bests, {}, &clearing::rank);
    if (best.what != outcome::cleared) return true;
    const std::size_t block = row.cells.size() / row.bests.size();
    for (std::size_t b = 0; b < row.bests.size(); ++b) {
      if (row.bests[b].rank() != best.rank()) continue;
      for (std::size_t i = b * block; i < (b + 1) * block; ++i) {
        if (row.cells[i].rank() == best.rank()) {
          found.best.push_back(node_id{static_cast<std::uint32_t>(i)});
        }
      }
    }
    return true;
  }
  clearing best = own;
  visit_cells(asked, row.cells, [&](node_id, const clearing& cell) {
    if (cell.rank() < best.rank()) best = cell;
  });
  if (best.what != outcome::cleared) return true;
  visit_cells(asked, row.cells, [&](node_id node, const clearing& cell) {
    if (cell.rank() == best.rank()) found.best.push_back(node);
  });
  return true;
}

// Every node with what it takes to clear it for this very pod.
template <class Visitor>
void preemptor::visit_cells(const question& asked, std::span<const clearing> cells,
                            Visitor&& visit) {
  for (std::uint32_t slot = 0; slot < cells.size(); ++slot) {
    const node_id node{slot};
    if (node == asked.own) {
      visit(node, trial_.run(asked.wanted, node, asked.own_bits, asked.pod));
    } else {
      visit(node, cells[slot]);
    }
  }
}

void preemptor::choose(const question& asked, node_id node, room& found) {
  trial_.run(asked.wanted, node, bits_of(asked, node), asked.pod);
  found.node = node;
  found.victims.assign(trial_.victims().begin(), trial_.victims().end());
}

no_room preemptor::describe(const question& asked) {
  const victim_table::row row = table_.refresh(asked.shape_id, asked.wanted, asked.totals);
  no_room told;
  groups_.clear();
  std::vector<std::uint32_t> lacking;  // of each group
  visit_cells(asked, row.cells, [&](node_id node, const clearing& cell) {
    told.without_victims += cell.what == outcome::no_victims;
    if (cell.what != outcome::crowded) return;
    const auto known = std::ranges::find(lacking, cell.lacking);
    const auto group = static_cast<std::size_t>(known - lacking.begin());
    if (known == lacking.end()) {
      lacking.push_back(cell.lacking);
      groups_.push_back({node, 0});
    }
    ++groups_[group].nodes;
  });
  told.crowded = groups_;
  return told;
}

}  // namespace crosstie::schedule
