#include "simulate/object_writer.hpp"

#include <rapidjson/writer.h>

#include <algorithm>
#include <array>
#include <ostream>
#include <string_view>

#include "simulate/value_text.hpp"

namespace crosstie::simulate {
namespace {

using cluster::name_id;
using cluster::store;

struct string_sink {
  using Ch = char;
  std::string& text;
  void Put(char letter) { text.push_back(letter); }
  void Flush() {}
};

std::string_view effect_name(cluster::taint_effect effect) {
  switch (effect) {
    case cluster::taint_effect::no_schedule:
      return "NoSchedule";
    case cluster::taint_effect::prefer_no_schedule:
      return "PreferNoSchedule";
    case cluster::taint_effect::no_execute:
      return "NoExecute";
    case cluster::taint_effect::any:
      break;
  }
  return "";
}

std::string_view operator_name(cluster::toleration_operator op) {
  switch (op) {
    case cluster::toleration_operator::exists:
      return "Exists";
    case cluster::toleration_operator::lt:
      return "Lt";
    case cluster::toleration_operator::gt:
      return "Gt";
    case cluster::toleration_operator::equal:
      break;
  }
  return "Equal";
}

std::string_view operator_name(cluster::selector_operator op) {
  constexpr std::array<std::string_view, 7> texts{"In", "NotIn", "Exists", "DoesNotExist",
                                                  "Gt", "Lt",    ""};
  return texts[static_cast<std::size_t>(op)];
}

std::string_view phase_name(cluster::pod_phase phase) {
  constexpr std::array<std::string_view, 5> texts{"Pending", "Running", "Succeeded", "Failed",
                                                  "Unknown"};
  return texts[static_cast<std::size_t>(phase)];
}

// Resources that cannot be overcommitted: the API server wants their limits equal to the requests.
bool needs_limit(std::string_view resource) {
  return resource.starts_with("hugepages-") || resource.find('/') != std::string_view::npos;
}

// One object at a time; every member writes one JSON value or some members of the open object.
class writer {
 public:
  writer(const store& objects, std::string& out) : objects_(objects), sink_{out}, json_(sink_) {}

  void node(const cluster::node& node) {
    json_.StartObject();
    type("v1", "Node");
    key("metadata");
    json_.StartObject();
    field("name", node.name);
    labels("labels", node.labels);
    json_.EndObject();
    key("spec");
    json_.StartObject();
    if (node.unschedulable) flag("unschedulable", true);
    if (!node.taints.empty()) list("taints", node.taints, [&](const auto& one) { taint(one); });
    json_.EndObject();
    key("status");
    json_.StartObject();
    resources("capacity", node.allocatable);
    resources("allocatable", node.allocatable);
    key("conditions");
    json_.StartArray();
    condition("Ready");
    json_.EndArray();
    if (!node.images.empty()) list("images", node.images, [&](const auto& one) { image(one); });
    json_.EndObject();
    json_.EndObject();
  }

  void pod(const cluster::pod& pod) {
    json_.StartObject();
    type("v1", "Pod");
    pod_metadata(pod);
    key("spec");
    json_.StartObject();
    pod_spec(objects_.spec(pod.spec));
    field("nodeName", pod.node);
    json_.EndObject();
    pod_status(pod);
    json_.EndObject();
  }

  void namespace_object(const cluster::namespace_object& ns) {
    json_.StartObject();
    type("v1", "Namespace");
    key("metadata");
    json_.StartObject();
    field("name", ns.name);
    labels("labels", ns.labels);
    json_.EndObject();
    key("spec");
    json_.StartObject();
    texts("finalizers", std::array<std::string_view, 1>{"kubernetes"});
    json_.EndObject();
    key("status");
    json_.StartObject();
    field("phase", "Active");
    json_.EndObject();
    json_.EndObject();
  }

  void priority_class(const cluster::priority_class& priority) {
    json_.StartObject();
    type("scheduling.k8s.io/v1", "PriorityClass");
    key("metadata");
    json_.StartObject();
    field("name", priority.name);
    json_.EndObject();
    number("value", priority.value);
    if (priority.global_default) flag("globalDefault", true);
    field("preemptionPolicy", preemption_policy(priority.preempts_lower_priority));
    json_.EndObject();
  }

 private:
  // ---- values of any object ----
  void string(std::string_view text) {
    json_.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
  }
  void key(std::string_view name) {
    json_.Key(name.data(), static_cast<rapidjson::SizeType>(name.size()));
  }
  // Empty texts are absent ones.
  void field(std::string_view name, std::string_view text) {
    if (text.empty()) return;
    key(name);
    string(text);
  }
  void field(std::string_view name, name_id text) { field(name, objects_.text(text)); }
  void number(std::string_view name, std::int64_t value) {
    key(name);
    json_.Int64(value);
  }
  void flag(std::string_view name, bool value) {
    key(name);
    json_.Bool(value);
  }
  void type(std::string_view version, std::string_view kind) {
    field("apiVersion", version);
    field("kind", kind);
  }
  template <class Items, class Write>
  void list(std::string_view name, const Items& items, Write write) {
    key(name);
    json_.StartArray();
    for (const auto& item : items) write(item);
    json_.EndArray();
  }
  template <class Texts>
  void texts(std::string_view name, const Texts& items) {
    list(name, items, [&](std::string_view text) { string(text); });
  }
  void names(std::string_view name, const std::vector<name_id>& items) {
    if (items.empty()) return;
    list(name, items, [&](name_id item) { string(objects_.text(item)); });
  }
  void label_members(const cluster::label_set& set) {
    for (const cluster::label& one : set) {
      key(objects_.text(one.key));
      string(objects_.text(one.value));
    }
  }
  void labels(std::string_view name, const cluster::label_set& set) {
    if (set.empty()) return;
    key(name);
    json_.StartObject();
    label_members(set);
    json_.EndObject();
  }
  void resources(
      std::string_view name, const cluster::resource_list& amounts,
      bool (*wanted)(std::string_view) = [](std::string_view) { return true; }) {
    key(name);
    json_.StartObject();
    for (const cluster::resource_amount& one : amounts) {
      if (!wanted(objects_.text(one.name))) continue;
      key(objects_.text(one.name));
      string(to_text(one.amount));
    }
    json_.EndObject();
  }
  void requests_and_limits(const cluster::resource_list& requests) {
    key("resources");
    json_.StartObject();
    if (!requests.empty()) {
      const auto limited = [&](const auto& one) { return needs_limit(objects_.text(one.name)); };
      if (std::ranges::any_of(requests, limited)) resources("limits", requests, needs_limit);
      resources("requests", requests);
    }
    json_.EndObject();
  }
  void condition(std::string_view what) {
    json_.StartObject();
    field("type", what);
    field("status", "True");
    json_.EndObject();
  }

  // ---- parts of nodes ----
  void taint(const cluster::taint& one) {
    json_.StartObject();
    field("key", one.key);
    field("value", one.value);
    field("effect", effect_name(one.effect));
    json_.EndObject();
  }
  void image(const cluster::node_image& one) {
    json_.StartObject();
    names("names", one.names);
    number("sizeBytes", one.size_bytes);
    json_.EndObject();
  }

  // ---- selectors and affinity ----
  void requirements(std::string_view name, const std::vector<cluster::requirement>& wanted) {
    if (wanted.empty()) return;
    list(name, wanted, [&](const cluster::requirement& one) {
      json_.StartObject();
      key("key");
      string(objects_.text(one.key));
      field("operator", operator_name(one.op));
      names("values", one.values);
      json_.EndObject();
    });
  }
  void label_selector(std::string_view name, const std::optional<cluster::label_selector>& one) {
    if (!one) return;
    key(name);
    json_.StartObject();
    requirements("matchExpressions", one->requirements);
    json_.EndObject();
  }
  void node_term(const cluster::node_selector_term& term) {
    json_.StartObject();
    requirements("matchExpressions", term.match_expressions);
    requirements("matchFields", term.match_fields);
    json_.EndObject();
  }
  void node_affinity(const cluster::node_affinity& affinity) {
    key("nodeAffinity");
    json_.StartObject();
    if (affinity.required) {
      key("requiredDuringSchedulingIgnoredDuringExecution");
      json_.StartObject();
      list("nodeSelectorTerms", affinity.required->terms,
           [&](const auto& term) { node_term(term); });
      json_.EndObject();
    }
    if (!affinity.preferred.empty()) {
      list("preferredDuringSchedulingIgnoredDuringExecution", affinity.preferred,
           [&](const cluster::preferred_node_term& one) {
             json_.StartObject();
             number("weight", one.weight);
             key("preference");
             node_term(one.preference);
             json_.EndObject();
           });
    }
    json_.EndObject();
  }
  void pod_term(const cluster::pod_affinity_term& term) {
    json_.StartObject();
    label_selector("labelSelector", term.selector);
    names("namespaces", term.namespaces);
    label_selector("namespaceSelector", term.namespace_selector);
    field("topologyKey", term.topology_key);
    json_.EndObject();
  }
  void pod_affinity(std::string_view name, const cluster::pod_affinity& affinity) {
    key(name);
    json_.StartObject();
    if (!affinity.required.empty()) {
      list("requiredDuringSchedulingIgnoredDuringExecution", affinity.required,
           [&](const auto& term) { pod_term(term); });
    }
    if (!affinity.preferred.empty()) {
      list("preferredDuringSchedulingIgnoredDuringExecution", affinity.preferred,
           [&](const cluster::weighted_pod_affinity_term& one) {
             json_.StartObject();
             number("weight", one.weight);
             key("podAffinityTerm");
             pod_term(one.term);
             json_.EndObject();
           });
    }
    json_.EndObject();
  }
  void affinity(const cluster::pod_spec& spec) {
    if (!spec.affinity && !spec.pods_near && !spec.pods_far) return;
    key("affinity");
    json_.StartObject();
    if (spec.affinity) node_affinity(*spec.affinity);
    if (spec.pods_near) pod_affinity("podAffinity", *spec.pods_near);
    if (spec.pods_far) pod_affinity("podAntiAffinity", *spec.pods_far);
    json_.EndObject();
  }
  void spread(const cluster::topology_spread_constraint& one) {
    using cluster::inclusion_policy;
    using cluster::unsatisfiable_action;
    const auto policy = [](inclusion_policy value) {
      return value == inclusion_policy::honor ? "Honor" : "Ignore";
    };
    json_.StartObject();
    number("maxSkew", one.max_skew);
    field("topologyKey", one.topology_key);
    field("whenUnsatisfiable", one.when_unsatisfiable == unsatisfiable_action::do_not_schedule
                                   ? "DoNotSchedule"
                                   : "ScheduleAnyway");
    label_selector("labelSelector", one.selector);
    if (one.min_domains) number("minDomains", *one.min_domains);
    field("nodeAffinityPolicy", policy(one.node_affinity_policy));
    field("nodeTaintsPolicy", policy(one.node_taints_policy));
    names("matchLabelKeys", one.match_label_keys);
    json_.EndObject();
  }

  // ---- parts of pods ----
  void pod_metadata(const cluster::pod& pod) {
    key("metadata");
    json_.StartObject();
    field("name", pod.name);
    field("namespace", pod.ns);
    field("uid", pod.uid);
    if (pod.created != 0) field("creationTimestamp", to_text(pod.created));
    if (pod.terminating) {  // when it was asked to end is not kept
      field("deletionTimestamp", to_text(std::max(pod.created, pod.started)));
      number("deletionGracePeriodSeconds", 30);
    }
    labels("labels", objects_.labels(pod.labels));
    if (pod.controller != 0) {
      list("ownerReferences", std::array{objects_.controller(pod.controller)},
           [&](const cluster::owner& one) { owner(one); });
    }
    json_.EndObject();
  }
  void owner(const cluster::owner& one) {
    json_.StartObject();
    field("apiVersion", one.api_version);
    field("kind", one.kind);
    field("name", one.name);
    field("uid", one.uid);
    flag("controller", true);
    flag("blockOwnerDeletion", true);
    json_.EndObject();
  }
  void port(const cluster::container_port& one, bool host_network) {
    json_.StartObject();
    number("containerPort", one.host_port);
    if (one.host_port != 0 || host_network) number("hostPort", one.host_port);
    field("protocol", one.protocol == cluster::no_name ? "TCP" : objects_.text(one.protocol));
    field("hostIP", one.host_ip);
    json_.EndObject();
  }
  void container(const cluster::container& one, bool host_network) {
    json_.StartObject();
    field("name", one.name);
    field("image", one.image);
    if (one.restart_always) field("restartPolicy", "Always");
    if (one.restarts_all_containers) restart_rule();
    requests_and_limits(one.requests);
    std::vector<cluster::container_port> ports;  // the model keeps only a port on the host
    for (const auto& candidate : one.ports) {
      if (candidate.host_port != 0) ports.push_back(candidate);
    }
    if (!ports.empty()) {
      list("ports", ports, [&](const auto& taken) { port(taken, host_network); });
    }
    field("terminationMessagePath", "/dev/termination-log");
    field("terminationMessagePolicy", "File");
    field("imagePullPolicy", "IfNotPresent");
    json_.EndObject();
  }
  void restart_rule() {
    key("restartPolicyRules");
    json_.StartArray();
    json_.StartObject();
    field("action", "RestartAllContainers");
    json_.EndObject();
    json_.EndArray();
  }
  void toleration(const cluster::toleration& one) {
    const std::string_view name = objects_.text(one.key);
    json_.StartObject();
    field("key", name);
    field("operator", operator_name(one.op));
    field("value", one.value);
    field("effect", effect_name(one.effect));
    // The two that admission adds to every pod carry its five minutes.
    if (one.effect == cluster::taint_effect::no_execute &&
        (name == "node.kubernetes.io/not-ready" || name == "node.kubernetes.io/unreachable")) {
      number("tolerationSeconds", 300);
    }
    json_.EndObject();
  }
  static std::string_view preemption_policy(bool preempts) {
    return preempts ? "PreemptLowerPriority" : "Never";
  }
  // The model keeps a pod's priority, not its class; classes are told apart by value and policy.
  std::string_view class_of(const cluster::pod_spec& spec) const {
    for (const cluster::priority_class& one : objects_.priority_classes.all()) {
      if (one.value == spec.priority &&
          one.preempts_lower_priority == spec.preempts_lower_priority) {
        return objects_.text(one.name);
      }
    }
    return "";
  }
  void pod_spec(const cluster::pod_spec& spec) {
    const auto write_container = [&](const auto& one) { container(one, spec.host_network); };
    if (!spec.init_containers.empty()) {
      list("initContainers", spec.init_containers, write_container);
    }
    list("containers", spec.containers, write_container);
    field("restartPolicy", "Always");
    number("terminationGracePeriodSeconds", 30);
    field("dnsPolicy", "ClusterFirst");
    field("serviceAccountName", "default");
    if (spec.host_network) flag("hostNetwork", true);
    if (!spec.host_users) flag("hostUsers", false);
    key("securityContext");
    json_.StartObject();
    json_.EndObject();
    field("schedulerName", spec.scheduler_name);
    labels("nodeSelector", spec.selector);
    affinity(spec);
    if (!spec.tolerations.empty()) {
      list("tolerations", spec.tolerations, [&](const auto& one) { toleration(one); });
    }
    if (!spec.spread.empty()) {
      list("topologySpreadConstraints", spec.spread, [&](const auto& one) { spread(one); });
    }
    if (!spec.scheduling_gates.empty()) {
      list("schedulingGates", spec.scheduling_gates, [&](name_id gate) {
        json_.StartObject();
        field("name", gate);
        json_.EndObject();
      });
    }
    if (spec.overhead) resources("overhead", *spec.overhead);
    if (spec.resources) requests_and_limits(spec.resources->requests);
    field("priorityClassName", class_of(spec));
    number("priority", spec.priority);
    field("preemptionPolicy", preemption_policy(spec.preempts_lower_priority));
    flag("enableServiceLinks", true);
  }
  void pod_status(const cluster::pod& pod) {
    key("status");
    json_.StartObject();
    field("phase", phase_name(pod.phase));
    field("nominatedNodeName", pod.nominated_node);
    if (pod.started != 0) field("startTime", to_text(pod.started));
    if (pod.disrupted_by_scheduler || objects_.spec(pod.spec).resize_infeasible) {
      special_conditions(pod);
    }
    json_.EndObject();
  }
  void special_conditions(const cluster::pod& pod) {
    const auto with_reason = [&](std::string_view what, std::string_view reason) {
      json_.StartObject();
      field("type", what);
      field("status", "True");
      field("reason", reason);
      json_.EndObject();
    };
    key("conditions");
    json_.StartArray();
    if (pod.disrupted_by_scheduler) with_reason("DisruptionTarget", "PreemptionByScheduler");
    if (objects_.spec(pod.spec).resize_infeasible) with_reason("PodResizePending", "Infeasible");
    json_.EndArray();
  }

  const store& objects_;
  string_sink sink_;
  rapidjson::Writer<string_sink> json_;
};

}  // namespace

void append_json(const store& objects, const cluster::node& node, std::string& out) {
  writer(objects, out).node(node);
}
void append_json(const store& objects, const cluster::pod& pod, std::string& out) {
  writer(objects, out).pod(pod);
}
void append_json(const store& objects, const cluster::namespace_object& ns, std::string& out) {
  writer(objects, out).namespace_object(ns);
}
void append_json(const store& objects, const cluster::priority_class& priority, std::string& out) {
  writer(objects, out).priority_class(priority);
}

list_writer::list_writer(std::ostream& out) : out_(out) {
  out_ << R"({"apiVersion":"v1","kind":"List","metadata":{"resourceVersion":""},"items":[)";
}

void list_writer::add(std::string_view json) {
  out_ << (first_ ? "\n" : ",\n") << json;
  first_ = false;
}

void list_writer::finish() { out_ << "\n]}\n"; }

void write_list(const store& objects, bool pending, std::ostream& out) {
  list_writer list(out);
  for (const auto& ns : objects.namespaces.all()) list.add(objects, ns);
  for (const auto& priority : objects.priority_classes.all()) list.add(objects, priority);
  for (std::uint32_t slot = 0; slot < objects.node_slots(); ++slot) {
    const cluster::node_id node{slot};
    if (objects.alive(node)) list.add(objects, objects[node]);
  }
  for (std::uint32_t slot = 0; slot < objects.pod_slots(); ++slot) {
    const cluster::pod_id pod{slot};
    if (!objects.alive(pod)) continue;
    if (pending || objects[pod].node != cluster::no_name) list.add(objects, objects[pod]);
  }
  list.finish();
}

}  // namespace crosstie::simulate
