// The Kubernetes objects that placing a pod depends on, as plain values over interned names.
//
// Only what a scheduling decision reads is kept. Lists keep the order of the object unless said
// otherwise. Absent optional strings are no_name, as the empty text means "not set" there.
// Invariants: labels and resource_list are sorted by id and hold each key once.
#pragma once

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "cluster/names.hpp"
#include "cluster/quantity.hpp"

namespace crosstie::cluster {

using timestamp = std::int64_t;  // nanoseconds since 1970-01-01T00:00:00Z; 0 where not set

struct label {
  name_id key, value;
  auto operator<=>(const label&) const = default;
};
using label_set = std::vector<label>;  // sorted by key id

struct resource_amount {
  name_id name;
  quantity amount;
  bool operator==(const resource_amount&) const = default;
};
using resource_list = std::vector<resource_amount>;  // sorted by name id

// ---- selectors ----------------------------------------------------------------------------

enum class selector_operator : std::uint8_t { in, not_in, exists, does_not_exist, gt, lt, invalid };

struct requirement {
  name_id key;
  selector_operator op;
  std::vector<name_id> values;
  bool operator==(const requirement&) const = default;
};

// matchLabels are kept as `in` with one value, sorted by key text, before matchExpressions.
// Empty matches everything; where Kubernetes tells nil from empty, it is std::optional.
struct label_selector {
  std::vector<requirement> requirements;
  bool operator==(const label_selector&) const = default;
};

struct node_selector_term {
  std::vector<requirement> match_expressions, match_fields;
  bool operator==(const node_selector_term&) const = default;
};
struct node_selector {
  std::vector<node_selector_term> terms;
  bool operator==(const node_selector&) const = default;
};
struct preferred_node_term {
  std::int32_t weight;
  node_selector_term preference;
  bool operator==(const preferred_node_term&) const = default;
};
struct node_affinity {
  std::optional<node_selector> required;
  std::vector<preferred_node_term> preferred;
  bool operator==(const node_affinity&) const = default;
};

struct pod_affinity_term {
  std::optional<label_selector> selector;
  std::vector<name_id> namespaces;
  std::optional<label_selector> namespace_selector;
  name_id topology_key;
  bool operator==(const pod_affinity_term&) const = default;
};
struct weighted_pod_affinity_term {
  std::int32_t weight;
  pod_affinity_term term;
  bool operator==(const weighted_pod_affinity_term&) const = default;
};
struct pod_affinity {  // also anti-affinity
  std::vector<pod_affinity_term> required;
  std::vector<weighted_pod_affinity_term> preferred;
  bool operator==(const pod_affinity&) const = default;
};

// ---- taints ---------------------------------------------------------------------------------

enum class taint_effect : std::uint8_t { any, no_schedule, prefer_no_schedule, no_execute };
enum class toleration_operator : std::uint8_t { equal, exists, lt, gt };

struct taint {
  name_id key, value;
  taint_effect effect;
  bool operator==(const taint&) const = default;
};
struct toleration {
  name_id key, value;
  toleration_operator op = toleration_operator::equal;
  taint_effect effect = taint_effect::any;
  bool operator==(const toleration&) const = default;
};

// ---- pods -----------------------------------------------------------------------------------

enum class unsatisfiable_action : std::uint8_t { do_not_schedule, schedule_anyway };
enum class inclusion_policy : std::uint8_t { honor, ignore };

struct topology_spread_constraint {
  std::int32_t max_skew;
  name_id topology_key;
  unsatisfiable_action when_unsatisfiable;
  std::optional<label_selector> selector;
  std::optional<std::int32_t> min_domains;
  inclusion_policy node_affinity_policy = inclusion_policy::honor;
  inclusion_policy node_taints_policy = inclusion_policy::ignore;
  std::vector<name_id> match_label_keys;
  bool operator==(const topology_spread_constraint&) const = default;
};

struct container_port {
  std::int32_t host_port;  // 0: none
  name_id protocol;        // no_name reads as TCP
  name_id host_ip;         // no_name reads as 0.0.0.0
  bool operator==(const container_port&) const = default;
};

// What the kubelet reports of a container's resources while it is resized in place.
struct container_resource_status {
  bool has_resources = false;  // status.resources present
  resource_list actuated;      // status.resources.requests
  resource_list allocated;     // status.allocatedResources
  bool operator==(const container_resource_status&) const = default;
};

struct container {
  name_id name, image;
  bool restart_always = false;           // an init container with restartPolicy Always: a sidecar
  bool restarts_all_containers = false;  // some restartPolicyRule's action is RestartAllContainers
  resource_list requests;
  std::vector<container_port> ports;
  std::optional<container_resource_status> status;
  bool operator==(const container&) const = default;
};

enum class volume_kind : std::uint8_t {
  persistent_volume_claim,
  ephemeral,
  gce_persistent_disk,
  aws_elastic_block_store,
  azure_disk,
  azure_file,
  cinder,
  vsphere,
  portworx,
  rbd,
  iscsi,
  csi,
  image,
  other
};

// `source` is the claim, disk, volume id, share or image reference; iscsi: the iqn, rbd: the image.
struct pod_volume {
  // Kept for ephemeral volumes, whose claim is called "<pod>-<volume>", and for those that errors
  // name: azure disks and aws volumes.
  name_id name;
  volume_kind kind;
  name_id source;
  name_id driver;                 // csi: the driver's name
  name_id pool;                   // rbd: the pool
  std::vector<name_id> monitors;  // rbd: the monitors
  std::int64_t partition = 0;     // gce, aws, iscsi lun: as upstream compares them
  bool read_only = false;
  name_id disk_kind = no_name;  // azure disk: Shared, Dedicated or Managed
  bool operator==(const pod_volume&) const = default;
};

struct pod_resource_claim {
  name_id name;            // spec.resourceClaims[].name
  name_id claim;           // resourceClaimName
  name_id claim_template;  // resourceClaimTemplateName
  // status.resourceClaimStatuses: has a claim been made from the template, and which (none needed:
  // no_name)?
  bool made = false;
  name_id made_claim = no_name;
  bool operator==(const pod_resource_claim&) const = default;
};

// Pod-level resources of spec.resources, with their status.
struct pod_level_resources {
  resource_list requests;
  bool has_status = false;  // status.resources present
  resource_list actuated, allocated;
  bool operator==(const pod_level_resources&) const = default;
};

// Everything of a pod that equal pods share. Interned: see store.hpp.
struct pod_spec {
  name_id scheduler_name = no_name;
  std::int32_t priority = 0;
  bool preempts_lower_priority = true;  // preemptionPolicy is not Never
  bool host_network = false;
  bool host_users = true;          // hostUsers is nil or true
  bool resize_infeasible = false;  // condition PodResizePending with reason Infeasible
  label_set selector;              // spec.nodeSelector
  std::optional<node_affinity> affinity;
  std::optional<pod_affinity> pods_near, pods_far;  // podAffinity, podAntiAffinity
  std::vector<toleration> tolerations;
  std::vector<topology_spread_constraint> spread;
  std::vector<container> init_containers, containers;
  std::optional<resource_list> overhead;
  std::optional<pod_level_resources> resources;
  std::vector<pod_volume> volumes;
  std::vector<name_id> scheduling_gates;
  std::vector<pod_resource_claim> resource_claims;
  bool operator==(const pod_spec&) const = default;
};

enum class pod_phase : std::uint8_t { pending, running, succeeded, failed, unknown };

// The controller that owns an object (the ownerReference whose `controller` is true).
struct owner {
  name_id api_version, kind, name, uid;
  bool operator==(const owner&) const = default;
};

struct pod {
  name_id ns, name, uid;
  name_id node = no_name;            // spec.nodeName
  name_id nominated_node = no_name;  // status.nominatedNodeName
  spec_id spec{};
  std::uint32_t labels = 0;      // an interned label_set: store::labels()
  std::uint32_t controller = 0;  // an interned owner: store::controller(); 0: none
  timestamp created = 0, started = 0;
  pod_phase phase = pod_phase::pending;
  bool terminating = false;             // metadata.deletionTimestamp is set
  bool disrupted_by_scheduler = false;  // condition DisruptionTarget, reason PreemptionByScheduler

  // Finished pods do not exist for the scheduler.
  bool finished() const { return phase == pod_phase::succeeded || phase == pod_phase::failed; }
};

// ---- nodes ----------------------------------------------------------------------------------

struct node_image {
  std::vector<name_id> names;
  std::int64_t size_bytes;
  bool operator==(const node_image&) const = default;
};

struct node {
  name_id name;
  label_set labels;
  bool unschedulable = false;
  std::vector<taint> taints;
  resource_list allocatable;
  std::vector<node_image> images;
  std::vector<name_id> declared_features;
  bool operator==(const node&) const = default;
};

// ---- the other kinds that scheduling reads ----------------------------------------------------

struct namespace_object {
  name_id name;
  label_set labels;
};
struct priority_class {
  name_id name;
  std::int32_t value;
  bool global_default = false;
  bool preempts_lower_priority = true;
};
struct service {
  name_id ns, name;
  label_set selector;
};
// ReplicaSet, StatefulSet and ReplicationController: a controller with a selector of its pods.
enum class workload_kind : std::uint8_t { replica_set, stateful_set, replication_controller };
struct workload {
  workload_kind kind;
  name_id ns, name;
  std::optional<label_selector> selector;
};
struct pod_disruption_budget {
  name_id ns, name;
  std::optional<label_selector> selector;
  std::int32_t disruptions_allowed = 0;
  std::vector<name_id> disrupted_pods;
};
struct persistent_volume {
  name_id name, uid;
  label_set labels;
  resource_list capacity;
  std::vector<name_id> access_modes;
  name_id storage_class, volume_mode;
  name_id claim_ns, claim_name, claim_uid;  // spec.claimRef
  bool has_claim = false;
  bool terminating = false;
  name_id phase;
  std::optional<node_selector> affinity;  // spec.nodeAffinity.required
  volume_kind kind = volume_kind::other;
  name_id source, driver;       // csi: volumeHandle and driver; in-tree: the disk
  name_id disk_kind = no_name;  // as in pod_volume
  name_id attributes_class;     // spec.volumeAttributesClassName
  label_set annotations;
};
struct persistent_volume_claim {
  name_id ns, name, uid;
  label_set annotations;
  std::vector<name_id> access_modes;
  resource_list requests;
  std::optional<name_id> storage_class;  // nil and "" differ
  name_id volume_mode, volume_name, phase;
  name_id attributes_class;  // spec.volumeAttributesClassName
  std::optional<label_selector> selector;
  owner controller;  // the ephemeral volume's pod
  bool terminating = false;
};
struct storage_class {
  name_id name, provisioner;
  bool wait_for_first_consumer = false;
  bool is_default = false;
  bool terminating = false;
  std::vector<node_selector_term> allowed_topologies;  // each expression is `in`
  timestamp created = 0;
};
struct csi_node_driver {
  name_id name, node_id_text;
  std::optional<std::int64_t> allocatable_count;
  std::vector<name_id> topology_keys;
};
struct csi_node {
  name_id name;  // of the node
  std::vector<csi_node_driver> drivers;
  name_id migrated_plugins;  // annotation storage.alpha.kubernetes.io/migrated-plugins
};
struct csi_driver {
  name_id name;
  bool storage_capacity = false;
};
struct csi_storage_capacity {
  name_id ns, name, storage_class;
  std::optional<label_selector> topology;
  std::optional<quantity> capacity, maximum_volume_size;
};
struct volume_attachment {
  name_id name, attacher, node, persistent_volume;
  std::optional<pod_volume> inline_volume;
};
struct resource_claim {
  name_id ns, name, uid;
  owner controller{};
  bool terminating = false;
};

// An object of a kind that placing does not read: counted, then dropped.
struct other_object {
  name_id kind;
};

using any_object =
    std::variant<other_object, node, pod, namespace_object, priority_class, service, workload,
                 pod_disruption_budget, persistent_volume, persistent_volume_claim, storage_class,
                 csi_node, csi_driver, csi_storage_capacity, volume_attachment, resource_claim>;

}  // namespace crosstie::cluster
