#include "schedule/node_order.hpp"

#include <algorithm>

namespace crosstie::schedule {

using cluster::name_id;
using cluster::node_id;

void node_order::reset() {
  zones_.clear();
  places_.clear();
  listed_ = false;
  for (std::uint32_t slot = 0; slot < objects_->node_slots(); ++slot) {
    if (objects_->alive(node_id{slot})) node_changed(node_id{slot});
  }
}

void node_order::node_changed(node_id node) {
  if (places_.size() <= cluster::index(node)) places_.resize(objects_->node_slots());
  place& at = places_[cluster::index(node)];
  const bool alive = objects_->alive(node);
  const zone_key key = alive ? zone_of(node) : zone_key{};
  if (alive == at.known && (!alive || key == at.key)) return;
  if (alive != at.known) listed_ = false;
  if (at.known) remove(node);
  if (alive) add(node, key);
  at = {alive, key};
}

node_order::zone_key node_order::zone_of(node_id node) const {
  return {
      find_label(node, "failure-domain.beta.kubernetes.io/region", "topology.kubernetes.io/region"),
      find_label(node, "failure-domain.beta.kubernetes.io/zone", "topology.kubernetes.io/zone")};
}

// An empty value is none.
name_id node_order::find_label(node_id node, std::string_view older, std::string_view newer) const {
  for (const std::string_view key : {older, newer}) {
    for (const cluster::label& each : (*objects_)[node].labels) {
      if (objects_->text(each.key) != key) continue;
      return objects_->text(each.value).empty() ? cluster::no_name : each.value;
    }
  }
  return cluster::no_name;
}

void node_order::add(node_id node, const zone_key& key) {
  auto found = std::ranges::find(zones_, key, &zone::key);
  if (found == zones_.end()) found = zones_.insert(zones_.end(), zone{key, {}});
  found->nodes.push_back(node);
}

void node_order::remove(node_id node) {
  const auto found = std::ranges::find(zones_, places_[cluster::index(node)].key, &zone::key);
  std::erase(found->nodes, node);
  if (found->nodes.empty()) zones_.erase(found);
}

std::span<const node_id> node_order::nodes() {
  if (listed_) return list_;
  listed_ = true;
  list_.clear();
  for (std::size_t round = 0, taken = 1; taken > 0; ++round) {
    taken = 0;
    for (const zone& each : zones_) {
      if (round >= each.nodes.size()) continue;
      list_.push_back(each.nodes[round]);
      ++taken;
    }
  }
  return list_;
}

}  // namespace crosstie::schedule
