#include "schedule/attachment_table.hpp"

#include <algorithm>

#include "schedule/plugins/csi_translation.hpp"
#include "schedule/plugins/volume_claims.hpp"

namespace crosstie::schedule {

using cluster::kind_of;
using cluster::no_name;
using cluster::object_key;

namespace {

std::optional<object_key> find_claim_key(const cluster::store& objects, pod_id pod,
                                         const cluster::pod_volume& volume) {
  const cluster::pod& object = objects[pod];
  if (volume.kind == cluster::volume_kind::persistent_volume_claim) {
    return object_key{object.ns, volume.source};
  }
  const auto name = objects.names().find(plugins::claim_name(objects, object, volume));
  return name ? std::optional(object_key{object.ns, *name}) : std::nullopt;
}

// Has the pod volumes that may count?
bool may_attach(const cluster::pod_spec& spec) {
  return std::ranges::any_of(spec.volumes, [](const cluster::pod_volume& volume) {
    return plugins::needs_claim(volume) || plugins::find_in_tree_plugin(volume.kind) != nullptr;
  });
}

void count(crosstie::flat_map<cluster::name_id, std::uint32_t>& names, cluster::name_id name,
           bool comes) {
  if (name == no_name) return;
  std::uint32_t& number = names[name];
  number += comes ? 1u : ~0u;
  if (number == 0) names.erase(name);
}

}  // namespace

// ---- counting all ---------------------------------------------------------------------------

void attachment_table::refresh() {
  if (!stale_) return;
  start_anew();
  const cluster::store& objects = view_.objects;
  for (std::uint32_t slot = 0; slot < objects.node_slots(); ++slot) {
    alive_[slot] = objects.alive(node_id{slot});
    if (alive_[slot]) read_limits(node_id{slot});
  }
  stale_ = false;
  for (const cluster::volume_attachment& each : objects.volume_attachments.all()) {
    read_attachment(each);
  }
  std::vector<pod_id> pods;
  for (std::uint32_t slot = 0; slot < objects.node_slots(); ++slot) {
    if (!alive_[slot]) continue;
    pods.clear();
    view_.pods.append_pods(node_id{slot}, pods);
    for (const pod_id pod : pods) add_pod(pod, node_id{slot});
  }
}

void attachment_table::start_anew() {
  drivers_.clear();
  volumes_.clear();
  drivers_of_volumes_.clear();
  users_.clear();
  held_.clear();
  volumes_of_pods_.clear();
  claim_uses_.clear();
  attachments_.clear();
  claims_of_.clear();
  attachments_of_.clear();
  waits_for_name_ = false;
  alive_.assign(nodes_->slots(), 0);
  volumes_.intern("");  // `broken`
  drivers_of_volumes_.push_back(0);
}

void attachment_table::read_limits(node_id node) {
  const auto* limits = view_.objects.csi_nodes.find({no_name, view_.objects[node].name});
  if (limits == nullptr) return;
  for (const cluster::csi_node_driver& each : limits->drivers) {
    if (!each.allocatable_count) continue;
    driver_column& column = column_of(view_.objects.text(each.name));
    const std::int32_t known = column.room[cluster::index(node)];
    // More than a billion volumes is as good as no limit.
    const std::int64_t limit = std::min<std::int64_t>(*each.allocatable_count, 1 << 30);
    if (limit < known) set_room(column, cluster::index(node), static_cast<std::int32_t>(limit));
  }
}

attachment_table::driver_column& attachment_table::column_of(std::string_view driver) {
  if (const auto known = find_driver(driver)) return drivers_[*known];
  drivers_.push_back({std::string(driver), {}, {}});
  drivers_.back().room.assign(nodes_->slots(), no_limit);
  return drivers_.back();
}

std::optional<std::uint32_t> attachment_table::find_driver(std::string_view driver) const {
  const auto found = std::ranges::find(drivers_, driver, &driver_column::name);
  if (found == drivers_.end()) return std::nullopt;
  return static_cast<std::uint32_t>(found - drivers_.begin());
}

// ---- rooms ----------------------------------------------------------------------------------

void attachment_table::set_room(driver_column& column, std::uint32_t slot, std::int32_t room) {
  const auto told = [&](std::int32_t of) { return static_cast<std::size_t>(std::max(of, 0)); };
  if (told(column.room[slot]) < rooms_told_apart) --column.nodes_with[told(column.room[slot])];
  column.room[slot] = room;
  if (told(room) < rooms_told_apart) ++column.nodes_with[told(room)];
}

void attachment_table::move_room(std::uint32_t volume, node_id node, std::int32_t by) {
  if (volume == broken) return;
  driver_column& column = drivers_[drivers_of_volumes_[volume]];
  const std::int32_t room = column.room[cluster::index(node)];
  if (room != no_limit) set_room(column, cluster::index(node), room + by);
}

bool attachment_table::runs_short(std::uint32_t driver, std::int32_t volumes) const {
  const driver_column& column = drivers_[driver];
  if (volumes > static_cast<std::int32_t>(rooms_told_apart)) {
    return std::ranges::any_of(column.room, [&](std::int32_t room) { return room < volumes; });
  }
  return std::any_of(column.nodes_with.begin(), column.nodes_with.begin() + volumes,
                     [](std::uint32_t nodes) { return nodes > 0; });
}

std::uint32_t attachment_table::number_of(const plugins::attached_volume& volume) {
  const std::optional<std::uint32_t> driver = find_driver(volume.driver);
  text_.assign(volume.driver).append(1, '/').append(volume.handle);
  const std::uint32_t number = volumes_.intern(text_);
  if (number == drivers_of_volumes_.size()) drivers_of_volumes_.push_back(driver.value_or(0));
  return number;
}

void attachment_table::add(std::uint32_t volume, node_id node) {
  if (held_[{node, volume}]++ == 0) move_room(volume, node, -1);
}

void attachment_table::remove(std::uint32_t volume, node_id node) {
  const auto found = held_.find(std::pair(node, volume));
  if (--found->second > 0) return;
  held_.erase(found);
  move_room(volume, node, 1);
}

// ---- pods -----------------------------------------------------------------------------------

void attachment_table::pod_bound(pod_id pod, node_id node) {
  if (!stale_) add_pod(pod, node);
}

void attachment_table::pod_unbound(pod_id pod, node_id node) {
  if (!stale_) remove_pod(pod, node);
}

void attachment_table::add_pod(pod_id pod, node_id node) {
  if (!may_attach(view_.objects.spec(pod))) return;
  use_claims(pod, true);
  const auto* limits = view_.objects.csi_nodes.find({no_name, view_.objects[node].name});
  found_.clear();
  const bool fails = !plugins::append_attached(view_.objects, pod, false, limits, found_).ok();
  std::uint32_t rank = 0;
  const auto hold = [&](std::uint32_t volume) {
    volumes_of_pods_.try_emplace(std::pair(pod, rank++), volume);
    if (users_.size() <= volume) users_.resize(volume + 1, 0);
    ++users_[volume];
    add(volume, node);
  };
  for (const plugins::attached_volume& each : found_) {
    if (find_driver(each.driver)) hold(number_of(each));
  }
  if (fails) hold(broken);
}

void attachment_table::remove_pod(pod_id pod, node_id node) {
  if (!may_attach(view_.objects.spec(pod))) return;
  use_claims(pod, false);
  for (std::uint32_t rank = 0;; ++rank) {
    const auto found = volumes_of_pods_.find(std::pair(pod, rank));
    if (found == volumes_of_pods_.end()) return;
    const std::uint32_t volume = found->second;
    volumes_of_pods_.erase(found);
    --users_[volume];
    remove(volume, node);
  }
}

void attachment_table::use_claims(pod_id pod, bool uses) {
  for (const cluster::pod_volume& volume : view_.objects.spec(pod).volumes) {
    if (!plugins::needs_claim(volume)) continue;
    const std::optional<object_key> key = find_claim_key(view_.objects, pod, volume);
    // A claim of an ephemeral volume may get its name, unseen here, while its pod is on a node.
    const bool renamed = waits_for_name_ && volume.kind == cluster::volume_kind::ephemeral;
    if (!key) {
      waits_for_name_ = true;
    } else if (!uses && renamed) {
      stale_ = true;
    } else {
      use_claim(*key, pod, uses);
    }
  }
}

void attachment_table::use_claim(object_key key, pod_id pod, bool uses) {
  const auto [use, added] = claim_uses_.try_emplace(key, claim_use{0, pod, no_name});
  if (added) {
    const auto* claim = view_.objects.persistent_volume_claims.find(key);
    use->second.volume = claim ? claim->volume_name : no_name;
    count(claims_of_, use->second.volume, true);
  }
  if (use->second.pod != pod) use->second.pod = cluster::no_pod;
  use->second.pods += uses ? 1u : ~0u;
  if (use->second.pods > 0) return;
  count(claims_of_, use->second.volume, false);
  claim_uses_.erase(use);
}

// ---- what else changes ------------------------------------------------------------------------

void attachment_table::node_changed(node_id node) {
  if (stale_) return;
  const std::uint32_t slot = cluster::index(node);
  stale_ = slot >= alive_.size() || alive_.size() != nodes_->slots() ||
           view_.objects.alive(node) != (alive_[slot] != 0);
}

void attachment_table::object_changed(const cluster::object_reference& which) {
  if (stale_) return;
  if (which.kind == kind_of<cluster::persistent_volume_claim>) claim_changed(which.key);
  if (which.kind == kind_of<cluster::persistent_volume>) volume_changed(which.key.name);
  if (which.kind == kind_of<cluster::storage_class> || which.kind == kind_of<cluster::csi_node>) {
    stale_ = true;
  }
  if (which.kind == kind_of<cluster::volume_attachment>) {
    forget_attachment(which.key.name);
    const auto* there = view_.objects.volume_attachments.find(which.key);
    if (there) read_attachment(*there);
  }
}

// The pod that uses the claim may have other volumes now.
void attachment_table::claim_changed(object_key claim) {
  const claim_use* use = claim_uses_.find_value(claim);
  if (use == nullptr || waits_for_name_) {
    stale_ = waits_for_name_;
    return;
  }
  const pod_id pod = use->pod;
  const bool one = use->pods == 1 && pod != cluster::no_pod;
  const auto node = one ? view_.objects.find_node(view_.objects[pod].node) : std::nullopt;
  if (!node) {
    stale_ = true;
    return;
  }
  remove_pod(pod, *node);
  add_pod(pod, *node);
}

void attachment_table::volume_changed(cluster::name_id volume) {
  if (attachments_of_.contains(volume)) stale_ = true;
  const std::uint32_t* claims = claims_of_.find_value(volume);
  if (claims == nullptr || stale_) return;
  const auto* there = view_.objects.persistent_volumes.find({no_name, volume});
  const claim_use* use =
      there && there->has_claim
          ? claim_uses_.find_value(object_key{there->claim_ns, there->claim_name})
          : nullptr;
  if (*claims == 1 && use && use->volume == volume) {
    claim_changed({there->claim_ns, there->claim_name});
  } else {
    stale_ = true;
  }
}

void attachment_table::read_attachment(const cluster::volume_attachment& read) {
  attachment counted{cluster::no_node, broken, read.persistent_volume};
  const auto node = view_.objects.find_node(read.node);
  found_.clear();
  plugins::append_attached(view_.objects, read, found_);
  if (node && !found_.empty() && find_driver(found_.front().driver)) {
    counted = {*node, number_of(found_.front()), read.persistent_volume};
    add(counted.volume, *node);
  }
  attachments_.try_emplace(read.name, counted);
  count(attachments_of_, read.persistent_volume, true);
}

void attachment_table::forget_attachment(cluster::name_id name) {
  const auto found = attachments_.find(name);
  if (found == attachments_.end()) return;
  const attachment counted = found->second;
  attachments_.erase(found);
  count(attachments_of_, counted.persistent_volume, false);
  if (counted.node != cluster::no_node) remove(counted.volume, counted.node);
}

std::size_t attachment_table::memory_bytes() const {
  std::size_t bytes = volumes_.memory_bytes() + held_.memory_bytes() +
                      volumes_of_pods_.memory_bytes() + claim_uses_.memory_bytes() +
                      attachments_.memory_bytes() + claims_of_.memory_bytes() +
                      attachments_of_.memory_bytes() + alive_.capacity() +
                      (drivers_of_volumes_.capacity() + users_.capacity()) * sizeof(std::uint32_t);
  for (const driver_column& each : drivers_) {
    bytes += sizeof each + each.room.capacity() * sizeof(std::int32_t);
  }
  return bytes;
}

}  // namespace crosstie::schedule
