// The volumes that nodes hold, counted by the CSI drivers that limit them, and who uses which
// claim.
//
//   held   (node, volume) -> how many pods and attachments have it there
//   room   driver x node     how many more volumes of the driver the node takes
//
// Promise: after refresh(), NodeVolumeLimits' numbers for every node. Volumes of drivers that no
// CSINode limits are not counted.
// Cost: pod_bound and pod_unbound O(volumes of the pod). Changes that are not followed one by one
// (a node came or went, a CSINode, a storage class, an object that several pods use) have refresh()
// count all anew. Nothing is kept before the first refresh(). Thread safety: none.
#pragma once

#include <array>
#include <crosstie/flat_map.hpp>
#include <crosstie/interner.hpp>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "cluster/state.hpp"
#include "schedule/node_columns.hpp"
#include "schedule/plugins/attached_volumes.hpp"

namespace crosstie::schedule {

using cluster::pod_id;

class attachment_table {
 public:
  static constexpr std::int32_t no_limit = 0x7FFFFFFF;

  attachment_table(const cluster::view& view, const node_columns& nodes)
      : view_(view), nodes_(&nodes) {}

  void forget() { stale_ = true; }
  void refresh();
  void pod_bound(pod_id pod, node_id node);
  void pod_unbound(pod_id pod, node_id node);
  void node_changed(node_id node);
  void object_changed(const cluster::object_reference& which);

  // The number of a driver that some CSINode limits.
  std::optional<std::uint32_t> find_driver(std::string_view driver) const;
  // By slot: how many more of the driver's volumes; no_limit where the node's CSINode tells none.
  std::span<const std::int32_t> room(std::uint32_t driver) const { return drivers_[driver].room; }
  // Is there a node that does not take so many more?
  bool runs_short(std::uint32_t driver, std::int32_t volumes) const;
  // Dense numbers of the volumes of drivers with limits.
  std::uint32_t number_of(const plugins::attached_volume& volume);
  bool is_held(std::uint32_t volume) const { return volume < users_.size() && users_[volume] > 0; }
  // Does a pod of some node use the claim?
  bool is_used(cluster::object_key claim) const { return claim_uses_.contains(claim); }
  // Has some pod of a node volumes about which NodeVolumeLimits ends in an error?
  bool is_broken() const { return is_held(broken); }
  std::size_t memory_bytes() const;

 private:
  static constexpr std::size_t rooms_told_apart = 64;
  static constexpr std::uint32_t broken = 0;  // the number of what is none

  struct driver_column {
    std::string name;
    std::vector<std::int32_t> room;
    std::array<std::uint32_t, rooms_told_apart> nodes_with{};  // by room; none or less is the first
  };
  struct claim_use {
    std::uint32_t pods;
    pod_id pod;  // the only one; no_pod: there are, or were, several
    cluster::name_id volume;
  };
  struct attachment {
    node_id node;  // no_node: it does not count
    std::uint32_t volume;
    cluster::name_id persistent_volume;
  };

  void start_anew();
  void read_limits(node_id node);
  driver_column& column_of(std::string_view driver);
  void set_room(driver_column& column, std::uint32_t slot, std::int32_t room);
  void move_room(std::uint32_t volume, node_id node, std::int32_t by);
  void add(std::uint32_t volume, node_id node);
  void remove(std::uint32_t volume, node_id node);
  void add_pod(pod_id pod, node_id node);
  void remove_pod(pod_id pod, node_id node);
  void use_claims(pod_id pod, bool uses);
  void use_claim(cluster::object_key claim, pod_id pod, bool uses);
  void claim_changed(cluster::object_key claim);
  void volume_changed(cluster::name_id volume);
  void read_attachment(const cluster::volume_attachment& attachment);
  void forget_attachment(cluster::name_id name);

  const cluster::view view_;
  const node_columns* nodes_;
  bool stale_ = true;
  std::vector<driver_column> drivers_;
  crosstie::interner<std::string_view> volumes_;  // "driver/handle"
  std::vector<std::uint32_t> drivers_of_volumes_, users_;
  crosstie::flat_map<std::pair<node_id, std::uint32_t>, std::uint32_t> held_;
  crosstie::flat_map<std::pair<pod_id, std::uint32_t>, std::uint32_t> volumes_of_pods_;  // by rank
  crosstie::flat_map<cluster::object_key, claim_use> claim_uses_;
  crosstie::flat_map<cluster::name_id, attachment> attachments_;
  // How many used claims, and how many attachments, name a volume.
  crosstie::flat_map<cluster::name_id, std::uint32_t> claims_of_, attachments_of_;
  std::vector<std::uint8_t> alive_;  // nodes, as counted
  bool waits_for_name_ = false;      // a pod of a node uses a claim of a name not heard of yet
  std::string text_;
  std::vector<plugins::attached_volume> found_;
};

}  // namespace crosstie::schedule
