// Upstream's event handling workloads: pods that fit nowhere until something happens that helps one
// plugin after another.
#include <fmt/format.h>

#include "simulate/workload_cases.hpp"

namespace crosstie::simulate {
namespace {

constexpr std::string_view pods_3000 = R"("cpu":"4","memory":"32Gi","pods":"3000")";
constexpr std::string_view allow_taint = R"("taints":[{"key":"allow","effect":"NoSchedule"}])";
constexpr std::string_view helpful_labels =
    R"(,"topology.kubernetes.io/zone":"zone1","affinity":"allow","topology":"allow")";
constexpr std::string_view unsched = R"("type":"unsched")";

node_template tainted_node(std::string_view name, std::string_view taint,
                           std::string_view capacity = pods_3000) {
  return {.name = name,
          .spec = fmt::format(R"("taints":[{{"key":"{}","effect":"NoSchedule"}}])", taint),
          .capacity = std::string(capacity)};
}

node_template unschedulable_node(std::string_view name, std::string_view labels) {
  return {.name = name,
          .labels = std::string(labels),
          .spec = fmt::format(R"("unschedulable":true,{})", allow_taint),
          .capacity = std::string(pods_3000)};
}

node_template helpful_node(std::string_view name) {
  node_template node = tainted_node(name, "allow");
  node.labels = helpful_labels;
  return node;
}

std::string tolerating(std::string_view key) {
  return fmt::format(R"("tolerations":[{{"key":"{}","operator":"Exists","effect":"NoSchedule"}}],)",
                     key);
}

pod_template bare_pod(std::string_view name, std::string_view labels, std::string spec,
                      std::string resources = "") {
  return {.name = name,
          .metadata = labels.empty() ? std::string() : labels_of(labels),
          .spec = std::move(spec),
          .resources = std::move(resources),
          .port = false};
}

pod_template allowed_pod(std::string_view labels = "", const std::string& spec = "") {
  return bare_pod("pod-unsched-", labels, tolerating("allow") + spec);
}

constexpr std::string_view wants_allowed_node =
    R"("affinity":{"nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":{)"
    R"("nodeSelectorTerms":[{"matchExpressions":[{"key":"affinity","operator":"In",)"
    R"("values":["allow"]}]}]}}},)";

std::string near_green() {
  return required_pods("podAffinity", R"("color":"green")", "topology.kubernetes.io/zone", "");
}

// Three groups that only a node with the right labels helps.
void create_label_seekers(workload_composer& into, std::int64_t pods, const std::string& spread) {
  into.create_pods(pods, allowed_pod(R"("color":"green")", near_green()), "interpodaffinity");
  into.create_pods(pods, allowed_pod("", std::string(wants_allowed_node)), "nodeaffinity");
  into.create_pods(pods, allowed_pod(R"("color":"blue")", spread), "podtopologyspread");
}

void create_plugin_namespaces(workload_composer& into) {
  for (const char* each : {"nodeunschedulable", "noderesources", "interpodaffinity", "nodeaffinity",
                           "podtopologyspread", "tainttoleration"}) {
    into.create_namespace(each);
  }
}

void compose_node_add(workload_composer& into, const workload_size& size) {
  const std::int64_t nodes = size.get("nodes"), pods = size.get("measurePods");
  create_plugin_namespaces(into);
  into.begin_measuring();
  into.create_nodes(1, unschedulable_node("node-unschedulable-", helpful_labels));
  into.create_pods(pods, allowed_pod(), "nodeunschedulable");
  into.create_nodes(1, tainted_node("node-low-capacity-", "allow",
                                    R"("cpu":"100m","memory":"100Mi","pods":"3000")"));
  into.create_pods(pods,
                   bare_pod("pod-unsched-", "", tolerating("allow"),
                            R"("requests":{"cpu":"200m","memory":"200Mi"})"),
                   "noderesources");
  into.create_nodes(nodes, tainted_node("node-high-capacity-", "allow",
                                        R"("cpu":"200","memory":"200Gi","pods":"3000")"));
  into.barrier();
  create_label_seekers(into, pods,
                       spread_over("topology", 1000, "DoNotSchedule", R"("color":"blue")",
                                   R"(,"minDomains":10000)"));
  into.create_nodes(nodes, helpful_node("node-unblocker-"));
  into.barrier();
  into.create_pods(pods, bare_pod("pod-unsched-", "", tolerating("toleration")), "tainttoleration");
  into.create_nodes(nodes, tainted_node("node-with-taint-", "toleration"));
  into.barrier();
}

void compose_node_update(workload_composer& into, const workload_size& size) {
  const std::int64_t nodes = size.get("nodes"), pods = size.get("measurePods");
  create_plugin_namespaces(into);
  into.begin_measuring();
  const auto closed = into.create_nodes(nodes, unschedulable_node("node-unschedulable-", ""));
  into.create_pods(pods, allowed_pod(), "nodeunschedulable");
  into.update(closed, node_part(tainted_node("node-unschedulable-", "allow")), 100);
  into.barrier();

  const auto little =
      into.create_nodes(nodes, tainted_node("node-low-capacity-", "allow-noderesources",
                                            R"("cpu":"100u","memory":"1Mi","pods":"3000")"));
  into.create_pods(pods,
                   bare_pod("pod-unsched-", "", tolerating("allow-noderesources"),
                            R"("requests":{"cpu":"350m","memory":"3Gi"})"),
                   "noderesources");
  into.update(little, node_part(tainted_node("node-low-capacity-", "allow-noderesources")), 100);
  into.barrier();

  const auto bare = into.create_nodes(nodes, tainted_node("node-without-labels-", "allow"));
  create_label_seekers(
      into, pods,
      spread_over("topology", 1, "DoNotSchedule", R"("color":"blue")", R"(,"minDomains":1)"));
  into.update(bare, node_part(helpful_node("node-without-labels-")), 100);
  into.barrier();

  const auto other = into.create_nodes(nodes, tainted_node("node-without-taints-", "allow"));
  into.create_pods(pods, bare_pod("pod-unsched-", "", tolerating("toleration-$tenth")),
                   "tainttoleration");
  into.update(other, node_part(tainted_node("node-without-taints-", "toleration-$i")), 100);
  into.barrier();
}

void compose_pod_add(workload_composer& into, const workload_size& size) {
  const std::int64_t pods = size.get("measurePods");
  constexpr std::string_view own = R"(,"namespaces":["podtopologyspread"])";
  into.create_nodes(2, {.capacity = std::string(pods_3000)});
  into.create_namespace("podtopologyspread");
  into.create_namespace("interpodaffinity");
  into.create_pods(1, bare_pod("pod-with-label-", R"("color":"green")", ""), "podtopologyspread");
  into.begin_measuring();
  into.create_pods(
      pods,
      bare_pod("pod-podtopologyspread-", R"("type":"unsched","topology":"blue")",
               required_pods("podAntiAffinity", R"("color":"green")", hostname_label, own) +
                   spread_over(hostname_label, 1, "DoNotSchedule", R"("topology":"blue")")),
      "podtopologyspread");
  into.create_pods(pods,
                   bare_pod("pod-interpodaffinity-", unsched,
                            required_pods("podAffinity", R"("color":"yellow-$i")", hostname_label,
                                          R"(,"namespaces":["interpodaffinity"])")),
                   "interpodaffinity");
  const pod_manner beside{.measured = false};
  into.create_pods(
      pods,
      bare_pod("pod-unblocker-topology-", R"("topology":"blue","color":"green")",
               required_pods("podAffinity", R"("color":"green")", hostname_label, own)),
      "podtopologyspread", beside);
  into.create_pods(pods, bare_pod("pod-unblocker-affinity-", R"("color":"yellow-$i")", ""),
                   "interpodaffinity", beside);
  into.barrier();
}

// Blockers hold ports, room, volumes and a green label; what waits for them comes after them.
void compose_pod_delete(workload_composer& into, const workload_size& size) {
  const std::int64_t blockers = size.get("blockerPods"), pods = size.get("measurePods");
  const std::string topology = "blockertopologyportsresources", affinity = "blockeraffinity";
  const std::string ports =
      R"(,"ports":[{"hostPort":8$value,"containerPort":8$value,"protocol":"TCP"}])";
  const auto spread = [](int skew) {
    return spread_over(hostname_label, skew, "DoNotSchedule", R"("topology":"blue")",
                       R"(,"minDomains":10000)");
  };
  std::vector<std::string> twelve;
  for (int i = 0; i < 12; ++i) twelve.push_back(std::to_string(i));

  const object_group nodes = into.create_nodes(
      size.get("initNodes"), {.capacity = R"("cpu":"4","memory":"32Gi","pods":"110",)"
                                          R"("attachable-volumes-csi-ebs.csi.aws.com":"20")"});
  into.create_beside(nodes, csi_node_part(node_template{}.name, 20, false));
  for (const std::string& each :
       {topology, affinity, std::string("nodeports"), std::string("noderesources"),
        std::string("nodevolumelimits"), std::string("interpodaffinity")}) {
    into.create_namespace(each);
  }
  pod_template holder = bare_pod("pod-blocker-topology-", R"("topology":"blue","type":"blocker")",
                                 spread(10) + R"("terminationGracePeriodSeconds":0,)",
                                 R"("requests":{"cpu":"350m","memory":"3Gi"})");
  holder.container = ports;
  holder.values = twelve;
  const auto first = into.create_pods(blockers, holder, topology, {.volume = claimed_volume::csi});
  const auto second =
      into.create_pods(blockers,
                       bare_pod("pod-blocker-affinity-", R"("color":"green","type":"blocker")",
                                R"("terminationGracePeriodSeconds":0,)"),
                       affinity, {.volume = claimed_volume::csi_once_per_pod});

  into.begin_measuring();
  into.create_pods(pods,
                   bare_pod("pod-unsched-", R"("topology":"blue","type":"unsched")", spread(11)),
                   topology);
  into.create_pods(blockers, bare_pod("pod-unsched-", unsched, ""), affinity,
                   {.shares_claims = true});
  pod_template seeker = bare_pod("pod-unsched-", unsched, "");
  seeker.container = ports;
  seeker.values = twelve;
  into.create_pods(pods, seeker, "nodeports");
  into.create_pods(
      pods, bare_pod("pod-unsched-", unsched, "", R"("requests":{"cpu":"200m","memory":"1Gi"})"),
      "noderesources");
  into.create_pods(blockers, bare_pod("pod-unsched-", unsched, ""), "nodevolumelimits",
                   {.volume = claimed_volume::csi});
  into.create_pods(pods,
                   bare_pod("pod-unsched-", R"("color":"green","type":"unsched")",
                            required_pods("podAntiAffinity", R"("color":"green")", hostname_label,
                                          R"(,"namespaces":["blockeraffinity"])")),
                   "interpodaffinity");
  into.delete_pods(first, 100);
  into.delete_pods(second, 100);
  into.barrier();
}

void compose_pod_update(workload_composer& into, const workload_size& size) {
  const std::int64_t blockers = size.get("blockerPods"), pods = size.get("measurePods");
  const auto share = [](std::int64_t of) {
    return fmt::format(R"("requests":{{"cpu":"100u","memory":"{}Mi"}})", 30000 / of);
  };
  for (const char* each : {"nodeunschedulable", "tainttoleration", "blocker", "interpodaffinity",
                           "noderesources", "schedulinggates"}) {
    into.create_namespace(each);
  }
  into.begin_measuring();
  constexpr const char* roomy = R"("cpu":"4","memory":"32Gi","pods":"90000")";
  into.create_nodes(1, {.name = "unschedulable-node",
                        .spec = R"("unschedulable":true)",
                        .capacity = roomy,
                        .numbered = false});
  const auto closed_out =
      into.create_pods(pods, bare_pod("pod-nodeunschedulable-", unsched, ""), "nodeunschedulable");
  into.create_nodes(1, {.name = "node-with-taint",
                        .spec = R"("taints":[{"key":"toleration","effect":"NoSchedule"}])",
                        .capacity = roomy,
                        .numbered = false});
  const auto tainted_out =
      into.create_pods(pods, bare_pod("pod-tainttoleration-", unsched, ""), "tainttoleration");
  into.update(closed_out,
              pod_part(bare_pod("pod-nodeunschedulable-", unsched,
                                tolerating("node.kubernetes.io/unschedulable")),
                       "nodeunschedulable"),
              100);
  into.update(tainted_out,
              pod_part(bare_pod("pod-tainttoleration-", unsched, tolerating("toleration")),
                       "tainttoleration"),
              100);
  into.barrier();

  into.create_nodes(1, roomy_node());
  const auto blocking = into.create_pods(
      blockers,
      bare_pod("pod-blocker-", R"("color":"green-$i","topology":"blue")", "", share(blockers)),
      "blocker", {.measured = false});
  into.create_pods(pods,
                   bare_pod("pod-interpodaffinity-", R"("color":"green-$i","type":"unsched")",
                            required_pods("podAntiAffinity", R"("color":"green-$i")",
                                          hostname_label, R"(,"namespaces":["blocker"])")),
                   "interpodaffinity");
  into.create_pods(pods, bare_pod("pod-noderesources-", unsched, "", share(pods)), "noderesources");
  into.create_pods(blockers,
                   bare_pod("pod-podtopologyspread-", R"("type":"unsched","topology":"blue")",
                            spread_over(hostname_label, static_cast<int>(blockers), "DoNotSchedule",
                                        R"("topology":"blue")", R"(,"minDomains":100)")),
                   "blocker");
  const auto gated =
      into.create_pods(pods,
                       bare_pod("pod-schedulinggates-", unsched,
                                R"("schedulingGates":[{"name":"test.k8s.io/hold"}],)"),
                       "schedulinggates");
  into.update(blocking, pod_part(bare_pod("pod-blocker-", "", "", share(blockers)), "blocker"),
              100);
  into.update(
      blocking,
      pod_part(bare_pod("pod-blocker-", "", "", R"("requests":{"cpu":"100u","memory":"1Mi"})"),
               "blocker"),
      100);
  into.update(gated, pod_part(bare_pod("pod-schedulinggates-", unsched, ""), "schedulinggates"),
              100);
  into.barrier();
}

}  // namespace

void add_event_workloads(std::vector<workload_case>& to) {
  const auto add = [&](std::string_view name, workload_size size,
                       void (*compose)(workload_composer&, const workload_size&),
                       std::vector<std::string_view> nodes) {
    to.push_back({.name = name,
                  .sizes = {std::move(size)},
                  .compose = compose,
                  .nodes = std::move(nodes),
                  .algorithm_alone = false});
  };
  add("EventHandlingPodDelete",
      {"50Nodes_500Pods", {{"initNodes", 50}, {"blockerPods", 480}, {"measurePods", 500}}},
      compose_pod_delete, {"initNodes"});
  add("EventHandlingPodUpdate", {"1Node_1000Pods", {{"blockerPods", 1000}, {"measurePods", 1000}}},
      compose_pod_update, {});
  add("EventHandlingNodeAdd", {"100Nodes_1000Pods", {{"nodes", 100}, {"measurePods", 1000}}},
      compose_node_add, {"nodes"});
  add("EventHandlingPodAdd", {"1000Pods", {{"measurePods", 1000}}}, compose_pod_add, {});
  add("EventHandlingNodeUpdate", {"100Nodes_1000Pods", {{"nodes", 100}, {"measurePods", 1000}}},
      compose_node_update, {"nodes"});
}

}  // namespace crosstie::simulate
