// Nodes in groups: those of a group have the same domain of each of some keys with few domains.
//
// Promise: plan(keys) chooses as many of the keys, fewest domains first, as give no more than
// `most_groups` groups; the group of a node tells its domain of each key chosen.
// Cost: a plan is made anew, in O(nodes), only where the topology has changed since.
// Thread safety: none.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "schedule/topology_table.hpp"

namespace crosstie::schedule {

class domain_groups {
 public:
  struct grouping {
    std::vector<topology_table::key_id> keys;
    std::vector<std::uint16_t> group_of;  // by slot
    std::vector<std::uint32_t> domains;   // group x key, with the bit `missing`
    std::uint32_t count = 0;
    std::uint64_t epoch = 0;

    std::uint32_t domain(std::uint32_t group, std::size_t key) const {
      return domains[group * keys.size() + key];
    }
  };

  domain_groups(const topology_table& topology, std::uint32_t most_groups)
      : topology_(&topology), most_groups_(most_groups) {}

  void reset() { groupings_.clear(); }
  // The number of the grouping by those of the keys that can be chosen.
  std::uint32_t plan(std::vector<topology_table::key_id> keys);
  const grouping& operator[](std::uint32_t number) const { return groupings_[number]; }
  std::size_t memory_bytes() const;

 private:
  bool make(grouping& made) const;

  const topology_table* topology_;
  std::uint32_t most_groups_;
  std::vector<grouping> groupings_;  // few
};

}  // namespace crosstie::schedule
