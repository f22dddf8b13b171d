#include "schedule/plugins/volume_binding.hpp"

#include <fmt/format.h>

#include "schedule/plugins/volume_claims.hpp"
#include "schedule/plugins/volume_matching.hpp"

namespace crosstie::schedule::plugins {
namespace {

using cluster::persistent_volume_claim;
using cluster::pod_volume;

class volume_binding final : public plugin {
 public:
  volume_binding(const cluster::view& view, pod_id pod) : objects_(view.objects), pod_(pod) {}

  pre_filter_result pre_filter() override {
    bool has_claims = false;
    for (const pod_volume& volume : objects_.spec(pod_).volumes) {
      if (!needs_claim(volume)) continue;
      has_claims = true;
      if (std::string problem = check(volume); !problem.empty()) {
        return {reject(std::move(problem)), {}};
      }
    }
    if (!has_claims) return {{status_code::skip, {}}, {}};
    claims_ = find_claims(objects_, pod_);
    if (!claims_.immediate.empty()) {
      return {reject("pod has unbound immediate PersistentVolumeClaims"), {}};
    }
    return {};
  }

  status filter(node_id node) override {
    volume_choice choice = choose_volumes(objects_, claims_, node);
    if (!choice.error.empty()) return {status_code::error, {std::move(choice.error)}};
    if (choice.conflicts.empty()) return {};
    return {status_code::unschedulable_and_unresolvable,
            {choice.conflicts.begin(), choice.conflicts.end()}};
  }

  status pre_score(std::span<const node_id>) override { return {status_code::skip, {}}; }

 private:
  static status reject(std::string reason) {
    return {status_code::unschedulable_and_unresolvable, {std::move(reason)}};
  }

  // Why the volume's claim cannot be used; empty where it can.
  std::string check(const pod_volume& volume) const {
    const cluster::pod& pod = objects_[pod_];
    const bool ephemeral = volume.kind == cluster::volume_kind::ephemeral;
    const persistent_volume_claim* claim = find_claim(objects_, pod, volume);
    if (!claim) {
      const std::string name = claim_name(objects_, pod, volume);
      if (!ephemeral) return describe_missing("persistentvolumeclaim", name);
      return fmt::format(
          "waiting for ephemeral volume controller to create the persistentvolumeclaim \"{}\"",
          name);
    }
    if (objects_.text(claim->phase) == "Lost") {
      return fmt::format(
          "persistentvolumeclaim \"{}\" bound to non-existent persistentvolume \"{}\"",
          objects_.text(claim->name), objects_.text(claim->volume_name));
    }
    if (claim->terminating) {
      return fmt::format("persistentvolumeclaim \"{}\" is being deleted",
                         objects_.text(claim->name));
    }
    if (ephemeral && !is_made_for(*claim, pod)) {
      return describe_foreign_claim(objects_, *claim, pod);
    }
    return {};
  }

  const cluster::store& objects_;
  const pod_id pod_;
  pod_claims claims_;
};

}  // namespace

std::unique_ptr<plugin> make_volume_binding(const cluster::view& view, const profile&, pod_id pod) {
  return std::make_unique<volume_binding>(view, pod);
}

}  // namespace crosstie::schedule::plugins
