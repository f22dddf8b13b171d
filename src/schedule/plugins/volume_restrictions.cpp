#include "schedule/plugins/volume_restrictions.hpp"

#include <algorithm>

#include "schedule/plugins/volume_claims.hpp"

namespace crosstie::schedule::plugins {
namespace {

using cluster::name_id;
using cluster::pod_volume;
using cluster::volume_kind;

constexpr std::string_view disk_conflict = "node(s) had no available disk";
constexpr std::string_view claim_in_use =
    "node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already "
    "in-use by another pod";

bool is_restricted(const pod_volume& volume) {
  return volume.kind == volume_kind::gce_persistent_disk ||
         volume.kind == volume_kind::aws_elastic_block_store || volume.kind == volume_kind::rbd ||
         volume.kind == volume_kind::iscsi;
}

bool share_monitor(const pod_volume& a, const pod_volume& b) {
  return std::ranges::find_first_of(a.monitors, b.monitors) != a.monitors.end();
}

// May the node not mount both? `a` is restricted.
bool conflict(const pod_volume& a, const pod_volume& b) {
  if (a.kind != b.kind || a.source != b.source) return false;
  if (a.kind == volume_kind::aws_elastic_block_store) return true;
  if (a.kind == volume_kind::rbd && (a.pool != b.pool || !share_monitor(a, b))) return false;
  return !a.read_only || !b.read_only;
}

class volume_restrictions final : public plugin {
 public:
  volume_restrictions(const cluster::view& view, pod_id pod)
      : view_(view),
        objects_(view.objects),
        pod_(view.objects[pod]),
        volumes_(view.objects.spec(pod).volumes) {}

  pre_filter_result pre_filter() override {
    if (status missing = find_exclusive_claims(); !missing.ok()) return {std::move(missing), {}};
    count_users();
    if (users_ == 0 && std::ranges::none_of(volumes_, is_restricted)) {
      return {{status_code::skip, {}}, {}};
    }
    return {};
  }

  status filter(node_id node) override {
    if (has_conflict(node)) return {status_code::unschedulable, {std::string(disk_conflict)}};
    if (users_ > 0) return {status_code::unschedulable, {std::string(claim_in_use)}};
    return {};
  }

  void pod_added(pod_id pod, node_id) override { users_ += count_references(pod); }
  void pod_removed(pod_id pod, node_id) override { users_ -= count_references(pod); }

 private:
  // The claims that only one pod may use; not ok where a claim is missing.
  status find_exclusive_claims() {
    const auto exclusive = objects_.names().find("ReadWriteOncePod");
    for (const pod_volume& volume : volumes_) {
      if (volume.kind != volume_kind::persistent_volume_claim) continue;
      const auto* claim = find_claim(objects_, pod_, volume);
      if (!claim) {
        return {status_code::unschedulable_and_unresolvable,
                {describe_missing("persistentvolumeclaim", objects_.text(volume.source))}};
      }
      if (exclusive && std::ranges::count(claim->access_modes, *exclusive) > 0 &&
          !is_exclusive(claim->name)) {
        exclusive_claims_.push_back(claim->name);
      }
    }
    return {};
  }

  bool is_exclusive(name_id claim) const {
    return std::ranges::find(exclusive_claims_, claim) != exclusive_claims_.end();
  }

  // A claim counts once here, however many pods of nodes use it.
  void count_users() {
    if (exclusive_claims_.empty()) return;
    std::vector<name_id> used;
    for (std::uint32_t slot = 0; slot < objects_.node_slots(); ++slot) {
      if (!objects_.alive(node_id{slot})) continue;
      for (const pod_id other : pods_of(node_id{slot})) {
        if (objects_[other].ns != pod_.ns) continue;
        for (const pod_volume& volume : objects_.spec(other).volumes) {
          if (volume.kind == volume_kind::persistent_volume_claim) used.push_back(volume.source);
        }
      }
    }
    users_ = std::ranges::count_if(exclusive_claims_, [&](name_id claim) {
      return std::ranges::find(used, claim) != used.end();
    });
  }

  std::int64_t count_references(pod_id pod) const {
    return std::ranges::count_if(objects_.spec(pod).volumes, [&](const pod_volume& volume) {
      return volume.kind == volume_kind::persistent_volume_claim && is_exclusive(volume.source);
    });
  }

  bool has_conflict(node_id node) const {
    if (std::ranges::none_of(volumes_, is_restricted)) return false;
    return std::ranges::any_of(pods_of(node), [&](pod_id other) {
      const std::vector<pod_volume>& theirs = objects_.spec(other).volumes;
      return std::ranges::any_of(volumes_, [&](const pod_volume& wanted) {
        return is_restricted(wanted) && std::ranges::any_of(theirs, [&](const pod_volume& held) {
                 return conflict(wanted, held);
               });
      });
    });
  }

  std::vector<pod_id> pods_of(node_id node) const {
    std::vector<pod_id> pods;
    view_.pods.append_pods(node, pods);
    return pods;
  }

  const cluster::view view_;
  const cluster::store& objects_;
  const cluster::pod& pod_;
  const std::vector<pod_volume>& volumes_;
  std::vector<name_id> exclusive_claims_;
  std::int64_t users_ = 0;
};

}  // namespace

std::unique_ptr<plugin> make_volume_restrictions(const cluster::view& view, const profile&,
                                                 pod_id pod) {
  return std::make_unique<volume_restrictions>(view, pod);
}

}  // namespace crosstie::schedule::plugins
