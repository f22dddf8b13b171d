// Pods: spec and status together make the interned pod_spec.
#include <algorithm>
#include <limits>

#include "cluster/decode_kinds.hpp"
#include "cluster/pod_defaults.hpp"

namespace crosstie::cluster {

namespace {

std::int32_t read_port(json_field& field) {
  return static_cast<std::int32_t>(field.integer(0, 65535));
}

toleration_operator read_toleration_operator(json_field& field) {
  const std::string_view text = field.text();
  if (text.empty() || text == "Equal") return toleration_operator::equal;
  if (text == "Exists") return toleration_operator::exists;
  if (text == "Lt") return toleration_operator::lt;
  if (text == "Gt") return toleration_operator::gt;
  field.fail("expected Equal, Exists, Lt or Gt");
}

void read_tolerations(json_field& field, std::vector<toleration>& into) {
  into.clear();
  field.for_each_element([&](json_field& element) {
    toleration& read = into.emplace_back();
    element.for_each_member([&](std::string_view key, json_field& value) {
      if (key == "key") {
        read.key = value.name();
      } else if (key == "value") {
        read.value = value.name();
      } else if (key == "operator") {
        read.op = read_toleration_operator(value);
      } else if (key == "effect") {
        read.effect = read_taint_effect(value);
      }
    });
  });
}

// ---- affinity and spreading ---------------------------------------------------------------------

constexpr std::string_view required_terms = "requiredDuringSchedulingIgnoredDuringExecution";
constexpr std::string_view preferred_terms = "preferredDuringSchedulingIgnoredDuringExecution";

node_affinity read_node_affinity(json_field& field) {
  node_affinity affinity;
  field.for_each_member([&](std::string_view key, json_field& value) {
    if (key == required_terms) {
      if (!value.is_null()) affinity.required = read_node_selector(value);
    } else if (key == preferred_terms) {
      affinity.preferred.clear();
      value.for_each_element([&](json_field& element) {
        preferred_node_term& term = affinity.preferred.emplace_back();
        element.for_each_member([&](std::string_view part, json_field& member) {
          if (part == "weight") {
            term.weight = member.int32();
          } else if (part == "preference") {
            term.preference = read_node_selector_term(member);
          }
        });
      });
    }
  });
  return affinity;
}

pod_affinity_term read_pod_affinity_term(json_field& field, pod_scratch::term_keys& keys) {
  pod_affinity_term term{};
  field.for_each_member([&](std::string_view key, json_field& value) {
    if (key == "labelSelector") {
      if (!value.is_null()) term.selector = read_label_selector(value);
    } else if (key == "namespaceSelector") {
      if (!value.is_null()) term.namespace_selector = read_label_selector(value);
    } else if (key == "namespaces") {
      term.namespaces = read_names(value);
    } else if (key == "topologyKey") {
      term.topology_key = value.name();
    } else if (key == "matchLabelKeys") {
      keys.match = read_names(value);
    } else if (key == "mismatchLabelKeys") {
      keys.mismatch = read_names(value);
    }
  });
  return term;
}

pod_affinity read_pod_affinity(json_field& field, pod_scratch::affinity_keys& keys) {
  pod_affinity affinity;
  keys = {};
  field.for_each_member([&](std::string_view key, json_field& value) {
    if (key == required_terms) {
      affinity.required.clear();
      keys.required.clear();
      value.for_each_element([&](json_field& element) {
        affinity.required.push_back(read_pod_affinity_term(element, keys.required.emplace_back()));
      });
    } else if (key == preferred_terms) {
      affinity.preferred.clear();
      keys.preferred.clear();
      value.for_each_element([&](json_field& element) {
        weighted_pod_affinity_term& weighted = affinity.preferred.emplace_back();
        pod_scratch::term_keys& of_term = keys.preferred.emplace_back();
        element.for_each_member([&](std::string_view part, json_field& member) {
          if (part == "weight") {
            weighted.weight = member.int32();
          } else if (part == "podAffinityTerm") {
            weighted.term = read_pod_affinity_term(member, of_term);
          }
        });
      });
    }
  });
  return affinity;
}

void read_affinity(json_field& field, pod_scratch& scratch) {
  pod_spec& spec = scratch.spec;
  field.for_each_member([&](std::string_view key, json_field& value) {
    if (value.is_null()) return;
    if (key == "nodeAffinity") {
      spec.affinity = read_node_affinity(value);
    } else if (key == "podAffinity") {
      spec.pods_near = read_pod_affinity(value, scratch.near);
    } else if (key == "podAntiAffinity") {
      spec.pods_far = read_pod_affinity(value, scratch.far);
    }
  });
}

inclusion_policy read_inclusion_policy(json_field& field, inclusion_policy absent) {
  if (field.is_null()) return absent;
  const std::string_view text = field.text();
  if (text == "Honor") return inclusion_policy::honor;
  if (text == "Ignore") return inclusion_policy::ignore;
  field.fail("expected Honor or Ignore");
}

std::int32_t read_positive(json_field& field) {
  return static_cast<std::int32_t>(field.integer(1, std::numeric_limits<std::int32_t>::max()));
}

void read_spread_member(std::string_view key, json_field& value, topology_spread_constraint& read) {
  if (key == "maxSkew") {
    if (!value.is_null()) read.max_skew = read_positive(value);
  } else if (key == "topologyKey") {
    read.topology_key = value.name();
  } else if (key == "whenUnsatisfiable") {
    const std::string_view text = value.text();
    if (text != "DoNotSchedule" && text != "ScheduleAnyway") {
      value.fail("expected DoNotSchedule or ScheduleAnyway");
    }
    read.when_unsatisfiable = text == "DoNotSchedule" ? unsatisfiable_action::do_not_schedule
                                                      : unsatisfiable_action::schedule_anyway;
  } else if (key == "labelSelector") {
    if (!value.is_null()) read.selector = read_label_selector(value);
  } else if (key == "minDomains") {
    if (!value.is_null()) read.min_domains = read_positive(value);
  } else if (key == "nodeAffinityPolicy") {
    read.node_affinity_policy = read_inclusion_policy(value, inclusion_policy::honor);
  } else if (key == "nodeTaintsPolicy") {
    read.node_taints_policy = read_inclusion_policy(value, inclusion_policy::ignore);
  } else if (key == "matchLabelKeys") {
    read.match_label_keys = read_names(value);
  }
}

void read_spread(json_field& field, std::vector<topology_spread_constraint>& into) {
  into.clear();
  field.for_each_element([&](json_field& element) {
    topology_spread_constraint& read = into.emplace_back();
    read.max_skew = 1;
    element.for_each_member(
        [&](std::string_view key, json_field& value) { read_spread_member(key, value, read); });
  });
}

// ---- containers ---------------------------------------------------------------------------------

void read_ports(json_field& field, container& into, pod_scratch::container_extra& extra) {
  into.ports.clear();
  extra.ports.clear();
  field.for_each_element([&](json_field& element) {
    container_port& port = into.ports.emplace_back();
    std::int32_t& inside = extra.ports.emplace_back();
    element.for_each_member([&](std::string_view key, json_field& value) {
      if (key == "hostPort") {
        port.host_port = read_port(value);
      } else if (key == "containerPort") {
        inside = read_port(value);
      } else if (key == "protocol") {
        port.protocol = value.name();
      } else if (key == "hostIP") {
        port.host_ip = value.name();
      }
    });
    if (port.protocol == no_name) port.protocol = element.names().intern("TCP");
  });
}

// spec.resources of a container and of a pod.
void read_requirements(json_field& field, resource_list& requests, resource_list& limits) {
  field.for_each_member([&](std::string_view key, json_field& value) {
    if (key == "requests") {
      requests = read_resources(value);
    } else if (key == "limits") {
      limits = read_resources(value);
    }
  });
}

bool read_restarts_always(json_field& field) {
  const std::string_view text = field.text();
  if (text == "Always") return true;
  if (text.empty() || text == "OnFailure" || text == "Never") return false;
  field.fail("expected Always, OnFailure or Never");
}

void read_container(json_field& field, container& into, pod_scratch::container_extra& extra) {
  field.for_each_member([&](std::string_view key, json_field& value) {
    if (key == "name") {
      into.name = value.name();
    } else if (key == "image") {
      into.image = value.name();
    } else if (key == "resources") {
      read_requirements(value, into.requests, extra.limits);
    } else if (key == "ports") {
      read_ports(value, into, extra);
    } else if (key == "restartPolicy") {
      into.restart_always = read_restarts_always(value);
    } else if (key == "restartPolicyRules") {
      into.restarts_all_containers = false;
      value.for_each_element([&](json_field& rule) {
        rule.for_each_member([&](std::string_view part, json_field& member) {
          if (part == "action") {
            into.restarts_all_containers |= member.text() == "RestartAllContainers";
          }
        });
      });
    }
  });
}

void read_containers(json_field& field, std::vector<container>& into,
                     std::vector<pod_scratch::container_extra>& extras) {
  into.clear();
  extras.clear();
  field.for_each_element([&](json_field& element) {
    read_container(element, into.emplace_back(), extras.emplace_back());
  });
}

// ---- the rest of the spec -----------------------------------------------------------------------

void read_volumes(json_field& field, std::vector<pod_volume>& into) {
  into.clear();
  field.for_each_element([&](json_field& element) {
    pod_volume read{};
    read.kind = volume_kind::other;
    name_id name = no_name;
    element.for_each_member([&](std::string_view key, json_field& value) {
      if (key == "name") {
        name = value.name();
      } else {
        read_volume_source(key, value, read);
      }
    });
    if (read.kind == volume_kind::other) return;  // no scheduling decision reads it
    if (read.kind == volume_kind::ephemeral || read.kind == volume_kind::azure_disk ||
        read.kind == volume_kind::aws_elastic_block_store) {
      read.name = name;
    }
    into.push_back(std::move(read));
  });
}

void read_claims(json_field& field, std::vector<pod_resource_claim>& into) {
  into.clear();
  field.for_each_element([&](json_field& element) {
    pod_resource_claim& read = into.emplace_back();
    element.for_each_member([&](std::string_view key, json_field& value) {
      if (key == "name") {
        read.name = value.name();
      } else if (key == "resourceClaimName") {
        read.claim = value.name();
      } else if (key == "resourceClaimTemplateName") {
        read.claim_template = value.name();
      }
    });
  });
}

void read_gates(json_field& field, std::vector<name_id>& into) {
  into.clear();
  field.for_each_element([&](json_field& element) {
    element.for_each_member([&](std::string_view key, json_field& value) {
      if (key == "name") into.push_back(value.name());
    });
  });
}

void read_spec_member(std::string_view key, json_field& value, pod& read, pod_scratch& scratch) {
  pod_spec& spec = scratch.spec;
  if (key == "containers") {
    read_containers(value, spec.containers, scratch.containers);
  } else if (key == "initContainers") {
    read_containers(value, spec.init_containers, scratch.init_containers);
  } else if (key == "nodeName") {
    read.node = value.name();
  } else if (key == "tolerations") {
    read_tolerations(value, spec.tolerations);
  } else if (key == "volumes") {
    read_volumes(value, spec.volumes);
  } else if (key == "schedulerName") {
    spec.scheduler_name = value.name();
  } else if (key == "priority") {
    scratch.priority.absent = value.is_null();
    spec.priority = value.int32();
  } else if (key == "priorityClassName") {
    scratch.priority.class_name = value.name();
  } else if (key == "preemptionPolicy") {
    scratch.priority.preemption_policy_absent = value.is_null();
    spec.preempts_lower_priority = read_preempts_lower_priority(value);
  } else if (key == "nodeSelector") {
    spec.selector = read_labels(value);
  } else if (key == "affinity") {
    read_affinity(value, scratch);
  } else if (key == "topologySpreadConstraints") {
    read_spread(value, spec.spread);
  } else if (key == "hostNetwork") {
    spec.host_network = value.boolean();
  } else if (key == "hostUsers") {
    spec.host_users = value.is_null() || value.boolean();
  } else if (key == "overhead") {
    if (!value.is_null()) spec.overhead = read_resources(value);
  } else if (key == "resources") {
    if (value.is_null()) return;
    read_requirements(value, spec.resources.emplace().requests, scratch.limits);
  } else if (key == "schedulingGates") {
    read_gates(value, spec.scheduling_gates);
  } else if (key == "resourceClaims") {
    read_claims(value, spec.resource_claims);
  }
}

// ---- status -------------------------------------------------------------------------------------

pod_phase read_phase(json_field& field) {
  const std::string_view text = field.text();
  if (text.empty() || text == "Pending") return pod_phase::pending;
  if (text == "Running") return pod_phase::running;
  if (text == "Succeeded") return pod_phase::succeeded;
  if (text == "Failed") return pod_phase::failed;
  if (text == "Unknown") return pod_phase::unknown;
  field.fail("expected Pending, Running, Succeeded, Failed or Unknown");
}

void read_conditions(json_field& field, pod& read, pod_spec& spec) {
  bool saw_resize = false;
  field.for_each_element([&](json_field& element) {
    std::string_view type, status, reason;
    element.for_each_member([&](std::string_view key, json_field& value) {
      if (key == "type") {
        type = value.text();
      } else if (key == "status") {
        status = value.text();
      } else if (key == "reason") {
        reason = value.text();
      }
    });
    if (type == "PodResizePending" && !saw_resize) {
      saw_resize = true;  // upstream looks at the first only
      spec.resize_infeasible = reason == "Infeasible";
    } else if (type == "DisruptionTarget") {
      read.disrupted_by_scheduler |= status == "True" && reason == "PreemptionByScheduler";
    }
  });
}

void read_container_statuses(json_field& field, std::vector<pod_scratch::named_status>& into) {
  into.clear();
  field.for_each_element([&](json_field& element) {
    pod_scratch::named_status& read = into.emplace_back();
    element.for_each_member([&](std::string_view key, json_field& value) {
      if (key == "name") {
        read.name = value.name();
      } else if (key == "allocatedResources") {
        read.status.allocated = read_resources(value);
      } else if (key == "resources") {
        read.status.has_resources = !value.is_null();
        resource_list limits;
        read_requirements(value, read.status.actuated, limits);
      }
    });
  });
}

void read_claim_statuses(json_field& field, std::vector<pod_scratch::claim_status>& into) {
  into.clear();
  field.for_each_element([&](json_field& element) {
    pod_scratch::claim_status& read = into.emplace_back();
    element.for_each_member([&](std::string_view key, json_field& value) {
      if (key == "name") {
        read.name = value.name();
      } else if (key == "resourceClaimName") {
        read.claim = value.name();
      }
    });
  });
}

void read_status_member(std::string_view key, json_field& value, pod& read, pod_scratch& scratch) {
  if (key == "phase") {
    read.phase = read_phase(value);
  } else if (key == "startTime") {
    read.started = value.time();
  } else if (key == "nominatedNodeName") {
    read.nominated_node = value.name();
  } else if (key == "conditions") {
    read_conditions(value, read, scratch.spec);
  } else if (key == "containerStatuses") {
    read_container_statuses(value, scratch.container_statuses);
  } else if (key == "initContainerStatuses") {
    read_container_statuses(value, scratch.init_container_statuses);
  } else if (key == "resourceClaimStatuses") {
    read_claim_statuses(value, scratch.claim_statuses);
  } else if (key == "allocatedResources") {
    scratch.allocated = read_resources(value);
  } else if (key == "resources") {
    scratch.has_status_resources = !value.is_null();
    resource_list limits;
    read_requirements(value, scratch.actuated, limits);
  }
}

}  // namespace

pod read_pod(json_field& root, store& into, pod_scratch& scratch) {
  scratch.clear();
  pod read{};
  metadata meta =
      read_object(root, scope::namespaced, false, [&](std::string_view key, json_field& member) {
        if (key == "spec") {
          member.for_each_member([&](std::string_view part, json_field& value) {
            read_spec_member(part, value, read, scratch);
          });
        } else if (key == "status") {
          member.for_each_member([&](std::string_view part, json_field& value) {
            read_status_member(part, value, read, scratch);
          });
        }
      });
  read.ns = meta.ns;
  read.name = meta.name;
  read.uid = meta.uid;
  read.created = meta.created;
  read.terminating = meta.terminating;
  merge_label_keys(scratch, meta.labels);
  read.labels = into.intern(std::move(meta.labels));
  read.controller = into.intern(meta.controller);
  finish_spec(scratch, into.names());
  read.spec = into.intern(scratch.spec);
  return read;
}

}  // namespace crosstie::cluster
