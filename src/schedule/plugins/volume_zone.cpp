#include "schedule/plugins/volume_zone.hpp"

#include <algorithm>

#include "cluster/selector.hpp"
#include "schedule/plugins/volume_claims.hpp"

namespace crosstie::schedule::plugins {
namespace {

using cluster::label_set;
using cluster::name_id;
using cluster::no_name;
using cluster::persistent_volume;
using cluster::persistent_volume_claim;

struct zone_key {
  std::string_view key, stable;  // the stable spelling of the same
};
constexpr zone_key zone_keys[] = {
    {"failure-domain.beta.kubernetes.io/zone", "topology.kubernetes.io/zone"},
    {"failure-domain.beta.kubernetes.io/region", "topology.kubernetes.io/region"},
    {"topology.kubernetes.io/zone", "topology.kubernetes.io/zone"},
    {"topology.kubernetes.io/region", "topology.kubernetes.io/region"},
};

class volume_zone final : public plugin {
 public:
  volume_zone(const cluster::view& view, pod_id pod)
      : objects_(view.objects), pod_(view.objects[pod]), volumes_(objects_.spec(pod).volumes) {}

  pre_filter_result pre_filter() override {
    verdict_ = find_demands();
    if (verdict_.ok() && demands_.empty()) return {{status_code::skip, {}}, {}};
    return {verdict_, {}};
  }

  // The verdict of pre_filter holds here too, for a profile that has only the filter.
  status filter(node_id node) override {
    if (!verdict_.ok()) return verdict_;
    const label_set& labels = objects_[node].labels;
    const auto has = [&](const zone_key& each) { return find(labels, each.key).has_value(); };
    if (std::ranges::none_of(zone_keys, has)) return {};
    if (std::ranges::all_of(demands_, [&](const auto& each) { return meets(labels, each); })) {
      return {};
    }
    return reject("node(s) had no available volume zone");
  }

 private:
  struct demand {
    const zone_key* key;
    std::vector<std::string_view> zones;
  };

  static status reject(std::string reason) {
    return {status_code::unschedulable_and_unresolvable, {std::move(reason)}};
  }

  std::optional<std::string_view> find(const label_set& labels, std::string_view key) const {
    const auto value = find_entry(objects_, labels, key);
    if (!value) return std::nullopt;
    return objects_.text(*value);
  }

  bool meets(const label_set& labels, const demand& wanted) const {
    auto zone = find(labels, wanted.key->key);
    if (!zone) zone = find(labels, wanted.key->stable);
    return zone && std::ranges::find(wanted.zones, *zone) != wanted.zones.end();
  }

  status find_demands() {
    for (const cluster::pod_volume& volume : volumes_) {
      if (volume.kind != cluster::volume_kind::persistent_volume_claim) continue;
      if (volume.source == no_name) return reject("PersistentVolumeClaim had no name");
      const persistent_volume_claim* claim = find_claim(objects_, pod_, volume);
      if (!claim) {
        return reject(describe_missing("persistentvolumeclaim", objects_.text(volume.source)));
      }
      if (claim->volume_name == no_name) {
        if (status verdict = check_unbound(*claim); !verdict.ok()) return verdict;
        continue;
      }
      const persistent_volume* bound = find_volume(objects_, *claim);
      if (!bound) {
        return reject(describe_missing("persistentvolume", objects_.text(claim->volume_name)));
      }
      add_demands(*bound);
    }
    return {};
  }

  // A claim may be unbound only where it waits for its first pod.
  status check_unbound(const persistent_volume_claim& claim) const {
    const name_id name = class_of(objects_, claim);
    if (name == no_name) {
      return reject("PersistentVolumeClaim had no pv name and storageClass name");
    }
    const cluster::storage_class* found = find_class(objects_, claim);
    if (!found) return reject(describe_missing("storageclass.storage.k8s.io", objects_.text(name)));
    if (!found->wait_for_first_consumer) return reject("PersistentVolume had no name");
    return {};
  }

  void add_demands(const persistent_volume& volume) {
    for (const zone_key& each : zone_keys) {
      const auto value = find(volume.labels, each.key);
      if (!value) continue;
      std::vector<std::string_view> zones = split_zones(*value);
      if (std::ranges::find(zones, std::string_view()) != zones.end()) continue;
      demands_.push_back({&each, std::move(zones)});
    }
  }

  const cluster::store& objects_;
  const cluster::pod& pod_;
  const std::vector<cluster::pod_volume>& volumes_;
  status verdict_;
  std::vector<demand> demands_;
};

}  // namespace

label_set zone_labels_of(const cluster::store& objects, const persistent_volume& volume) {
  label_set found;
  for (const cluster::label& each : volume.labels) {
    if (std::ranges::find(zone_keys, objects.text(each.key), &zone_key::key) !=
        std::end(zone_keys)) {
      found.push_back(each);
    }
  }
  return found;
}

std::unique_ptr<plugin> make_volume_zone(const cluster::view& view, const profile&, pod_id pod) {
  return std::make_unique<volume_zone>(view, pod);
}

}  // namespace crosstie::schedule::plugins
