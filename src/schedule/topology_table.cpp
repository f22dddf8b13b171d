#include "schedule/topology_table.hpp"

#include <algorithm>
#include <numeric>

#include "cluster/selector.hpp"

namespace crosstie::schedule {

topology_table::topology_table(const cluster::store& objects) : objects_(&objects) { reset(); }

void topology_table::reset() {
  ++epoch_;
  ids_.clear();
  keys_.clear();
  keys_.emplace_back();  // node_key
  slots_ = 0;
  alive_.clear();
  for (std::uint32_t slot = 0; slot < objects_->node_slots(); ++slot) refresh(node_id{slot});
}

topology_table::key_id topology_table::intern(cluster::name_id label_key) {
  const auto [found, added] = ids_.try_emplace(label_key, static_cast<key_id>(keys_.size()));
  if (!added) return found->second;
  key_state& key = keys_.emplace_back();
  key.label = label_key;
  key.numbers.try_emplace(cluster::no_name, 0u);
  key.values.push_back(cluster::no_name);
  key.nodes.push_back(0);
  key.domains.assign(slots_, missing);
  for (std::uint32_t slot = 0; slot < slots_; ++slot) {
    if (alive_[slot]) enter(key, slot);
  }
  return found->second;
}

bool topology_table::differs(node_id id) const {
  const std::uint32_t slot = cluster::index(id);
  const bool alive = objects_->alive(id);
  if (alive != this->alive(slot)) return true;
  if (!alive) return false;
  const cluster::node& node = (*objects_)[id];
  for (key_id k = 1; k < keys_.size(); ++k) {
    const std::uint32_t domain = keys_[k].domains[slot];
    const auto value = cluster::find_label(node.labels, keys_[k].label);
    if (value.has_value() == ((domain & missing) != 0)) return true;
    if (value && keys_[k].values[domain] != *value) return true;
  }
  return false;
}

void topology_table::refresh(node_id id) {
  const std::uint32_t slot = cluster::index(id);
  make_room(slot);
  ++epoch_;
  const bool was_alive = alive_[slot];
  alive_[slot] = objects_->alive(id);
  for (key_id k = 1; k < keys_.size(); ++k) {
    if (was_alive) leave(keys_[k], slot);
    if (alive_[slot]) enter(keys_[k], slot);
  }
}

void topology_table::make_room(std::uint32_t slot) {
  if (slot < slots_) return;
  slots_ = slot + 1;
  alive_.resize(slots_, 0);
  for (key_id k = 1; k < keys_.size(); ++k) keys_[k].domains.resize(slots_, missing);
  for (std::uint32_t i = static_cast<std::uint32_t>(keys_[node_key].domains.size()); i < slots_;
       ++i) {
    keys_[node_key].domains.push_back(i);
  }
}

void topology_table::enter(key_state& key, std::uint32_t slot) {
  const auto value = cluster::find_label((*objects_)[node_id{slot}].labels, key.label);
  std::uint32_t number = 0;
  if (value && *value != cluster::no_name) {
    const bool reuses = !key.free.empty();
    const auto fresh = reuses ? key.free.back() : static_cast<std::uint32_t>(key.values.size());
    const auto [found, added] = key.numbers.try_emplace(*value, fresh);
    number = found->second;
    if (added && reuses) {
      key.free.pop_back();
      key.values[number] = *value;
    } else if (added) {
      key.values.push_back(*value);
      key.nodes.push_back(0);
    }
  }
  if (key.nodes[number]++ == 0) ++key.used;
  key.domains[slot] = value ? number : number | missing;
}

void topology_table::leave(key_state& key, std::uint32_t slot) {
  const std::uint32_t number = key.domains[slot] & ~missing;
  key.domains[slot] = missing;
  if (--key.nodes[number] > 0) return;
  --key.used;
  if (number == 0) return;
  key.numbers.erase(key.values[number]);
  key.free.push_back(number);
}

std::uint32_t topology_table::domain_limit(key_id key) const {
  return key == node_key ? slots_ : static_cast<std::uint32_t>(keys_[key].values.size());
}

std::uint32_t topology_table::domain_count(key_id key) const {
  return key == node_key ? slots_ : keys_[key].used;
}

void topology_table::list_members(key_state& key) {
  if (key.listed == epoch_) return;
  key.listed = epoch_;
  key.shares = false;
  key.first_member.assign(key.values.size() + 1, 0);
  for (std::uint32_t i = 0; i < key.nodes.size(); ++i) {
    key.first_member[i + 1] = key.first_member[i] + key.nodes[i];
    key.shares |= key.nodes[i] > 1;
  }
  key.members.assign(key.first_member.back(), 0);
  for (std::uint32_t slot = slots_; slot-- > 0;) {
    if (!alive_[slot]) continue;
    key.members[--key.first_member[(key.domains[slot] & ~missing) + 1]] = slot;
  }
  // Each entry has gone down to where its domain begins: one place too far to the right.
  key.first_member.erase(key.first_member.begin());
  key.first_member.push_back(static_cast<std::uint32_t>(key.members.size()));
}

bool topology_table::shares(key_id key) {
  if (key == node_key) return false;
  list_members(keys_[key]);
  return keys_[key].shares;
}

std::span<const std::uint32_t> topology_table::members(key_id k, std::uint32_t domain) {
  key_state& key = keys_[k];
  list_members(key);
  const std::uint32_t first = key.first_member[domain], end = key.first_member[domain + 1];
  return std::span(key.members).subspan(first, end - first);
}

std::size_t topology_table::memory_bytes() const {
  std::size_t bytes = alive_.capacity() + ids_.memory_bytes();
  for (const key_state& key : keys_) {
    bytes += sizeof key + key.numbers.memory_bytes() +
             (key.domains.capacity() + key.values.capacity() + key.nodes.capacity() +
              key.free.capacity() + key.first_member.capacity() + key.members.capacity()) *
                 sizeof(std::uint32_t);
  }
  return bytes;
}

}  // namespace crosstie::schedule
