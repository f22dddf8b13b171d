// Which nodes the volume plugins let a pod onto whose only volumes of note are claims.
//
//   reaches   what bound volumes ask of nodes -> the nodes that do not have it
//
// Promise: an answer other than `plain` is that of VolumeRestrictions, NodeVolumeLimits,
// VolumeBinding and VolumeZone together, nominated pods included. Plain are pods about which one of
// them says the same everywhere, whose claims choose among volumes or classes by node, and who
// share a volume of a driver with limits, or a claim that only one pod may use, with a pod of some
// node. Cost: ask O(claims) where no node is refused, else O(nodes), besides the making of a mask
// for demands not met before; changes what attachment_table.hpp says. Nothing is kept before the
// first ask. Thread safety: none.
#pragma once

#include <crosstie/interner.hpp>
#include <memory>
#include <span>
#include <vector>

#include "schedule/attachment_table.hpp"
#include "schedule/canonical_bytes.hpp"
#include "schedule/nominated_pods.hpp"
#include "schedule/plugin.hpp"

namespace crosstie::schedule {

class volume_table {
 public:
  enum class answer : std::uint8_t { plain, everywhere, somewhere };

  volume_table(const cluster::view& view, const configuration& settings, const node_columns& nodes,
               const nominated_pods& nominated);

  void reset();
  void pod_bound(pod_id pod, node_id node) { attached_.pod_bound(pod, node); }
  void pod_unbound(pod_id pod, node_id node) { attached_.pod_unbound(pod, node); }
  void node_changed(node_id node) { attached_.node_changed(node); }
  void object_changed(const cluster::object_reference& which);

  // Under the profile of this number in the configuration.
  answer ask(pod_id pod, std::uint32_t profile);
  // After `somewhere`: by slot, 1 where they do not.
  std::span<const std::uint8_t> refused() const { return refused_; }
  std::size_t memory_bytes() const;

 private:
  struct wanted_volumes {
    std::uint32_t driver;
    std::int32_t count;
  };
  struct reach {
    std::vector<std::uint8_t> refused;  // by slot
    std::uint32_t count = 0;            // of nodes refused
    std::uint64_t seen = 0;             // of the nodes' object changes
    bool complete = false, fails = false;
  };

  bool look_at_claims(pod_id pod);
  bool look_at_claim(pod_id pod, const cluster::pod_volume& volume);
  bool is_made_anywhere(const cluster::persistent_volume_claim& claim) const;
  bool add_demands(const cluster::pod_volume& volume, const cluster::persistent_volume& bound);
  bool look_at_drivers(pod_id pod);
  bool spares_nominated(pod_id pod) const;
  reach& refresh_reach(pod_id pod, std::uint32_t profile);
  void judge(reach& into, std::span<const std::unique_ptr<plugin>> plugins, std::uint32_t slot);
  void refuse(const reach* unmet);

  const cluster::view view_;
  const configuration* settings_;
  const node_columns* nodes_;
  const nominated_pods* nominated_;
  attachment_table attached_;
  crosstie::interner<std::string_view> demands_;
  std::vector<reach> reaches_;  // by number of the demands

  // Of the pod asked about.
  byte_writer demand_bytes_;
  bool demands_any_ = false, exclusive_ = false;
  std::vector<wanted_volumes> wanted_;
  std::vector<std::uint32_t> counted_;
  std::vector<plugins::attached_volume> found_;
  std::vector<std::uint8_t> refused_;
};

}  // namespace crosstie::schedule
