#include "schedule/plugins/volume_matching.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cluster/selector.hpp"
#include "schedule/plugins/csi_translation.hpp"
#include "schedule/plugins/volume_claims.hpp"

namespace crosstie::schedule::plugins {
namespace {

using cluster::name_id;
using cluster::no_name;
using cluster::node;
using cluster::persistent_volume;
using cluster::persistent_volume_claim;
using cluster::quantity;
using cluster::resource_list;
using cluster::store;

constexpr std::string_view node_conflict = "node(s) didn't match PersistentVolume's node affinity";
constexpr std::string_view bind_conflict =
    "node(s) didn't find available persistent volumes to bind";
constexpr std::string_view not_enough_space = "node(s) did not have enough free storage";
constexpr std::string_view volume_missing =
    "node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)";

std::optional<quantity> find_storage(const store& objects, const resource_list& amounts) {
  for (const cluster::resource_amount& each : amounts) {
    if (objects.text(each.name) == "storage") return each.amount;
  }
  return std::nullopt;
}
quantity storage_of(const store& objects, const resource_list& amounts) {
  return find_storage(objects, amounts).value_or(quantity{});
}

bool is_reserved_for(const persistent_volume& volume, const persistent_volume_claim& claim) {
  return volume.has_claim && volume.claim_name == claim.name && volume.claim_ns == claim.ns &&
         (volume.claim_uid == no_name || volume.claim_uid == claim.uid);
}

bool offers_modes(const persistent_volume& volume, const persistent_volume_claim& claim) {
  return std::ranges::all_of(claim.access_modes, [&](name_id mode) {
    return std::ranges::find(volume.access_modes, mode) != volume.access_modes.end();
  });
}

class chooser {
 public:
  chooser(const store& objects, const pod_claims& claims, const node& node)
      : objects_(objects), claims_(claims), node_(node) {}

  volume_choice run() {
    check_bound();
    if (choice_.error.empty() && choose_for_delayed()) add_conflicts();
    return std::move(choice_);
  }

 private:
  void add_conflicts() {
    if (!bound_fit_) choice_.conflicts.push_back(node_conflict);
    if (!unbound_fit_) choice_.conflicts.push_back(bind_conflict);
    if (!enough_space_) choice_.conflicts.push_back(not_enough_space);
    if (!bound_exist_) choice_.conflicts.push_back(volume_missing);
  }

  // The first claim against the node is enough.
  void check_bound() {
    const auto* csi_node = objects_.csi_nodes.find({no_name, node_.name});
    for (const persistent_volume_claim* claim : claims_.bound) {
      const persistent_volume* volume = find_volume(objects_, *claim);
      bound_exist_ = volume != nullptr;
      if (!bound_exist_) return;
      bound_fit_ = reaches(*volume, csi_node);
      if (!bound_fit_ || !choice_.error.empty()) return;
    }
  }

  bool reaches(const persistent_volume& volume, const cluster::csi_node* csi_node) {
    const in_tree_plugin* plugin = find_in_tree_plugin(volume.kind);
    if (!plugin || !plugin->migrated || !csi_node || !is_migrated(*csi_node, plugin->name)) {
      return can_reach(objects_, node_, volume);
    }
    if (const csi_handle handle = translate_handle(objects_, volume); !handle) {
      choice_.error = fmt::format("could not translate pv: {}", handle.error());
      return true;
    }
    return can_reach_translated(objects_, node_, volume, *plugin);
  }

  // The annotation lists plugins, separated by commas.
  bool is_migrated(const cluster::csi_node& csi_node, std::string_view plugin) const {
    std::string_view left = objects_.text(csi_node.migrated_plugins);
    for (;;) {
      const std::size_t end = left.find(',');
      if (left.substr(0, end) == plugin) return true;
      if (end == std::string_view::npos) return false;
      left.remove_prefix(end + 1);
    }
  }

  // Small claims choose first. False on an internal error.
  bool choose_for_delayed() {
    std::vector<const persistent_volume_claim*> to_match, to_provision;
    for (const persistent_volume_claim* claim : claims_.delayed) {
      const auto wanted = find_selected_node(objects_, *claim);
      if (wanted && *wanted != node_.name) {
        unbound_fit_ = false;
        return true;
      }
      if (wanted) {
        to_provision.push_back(claim);
      } else {
        insert_by_size(claim, to_match);
      }
    }
    if (!match(to_match, to_provision)) return false;
    if (!to_provision.empty()) provision(to_provision);
    return true;
  }

  // Behind those of the same size.
  void insert_by_size(const persistent_volume_claim* claim,
                      std::vector<const persistent_volume_claim*>& sorted) const {
    const auto size = [&](const persistent_volume_claim* each) {
      return storage_of(objects_, each->requests);
    };
    sorted.insert(std::ranges::upper_bound(sorted, size(claim), {}, size), claim);
  }

  // Matches claims with free volumes in turn; the others are to be provisioned.
  bool match(const std::vector<const persistent_volume_claim*>& claims,
             std::vector<const persistent_volume_claim*>& to_provision) {
    for (const persistent_volume_claim* claim : claims) {
      if (claim->selector) {
        if (const auto problem = find_syntax_error(*claim->selector, objects_.names())) {
          choice_.error =
              fmt::format("error creating internal label selector for claim: {}/{}: {}",
                          objects_.text(claim->ns), objects_.text(claim->name), *problem);
          return false;
        }
      }
      if (const persistent_volume* volume = find_match(*claim)) {
        choice_.matches.push_back({claim, volume});
      } else {
        to_provision.push_back(claim);
      }
    }
    return true;
  }

  bool is_taken(const persistent_volume& volume) const {
    return std::ranges::find(choice_.matches, &volume, &volume_match::volume) !=
           choice_.matches.end();
  }

  // Could the claim ever get the volume?
  bool suits(const persistent_volume& volume, const persistent_volume_claim& claim) const {
    return (!volume.has_claim || is_reserved_for(volume, claim)) &&
           storage_of(objects_, volume.capacity) >= storage_of(objects_, claim.requests) &&
           volume.volume_mode == claim.volume_mode &&
           volume.attributes_class == claim.attributes_class && !volume.terminating;
  }

  bool is_free_for(const persistent_volume& volume, const persistent_volume_claim& claim) const {
    return objects_.text(volume.phase) == "Available" &&
           (!claim.selector || matches(*claim.selector, volume.labels, objects_.names())) &&
           offers_modes(volume, claim);
  }

  const persistent_volume* find_match(const persistent_volume_claim& claim) const {
    const persistent_volume* smallest = nullptr;
    const name_id wanted_class = class_of(objects_, claim);
    for (const persistent_volume* volume : claims_.candidates) {
      if (is_taken(*volume) || class_of(objects_, *volume) != wanted_class) continue;
      if (!suits(*volume, claim)) continue;
      const bool near = can_reach(objects_, node_, *volume);
      if (is_reserved_for(*volume, claim)) return near ? volume : nullptr;
      if (!near || !is_free_for(*volume, claim)) continue;
      if (!smallest ||
          storage_of(objects_, volume->capacity) < storage_of(objects_, smallest->capacity)) {
        smallest = volume;
      }
    }
    return smallest;
  }

  void provision(const std::vector<const persistent_volume_claim*>& claims) {
    for (const persistent_volume_claim* claim : claims) {
      const cluster::storage_class& wanted =
          *find_class(objects_, *claim);  // delayed claims have one
      unbound_fit_ = has_provisioner(objects_, wanted) && allows_topology(wanted);
      if (!unbound_fit_) return;
      enough_space_ = has_capacity(*claim, wanted);
      if (!enough_space_) return;
    }
    choice_.to_provision = claims;
  }

  bool allows_topology(const cluster::storage_class& wanted) const {
    return wanted.allowed_topologies.empty() ||
           std::ranges::any_of(wanted.allowed_topologies, [&](const auto& term) {
             return matches(term, node_, objects_.names());
           });
  }

  // Drivers that publish their capacities must have room; all others are trusted.
  bool has_capacity(const persistent_volume_claim& claim,
                    const cluster::storage_class& wanted) const {
    const auto size = find_storage(objects_, claim.requests);
    const auto* driver = objects_.csi_drivers.find({no_name, wanted.provisioner});
    if (!size || !driver || !driver->storage_capacity) return true;
    return std::ranges::any_of(objects_.csi_storage_capacities.all(), [&](const auto& capacity) {
      const auto limit =
          capacity.maximum_volume_size ? capacity.maximum_volume_size : capacity.capacity;
      return capacity.storage_class == wanted.name && limit && limit->value() >= size->value() &&
             capacity.topology && !find_syntax_error(*capacity.topology, objects_.names()) &&
             matches(*capacity.topology, node_.labels, objects_.names());
    });
  }

  const store& objects_;
  const pod_claims& claims_;
  const node& node_;
  volume_choice choice_;
  bool bound_fit_ = true, bound_exist_ = true, unbound_fit_ = true, enough_space_ = true;
};

}  // namespace

pod_claims find_claims(const store& objects, cluster::pod_id pod) {
  pod_claims found;
  std::vector<name_id> classes;
  for (const cluster::pod_volume& volume : objects.spec(pod).volumes) {
    const auto* claim = needs_claim(volume) ? find_claim(objects, objects[pod], volume) : nullptr;
    if (!claim) continue;
    const cluster::storage_class* its_class = find_class(objects, *claim);
    if (is_bound(objects, *claim)) {
      found.bound.push_back(claim);
    } else if (claim->volume_name == no_name && its_class && its_class->wait_for_first_consumer) {
      found.delayed.push_back(claim);
      classes.push_back(its_class->name);
    } else {
      found.immediate.push_back(claim);
    }
  }
  if (classes.empty()) return found;
  for (const persistent_volume& volume : objects.persistent_volumes.all()) {
    if (std::ranges::find(classes, class_of(objects, volume)) != classes.end()) {
      found.candidates.push_back(&volume);
    }
  }
  std::ranges::sort(found.candidates, {},
                    [&](const persistent_volume* volume) { return objects.text(volume->name); });
  return found;
}

volume_choice choose_volumes(const store& objects, const pod_claims& claims,
                             cluster::node_id node) {
  return chooser(objects, claims, objects[node]).run();
}

std::vector<cluster::object_reference> assume_pod_volumes(store& objects, cluster::pod_id pod,
                                                          cluster::node_id node) {
  std::vector<cluster::object_reference> changed;
  const pod_claims claims = find_claims(objects, pod);
  if (claims.delayed.empty()) return changed;
  const volume_choice choice = choose_volumes(objects, claims, node);
  for (const auto& [claim, chosen] : choice.matches) {
    persistent_volume reserved = *chosen;
    reserved.has_claim = true;
    reserved.claim_ns = claim->ns;
    reserved.claim_name = claim->name;
    reserved.claim_uid = claim->uid;
    changed.push_back(cluster::refer_to(reserved));
    objects.persistent_volumes.put(std::move(reserved));
  }
  const name_id key = objects.names().intern(selected_node);
  for (const persistent_volume_claim* claim : choice.to_provision) {
    persistent_volume_claim pinned = *claim;
    std::erase_if(pinned.annotations, [&](const auto& each) { return each.key == key; });
    const cluster::label note{key, objects[node].name};
    pinned.annotations.insert(std::ranges::lower_bound(pinned.annotations, note), note);
    changed.push_back(cluster::refer_to(pinned));
    objects.persistent_volume_claims.put(std::move(pinned));
  }
  return changed;
}

}  // namespace crosstie::schedule::plugins
