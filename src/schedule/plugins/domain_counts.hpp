// How many matching pods each topology domain has, and the smallest of these counts.
//
// Promise: minimum() and size() cover the domains seen so far, also those with no pods.
// Cost: add is O(log distinct counts), the rest O(1).
// Thread safety: none.
#pragma once

#include <cassert>
#include <crosstie/flat_map.hpp>
#include <cstdint>
#include <limits>
#include <map>

#include "cluster/names.hpp"

namespace crosstie::schedule::plugins {

class domain_counts {
 public:
  // Adds to a domain's count; the domain is known from now on, also where `change` is 0.
  void add(cluster::name_id domain, std::int64_t change) {
    const auto [entry, added] = counts_.try_emplace(domain, 0);
    if (!added) forget(entry->second);
    entry->second += change;
    ++domains_with_[entry->second];
  }

  std::int64_t count(cluster::name_id domain) const {
    const std::int64_t* found = counts_.find_value(domain);
    return found ? *found : 0;
  }

  std::size_t size() const { return counts_.size(); }

  // Upstream's "infinite" count where there is no domain at all.
  std::int64_t minimum() const {
    return domains_with_.empty() ? std::numeric_limits<std::int32_t>::max()
                                 : domains_with_.begin()->first;
  }

 private:
  void forget(std::int64_t count) {
    const auto found = domains_with_.find(count);
    assert(found != domains_with_.end());
    if (--found->second == 0) domains_with_.erase(found);
  }

  crosstie::flat_map<cluster::name_id, std::int64_t> counts_;
  std::map<std::int64_t, std::uint32_t> domains_with_;  // count -> number of domains that have it
};

}  // namespace crosstie::schedule::plugins
