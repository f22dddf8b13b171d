// Nodes, and the small kinds.
#include "cluster/decode_kinds.hpp"

namespace crosstie::cluster {

namespace {

taint read_taint(json_field& field) {
  taint read{};
  field.for_each_member([&](std::string_view key, json_field& value) {
    if (key == "key") {
      read.key = value.name();
    } else if (key == "value") {
      read.value = value.name();
    } else if (key == "effect") {
      read.effect = read_taint_effect(value);
    }
  });
  return read;
}

node_image read_image(json_field& field) {
  node_image image{};
  field.for_each_member([&](std::string_view key, json_field& value) {
    if (key == "names") {
      image.names = read_names(value);
    } else if (key == "sizeBytes") {
      image.size_bytes = value.integer(std::numeric_limits<std::int64_t>::min(),
                                       std::numeric_limits<std::int64_t>::max());
    }
  });
  return image;
}

}  // namespace

taint_effect read_taint_effect(json_field& field) {
  const std::string_view text = field.text();
  if (text.empty()) return taint_effect::any;
  if (text == "NoSchedule") return taint_effect::no_schedule;
  if (text == "PreferNoSchedule") return taint_effect::prefer_no_schedule;
  if (text == "NoExecute") return taint_effect::no_execute;
  field.fail("expected NoSchedule, PreferNoSchedule or NoExecute");
}

bool read_preempts_lower_priority(json_field& field) {
  const std::string_view text = field.text();
  if (text == "Never") return false;
  if (text.empty() || text == "PreemptLowerPriority") return true;
  field.fail("expected PreemptLowerPriority or Never");
}

node read_node(json_field& root) {
  node read{};
  resource_list capacity;
  bool has_allocatable = false;
  auto read_spec = [&](std::string_view key, json_field& value) {
    if (key == "unschedulable") {
      read.unschedulable = value.boolean();
    } else if (key == "taints") {
      read.taints.clear();
      value.for_each_element(
          [&](json_field& element) { read.taints.push_back(read_taint(element)); });
    }
  };
  auto read_status = [&](std::string_view key, json_field& value) {
    if (key == "allocatable") {
      has_allocatable = !value.is_null();
      read.allocatable = read_resources(value);
    } else if (key == "capacity") {
      capacity = read_resources(value);
    } else if (key == "images") {
      read.images.clear();
      value.for_each_element(
          [&](json_field& element) { read.images.push_back(read_image(element)); });
    } else if (key == "declaredFeatures") {
      read.declared_features = read_names(value);
    }
  };
  metadata meta =
      read_object(root, scope::cluster_wide, false, [&](std::string_view key, json_field& member) {
        if (key == "spec") {
          member.for_each_member(read_spec);
        } else if (key == "status") {
          member.for_each_member(read_status);
        }
      });
  read.name = meta.name;
  read.labels = std::move(meta.labels);
  if (!has_allocatable) read.allocatable = std::move(capacity);  // SetDefaults_NodeStatus
  return read;
}

namespace_object read_namespace(json_field& root) {
  metadata meta =
      read_object(root, scope::cluster_wide, false, [](std::string_view, json_field&) {});
  // SetDefaults_Namespace.
  put(meta.labels, {root.names().intern("kubernetes.io/metadata.name"), meta.name});
  return {meta.name, std::move(meta.labels)};
}

priority_class read_priority_class(json_field& root) {
  priority_class read{};
  const metadata meta =
      read_object(root, scope::cluster_wide, false, [&](std::string_view key, json_field& member) {
        if (key == "value") {
          read.value = member.int32();
        } else if (key == "globalDefault") {
          read.global_default = member.boolean();
        } else if (key == "preemptionPolicy") {
          read.preempts_lower_priority = read_preempts_lower_priority(member);
        }
      });
  read.name = meta.name;
  return read;
}

service read_service(json_field& root) {
  service read{};
  const metadata meta =
      read_object(root, scope::namespaced, false, [&](std::string_view key, json_field& member) {
        if (key != "spec") return;
        member.for_each_member([&](std::string_view part, json_field& value) {
          if (part == "selector") read.selector = read_labels(value);
        });
      });
  read.ns = meta.ns;
  read.name = meta.name;
  return read;
}

workload read_workload(json_field& root, workload_kind kind) {
  workload read{};
  read.kind = kind;
  const metadata meta =
      read_object(root, scope::namespaced, false, [&](std::string_view key, json_field& member) {
        if (key != "spec") return;
        member.for_each_member([&](std::string_view part, json_field& value) {
          if (part != "selector" || value.is_null()) return;
          read.selector = kind == workload_kind::replication_controller
                              ? read_equalities(value)
                              : read_label_selector(value);
        });
      });
  read.ns = meta.ns;
  read.name = meta.name;
  return read;
}

pod_disruption_budget read_pod_disruption_budget(json_field& root) {
  pod_disruption_budget read{};
  auto read_status = [&](std::string_view key, json_field& value) {
    if (key == "disruptionsAllowed") {
      read.disruptions_allowed = value.int32();
    } else if (key == "disruptedPods") {
      read.disrupted_pods.clear();
      value.for_each_member([&](std::string_view pod, json_field& since) {
        read.disrupted_pods.push_back(since.names().intern(pod));
      });
    }
  };
  const metadata meta =
      read_object(root, scope::namespaced, false, [&](std::string_view key, json_field& member) {
        if (key == "spec") {
          member.for_each_member([&](std::string_view part, json_field& value) {
            if (part == "selector" && !value.is_null()) read.selector = read_label_selector(value);
          });
        } else if (key == "status") {
          member.for_each_member(read_status);
        }
      });
  read.ns = meta.ns;
  read.name = meta.name;
  return read;
}

resource_claim read_resource_claim(json_field& root) {
  metadata meta = read_object(root, scope::namespaced, false, [](std::string_view, json_field&) {});
  return {meta.ns, meta.name, meta.uid, meta.controller, meta.terminating};
}

}  // namespace crosstie::cluster
