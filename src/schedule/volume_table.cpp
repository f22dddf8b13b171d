#include "schedule/volume_table.hpp"

#include <algorithm>

#include "schedule/plugins/csi_translation.hpp"
#include "schedule/plugins/volume_claims.hpp"
#include "schedule/plugins/volume_zone.hpp"

namespace crosstie::schedule {

using cluster::no_name;
using cluster::persistent_volume;
using cluster::persistent_volume_claim;
using cluster::pod_volume;
using cluster::volume_kind;

namespace {

constexpr std::size_t most_reach_bytes = 16u << 20;

}  // namespace

volume_table::volume_table(const cluster::view& view, const configuration& settings,
                           const node_columns& nodes, const nominated_pods& nominated)
    : view_(view),
      settings_(&settings),
      nodes_(&nodes),
      nominated_(&nominated),
      attached_(view, nodes) {}

void volume_table::reset() {
  attached_.forget();
  reaches_.clear();
  demands_.clear();
}

void volume_table::object_changed(const cluster::object_reference& which) {
  attached_.object_changed(which);
  // Whether a node's kubelet has in-tree plugins migrated.
  if (which.kind == cluster::kind_of<cluster::csi_node>) {
    for (reach& each : reaches_) each.complete = false;
  }
}

// ---- asking ---------------------------------------------------------------------------------

volume_table::answer volume_table::ask(pod_id pod, std::uint32_t profile) {
  attached_.refresh();
  if (!look_at_claims(pod) || !look_at_drivers(pod)) return answer::plain;
  const reach* unmet = nullptr;
  if (demands_any_) {
    unmet = &refresh_reach(pod, profile);
    if (unmet->fails) return answer::plain;
  }
  const bool short_of_room = std::ranges::any_of(wanted_, [&](const wanted_volumes& each) {
    return attached_.runs_short(each.driver, each.count);
  });
  if (!short_of_room && (unmet == nullptr || unmet->count == 0)) return answer::everywhere;
  refuse(unmet);
  return answer::somewhere;
}

void volume_table::refuse(const reach* unmet) {
  unmet ? refused_.assign(unmet->refused.begin(), unmet->refused.end())
        : refused_.assign(nodes_->slots(), 0);
  for (const wanted_volumes& each : wanted_) {
    const std::span<const std::int32_t> room = attached_.room(each.driver);
    for (std::size_t slot = 0; slot < room.size(); ++slot) {
      refused_[slot] |= room[slot] < each.count ? 1 : 0;
    }
  }
}

// False where only the plugins themselves can tell.
bool volume_table::look_at_claims(pod_id pod) {
  demand_bytes_.clear();
  demands_any_ = exclusive_ = false;
  return std::ranges::all_of(view_.objects.spec(pod).volumes, [&](const pod_volume& volume) {
    return !plugins::needs_claim(volume) || look_at_claim(pod, volume);
  });
}

bool volume_table::look_at_claim(pod_id pod, const pod_volume& volume) {
  const cluster::store& objects = view_.objects;
  const persistent_volume_claim* claim = plugins::find_claim(objects, objects[pod], volume);
  if (!claim || claim->terminating || objects.text(claim->phase) == "Lost") return false;
  if (volume.kind == volume_kind::ephemeral && !plugins::is_made_for(*claim, objects[pod])) {
    return false;
  }
  const auto one_pod = objects.names().find("ReadWriteOncePod");
  if (one_pod && std::ranges::count(claim->access_modes, *one_pod) > 0) {
    exclusive_ = true;
    if (attached_.is_used({claim->ns, claim->name})) return false;
  }
  if (claim->volume_name == no_name) return is_made_anywhere(*claim);
  const persistent_volume* bound = plugins::find_volume(objects, *claim);
  return bound && plugins::is_bound(objects, *claim) && add_demands(volume, *bound);
}

// Will the claim, once its pod has a node, get a volume whatever the node? One that is free there,
// or else a new one.
bool volume_table::is_made_anywhere(const persistent_volume_claim& claim) const {
  const cluster::store& objects = view_.objects;
  const cluster::storage_class* its_class = plugins::find_class(objects, claim);
  if (!its_class || !its_class->wait_for_first_consumer || claim.selector ||
      !its_class->allowed_topologies.empty() || !plugins::has_provisioner(objects, *its_class)) {
    return false;
  }
  const auto* driver = objects.csi_drivers.find({no_name, its_class->provisioner});
  return !(driver && driver->storage_capacity) && !plugins::find_selected_node(objects, claim);
}

bool volume_table::add_demands(const pod_volume& volume, const persistent_volume& bound) {
  const cluster::store& objects = view_.objects;
  const plugins::in_tree_plugin* in_tree = plugins::find_in_tree_plugin(bound.kind);
  if (in_tree && in_tree->migrated && !plugins::translate_handle(objects, bound)) return false;
  const cluster::label_set zones = plugins::zone_labels_of(objects, bound);
  if (!bound.affinity && zones.empty()) return true;
  demands_any_ = true;
  demand_bytes_.add(volume.kind);
  demand_bytes_.add(bound.kind);
  demand_bytes_.add(bound.affinity);
  demand_bytes_.add(zones);
  return true;
}

// The volumes of drivers with limits, counted; false where the pod shares one.
bool volume_table::look_at_drivers(pod_id pod) {
  wanted_.clear();
  counted_.clear();
  found_.clear();
  static const cluster::csi_node some_node{};  // those without one have no limits
  if (!plugins::append_attached(view_.objects, pod, true, &some_node, found_).ok()) return false;
  for (const plugins::attached_volume& each : found_) {
    const std::optional<std::uint32_t> driver = attached_.find_driver(each.driver);
    if (!driver) continue;
    const std::uint32_t volume = attached_.number_of(each);
    if (attached_.is_held(volume)) return false;
    if (std::ranges::find(counted_, volume) != counted_.end()) continue;
    counted_.push_back(volume);
    const auto known = std::ranges::find(wanted_, *driver, &wanted_volumes::driver);
    known == wanted_.end() ? wanted_.push_back({*driver, 1}) : void(++known->count);
  }
  if (!found_.empty() && attached_.is_broken()) return false;
  return nominated_->empty() || spares_nominated(pod);
}

// Is the answer the same with the nominated pods on their nodes? They are taken to share no volume.
bool volume_table::spares_nominated(pod_id pod) const {
  if (wanted_.empty() && !exclusive_) return true;
  return nominated_->all_of([&](pod_id other, node_id node) {
    const std::uint32_t slot = cluster::index(node);
    std::int64_t more = 0;
    for (const pod_id each : nominated_->at(slot)) {
      if (each == pod) continue;
      for (const pod_volume& volume : view_.objects.spec(each).volumes) {
        if (volume.kind == volume_kind::persistent_volume_claim) {
          ++more;
        } else if (!plugins::is_unrestricted(volume)) {
          return false;
        }
      }
    }
    if (exclusive_ && more > 0) return false;
    return other == pod || std::ranges::all_of(wanted_, [&](const wanted_volumes& wanted) {
             const std::int64_t room = attached_.room(wanted.driver)[slot];
             return room < wanted.count || room - more >= wanted.count;
           });
  });
}

// ---- reaches --------------------------------------------------------------------------------

volume_table::reach& volume_table::refresh_reach(pod_id pod, std::uint32_t profile) {
  demand_bytes_.add(profile);
  if (reaches_.size() * nodes_->slots() > most_reach_bytes) {
    reaches_.clear();
    demands_.clear();
  }
  const std::uint32_t number = demands_.intern(demand_bytes_.bytes());
  if (number == reaches_.size()) reaches_.emplace_back();
  reach& known = reaches_[number];
  const change_log& changes = nodes_->object_changes();
  const bool follows = known.complete && changes.reaches(known.seen);
  if (follows && changes.missed(known.seen) == 0) return known;

  std::unique_ptr<plugin> asked[2];
  for (std::size_t i = 0; i < std::size(asked); ++i) {
    const plugin_kind* kind = find_plugin(i == 0 ? "VolumeBinding" : "VolumeZone");
    asked[i] = kind->make(view_, settings_->profiles[profile], pod);
    const status_code said = asked[i]->pre_filter().verdict.code;
    if (said == status_code::skip) asked[i].reset();
  }
  if (follows) {
    changes.since(known.seen, [&](node_id node) { judge(known, asked, cluster::index(node)); });
  } else {
    known.refused.assign(nodes_->slots(), 0);
    known.count = 0;
    known.fails = false;
    for (std::uint32_t slot = 0; slot < nodes_->slots(); ++slot) judge(known, asked, slot);
  }
  known.seen = changes.head();
  known.complete = true;
  return known;
}

void volume_table::judge(reach& into, std::span<const std::unique_ptr<plugin>> plugins,
                         std::uint32_t slot) {
  bool refused = false;
  for (const std::unique_ptr<plugin>& each : plugins) {
    if (!each || refused || !view_.objects.alive(node_id{slot})) continue;
    const status said = each->filter(node_id{slot});
    if (said.code == status_code::error) into.fails = true;
    refused = !said.ok();
  }
  into.count += (refused ? 1u : 0u) - into.refused[slot];
  into.refused[slot] = refused;
}

std::size_t volume_table::memory_bytes() const {
  std::size_t bytes = attached_.memory_bytes() + demands_.memory_bytes() + refused_.capacity();
  for (const reach& each : reaches_) bytes += sizeof each + each.refused.capacity();
  return bytes;
}

}  // namespace crosstie::schedule
