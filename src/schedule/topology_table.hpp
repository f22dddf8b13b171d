// Topology domains: for each label key that spreading or pod affinity asks about, the domain of
// every node, as a small number.
//
//   domains   key x node   uint32: the value's number; bit 31 where the node lacks the label
//   members   key x domain the nodes of a domain, listed anew when a node has changed
//
// Promise: two nodes share a domain exactly where they have the same value of the key. A node
// without the label has the number of the empty value, 0, and the bit. Numbers of domains without
// nodes are used again.
// Cost: refresh O(keys) for a node; domain_of one load; members O(nodes) after a change. 4 to 12
// bytes for each (key, node).
// Thread safety: none.
#pragma once

#include <crosstie/flat_map.hpp>
#include <cstdint>
#include <span>
#include <vector>

#include "cluster/store.hpp"

namespace crosstie::schedule {

using cluster::node_id;

class topology_table {
 public:
  using key_id = std::uint32_t;                          // dense
  static constexpr key_id node_key = 0;                  // each node is a domain of its own
  static constexpr std::uint32_t missing = 0x80000000u;  // the node lacks the label

  explicit topology_table(const cluster::store& objects);

  void reset();  // forgets all keys
  key_id intern(cluster::name_id label_key);
  // Has the node come, gone, or another domain of some key than the table says?
  bool differs(node_id node) const;
  void refresh(node_id node);

  std::uint32_t slots() const { return slots_; }
  bool alive(std::uint32_t slot) const { return slot < slots_ && alive_[slot]; }
  // With the bit `missing`; of any slot below slots().
  std::uint32_t domain_of(key_id key, std::uint32_t slot) const { return keys_[key].domains[slot]; }
  std::span<const std::uint32_t> domains(key_id key) const { return keys_[key].domains; }
  // All numbers of domains are below.
  std::uint32_t domain_limit(key_id key) const;
  // Domains that have nodes.
  std::uint32_t domain_count(key_id key) const;
  // Changes with every refresh that changed something, and never back.
  std::uint64_t epoch() const { return epoch_; }
  // Does some domain have several nodes?
  bool shares(key_id key);
  std::span<const std::uint32_t> members(key_id key, std::uint32_t domain);
  std::size_t memory_bytes() const;

 private:
  struct key_state {
    cluster::name_id label{};
    std::vector<std::uint32_t> domains;                           // by slot
    crosstie::flat_map<cluster::name_id, std::uint32_t> numbers;  // of values
    std::vector<cluster::name_id> values;                         // by number
    std::vector<std::uint32_t> nodes;                             // how many, by number
    std::vector<std::uint32_t> free;                              // numbers
    std::uint32_t used = 0;                                       // numbers with nodes
    std::vector<std::uint32_t> first_member, members;             // as of `listed`
    std::uint64_t listed = 0;
    bool shares = false;
  };

  void make_room(std::uint32_t slot);
  void enter(key_state& key, std::uint32_t slot);
  void leave(key_state& key, std::uint32_t slot);
  void list_members(key_state& key);

  const cluster::store* objects_;
  std::uint32_t slots_ = 0;
  std::vector<std::uint8_t> alive_;
  std::vector<key_state> keys_;
  crosstie::flat_map<cluster::name_id, key_id> ids_;
  std::uint64_t epoch_ = 1;
};

}  // namespace crosstie::schedule
