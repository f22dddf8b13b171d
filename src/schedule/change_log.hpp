// Which nodes changed, in order, for readers that each catch up from where they were.
//
// Promise: since(seen) are all nodes noted after `seen`, unless the ring holds fewer than were
// noted.
// Cost: O(1) to note; no allocation after construction.
// Thread safety: none.
#pragma once

#include <bit>
#include <cstdint>
#include <vector>

#include "cluster/names.hpp"

namespace crosstie::schedule {

class change_log {
 public:
  explicit change_log(std::size_t capacity = 1) : ring_(std::bit_ceil(capacity)) {}

  void note(cluster::node_id node) { ring_[head_++ & (ring_.size() - 1)] = node; }
  // The number of the next note; what a reader that has seen everything keeps.
  std::uint64_t head() const { return head_; }
  std::uint64_t missed(std::uint64_t seen) const { return head_ - seen; }
  bool reaches(std::uint64_t seen) const { return missed(seen) <= ring_.size(); }
  template <class Visitor>
  void since(std::uint64_t seen, Visitor&& visit) const {
    for (std::uint64_t i = seen; i != head_; ++i) visit(ring_[i & (ring_.size() - 1)]);
  }
  std::size_t memory_bytes() const { return ring_.capacity() * sizeof(cluster::node_id); }

 private:
  std::vector<cluster::node_id> ring_;
  std::uint64_t head_ = 0;
};

}  // namespace crosstie::schedule
