#include "schedule/domain_groups.hpp"

#include <algorithm>
#include <utility>

namespace crosstie::schedule {

std::uint32_t domain_groups::plan(std::vector<topology_table::key_id> keys) {
  std::ranges::sort(keys);
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  std::ranges::sort(keys, {},
                    [&](auto key) { return std::pair(topology_->domain_count(key), key); });
  // Some nodes may lack the key, which makes a group more than there are domains.
  while (!keys.empty() && topology_->domain_count(keys.back()) > most_groups_) keys.pop_back();
  for (;; keys.pop_back()) {
    auto found = std::ranges::find(groupings_, keys, &grouping::keys);
    if (found == groupings_.end()) {
      groupings_.emplace_back().keys = keys;
      found = groupings_.end() - 1;
    }
    if (make(*found)) return static_cast<std::uint32_t>(found - groupings_.begin());
  }
}

// False where there are too many groups.
bool domain_groups::make(grouping& made) const {
  if (made.epoch == topology_->epoch()) return made.count <= most_groups_ || made.keys.empty();
  made.epoch = topology_->epoch();
  made.domains.clear();
  made.count = 0;
  made.group_of.assign(topology_->slots(), 0);
  const std::size_t width = made.keys.size();
  if (width == 0) {
    made.count = 1;
    return true;
  }
  std::vector<std::uint32_t> tuple(width);
  for (std::uint32_t slot = 0; slot < topology_->slots(); ++slot) {
    if (!topology_->alive(slot)) continue;
    for (std::size_t k = 0; k < width; ++k) tuple[k] = topology_->domain_of(made.keys[k], slot);
    std::uint32_t group = 0;
    while (group < made.count &&
           !std::equal(tuple.begin(), tuple.end(),
                       made.domains.begin() + static_cast<std::ptrdiff_t>(group * width))) {
      ++group;
    }
    if (group == made.count) {
      ++made.count;
      if (made.count > most_groups_) return false;
      made.domains.insert(made.domains.end(), tuple.begin(), tuple.end());
    }
    made.group_of[slot] = static_cast<std::uint16_t>(group);
  }
  return true;
}

std::size_t domain_groups::memory_bytes() const {
  std::size_t bytes = 0;
  for (const grouping& each : groupings_) {
    bytes += sizeof each + each.group_of.capacity() * sizeof(std::uint16_t) +
             (each.domains.capacity() + each.keys.capacity()) * sizeof(std::uint32_t);
  }
  return bytes;
}

}  // namespace crosstie::schedule
