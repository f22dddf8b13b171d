// The readers of each kind, which decode.cpp chooses from by kind and API group.
//
// Promise: each reads the members of the object's root and fails by decode_failure.
// Thread safety: none.
#pragma once

#include "cluster/decode.hpp"
#include "cluster/json_field.hpp"

namespace crosstie::cluster {

// What reading a pod needs besides the result; kept between pods for its capacity.
struct pod_scratch {
  struct container_extra {
    resource_list limits;
    std::vector<std::int32_t> ports;  // containerPort of each port
  };
  struct named_status {
    name_id name;
    container_resource_status status;
  };

  struct claim_status {
    name_id name, claim;
  };
  // Of each term of a pod_affinity: what joins its selector once the pod's labels are known.
  struct term_keys {
    std::vector<name_id> match, mismatch;  // matchLabelKeys, mismatchLabelKeys
  };
  struct affinity_keys {
    std::vector<term_keys> required, preferred;
  };

  pod_spec spec;
  std::vector<container_extra> containers, init_containers;
  std::vector<named_status> container_statuses, init_container_statuses;
  std::vector<claim_status> claim_statuses;
  affinity_keys near, far;
  resource_list limits, actuated, allocated;  // of the pod as a whole
  bool has_status_resources = false;
  decoder::pod_priority priority;

  void clear();
};

pod read_pod(json_field& root, store& into, pod_scratch& scratch);
node read_node(json_field& root);
namespace_object read_namespace(json_field& root);
priority_class read_priority_class(json_field& root);
service read_service(json_field& root);
workload read_workload(json_field& root, workload_kind kind);
pod_disruption_budget read_pod_disruption_budget(json_field& root);
persistent_volume read_persistent_volume(json_field& root);
persistent_volume_claim read_persistent_volume_claim(json_field& root);
storage_class read_storage_class(json_field& root);
csi_node read_csi_node(json_field& root);
csi_driver read_csi_driver(json_field& root);
csi_storage_capacity read_csi_storage_capacity(json_field& root);
volume_attachment read_volume_attachment(json_field& root);
resource_claim read_resource_claim(json_field& root);

// Reads metadata through `root` and the other members through each(key, member); what every object
// must have is checked: a name, and for a kind inside namespaces a namespace ("default" if absent).
enum class scope : std::uint8_t { cluster_wide, namespaced };
template <class Each>
metadata read_object(json_field& root, scope where, bool with_annotations, Each&& each) {
  metadata meta;
  root.for_each_member([&](std::string_view key, json_field& member) {
    if (key == "metadata") {
      meta.read(member, with_annotations);
    } else {
      each(key, member);
    }
  });
  if (meta.name == no_name) root.fail_plainly("metadata.name", "expected a name, found none");
  if (where == scope::cluster_wide) {
    meta.ns = no_name;
  } else if (meta.ns == no_name) {
    meta.ns = root.names().intern("default");
  }
  return meta;
}

// What pods share with nodes and priority classes. Absent and "" are any effect, and do preempt.
taint_effect read_taint_effect(json_field& field);
bool read_preempts_lower_priority(json_field& field);

// Volume sources, in pods and in persistent volumes: is `key` the name of one, and if so it is
// read.
bool read_volume_source(std::string_view key, json_field& field, pod_volume& into);

}  // namespace crosstie::cluster
