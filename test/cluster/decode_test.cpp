#include "cluster/decode.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "cluster/decode_fixture.hpp"

namespace crosstie::cluster {
namespace {

TEST_F(decode_objects, pod_metadata_and_status) {
  const pod read_pod = read<pod>(R"({
    "apiVersion": "v1", "kind": "Pod",
    "metadata": {"name": "web-1", "namespace": "team-a", "uid": "u-1",
      "labels": {"app": "web", "tier": "front"}, "creationTimestamp": "2026-01-31T12:00:01Z",
      "deletionTimestamp": "2026-01-31T12:00:05Z", "managedFields": [{"fieldsV1": {"f:a": {}}}],
      "ownerReferences": [
        {"apiVersion": "v1", "kind": "X", "name": "no", "uid": "1"},
        {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web", "uid": "2", "controller": true}]},
    "spec": {"nodeName": "node-1"},
    "status": {"phase": "Running", "nominatedNodeName": "node-2", "startTime": "2026-01-31T12:00:02Z",
      "conditions": [{"type": "DisruptionTarget", "status": "True", "reason": "PreemptionByScheduler"}]}})");
  EXPECT_EQ(text(read_pod.ns), "team-a");
  EXPECT_EQ(text(read_pod.name), "web-1");
  EXPECT_EQ(text(read_pod.uid), "u-1");
  EXPECT_EQ(text(read_pod.node), "node-1");
  EXPECT_EQ(text(read_pod.nominated_node), "node-2");
  EXPECT_EQ(read_pod.created, 1769860801'000000000);
  EXPECT_EQ(read_pod.started, 1769860802'000000000);
  EXPECT_EQ(read_pod.phase, pod_phase::running);
  EXPECT_TRUE(read_pod.terminating);
  EXPECT_TRUE(read_pod.disrupted_by_scheduler);
  label_set labels{{id("app"), id("web")}, {id("tier"), id("front")}};
  std::sort(labels.begin(), labels.end());
  EXPECT_EQ(into_.labels(read_pod.labels), labels);
  EXPECT_EQ(into_.controller(read_pod.controller),
            (owner{id("apps/v1"), id("ReplicaSet"), id("web"), id("2")}));
}

TEST_F(decode_objects, api_server_defaults_of_a_pod) {
  const pod bare = read<pod>(R"({"kind":"Pod","metadata":{"name":"p"},"spec":{
    "hostNetwork": true,
    "containers": [{"name": "c", "resources": {"limits": {"cpu": "1", "memory": "1Gi"}, "requests": {"cpu": "100m"}},
                    "ports": [{"containerPort": 80}, {"containerPort": 81, "hostPort": 8081, "protocol": "UDP"}]}],
    "tolerations": [{"key": "a", "value": "b"}],
    "volumes": [{"name": "v", "rbd": {"monitors": ["m"], "image": "i"}}, {"name": "w", "emptyDir": {}}]}})");
  EXPECT_EQ(text(bare.ns), "default");
  EXPECT_EQ(bare.phase, pod_phase::pending);
  const pod_spec& spec = into_.spec(bare.spec);
  EXPECT_EQ(text(spec.scheduler_name), "default-scheduler");
  EXPECT_TRUE(spec.preempts_lower_priority);
  EXPECT_TRUE(spec.host_users);
  ASSERT_EQ(spec.containers.size(), 1u);
  EXPECT_EQ(spec.containers[0].requests, amounts({{"cpu", "100m"}, {"memory", "1Gi"}}));
  EXPECT_EQ(spec.containers[0].ports,
            (std::vector<container_port>{{80, id("TCP"), no_name}, {8081, id("UDP"), no_name}}));
  ASSERT_EQ(spec.tolerations.size(), 1u);
  EXPECT_EQ(spec.tolerations[0].op, toleration_operator::equal);
  EXPECT_EQ(spec.tolerations[0].effect, taint_effect::any);
  ASSERT_EQ(spec.volumes.size(), 1u) << "volumes that placing does not read are left out";
  EXPECT_EQ(text(spec.volumes[0].pool), "rbd");
}

TEST_F(decode_objects, ports_without_a_host_port_are_left_out) {
  const pod_spec& spec = read_spec(R"({"containers":[{"ports":[{"containerPort":80}]}]})");
  EXPECT_TRUE(spec.containers[0].ports.empty());
}

TEST_F(decode_objects, amounts_keep_thousandths) {
  const pod_spec& spec = read_spec(
      R"({"containers":[{"resources":{"requests":{"cpu":"0.1m","memory":1.5,"x/y":" 2 "}}}]})");
  EXPECT_EQ(spec.containers[0].requests,
            amounts({{"cpu", "1m"}, {"memory", "1500m"}, {"x/y", "2"}}));
}

TEST_F(decode_objects, pod_level_requests_from_limits) {
  const pod_spec& from_limits = read_spec(R"({"resources":{"limits":{"cpu":"2","memory":"1Gi"}},
    "containers":[{"resources":{"requests":{"cpu":"500m"}}},{"resources":{"requests":{"cpu":"300m"}}}],
    "initContainers":[{"resources":{"requests":{"cpu":"400m"}},"restartPolicy":"Always"},
                      {"resources":{"requests":{"cpu":"700m"}}}]})");
  ASSERT_TRUE(from_limits.resources);
  // Running: 500m + 300m + the sidecar's 400m; starting: 700m + 400m. Memory: from the limit.
  EXPECT_EQ(from_limits.resources->requests, amounts({{"cpu", "1200m"}, {"memory", "1Gi"}}));
  EXPECT_TRUE(from_limits.init_containers[0].restart_always);
  EXPECT_FALSE(from_limits.init_containers[1].restart_always);

  const pod_spec& huge = read_spec(R"({"resources":{"requests":{"cpu":"2"}},
    "containers":[{"resources":{"limits":{"hugepages-2Mi":"4Mi"}}}]})");
  EXPECT_EQ(huge.resources->requests, amounts({{"cpu", "2"}, {"hugepages-2Mi", "4Mi"}}));
}

TEST_F(decode_objects, container_statuses_join_their_containers) {
  constexpr std::string_view status = R"("status":{
    "initContainerStatuses":[{"name":"i","resources":{"requests":{"cpu":"3"}}}],
    "containerStatuses":[{"name":"b","allocatedResources":{"cpu":"2"},"resources":{"requests":{"cpu":"1"}}},
                         {"name":"a","allocatedResources":{"cpu":"9"}}],
    "conditions":[{"type":"PodResizePending","reason":"Infeasible"}]})";
  constexpr std::string_view spec = R"("spec":{
    "containers":[{"name":"a"},{"name":"b"}],"initContainers":[{"name":"i","restartPolicy":"Always"}]})";
  const std::string head = R"({"kind":"Pod","metadata":{"name":"p"},)";
  // Either order of the text gives the same spec.
  const pod one = read<pod>(head + std::string(spec) + "," + std::string(status) + "}");
  const pod two = read<pod>(head + std::string(status) + "," + std::string(spec) + "}");
  EXPECT_EQ(one.spec, two.spec);
  const pod_spec& joined = into_.spec(one.spec);
  EXPECT_TRUE(joined.resize_infeasible);
  EXPECT_FALSE(joined.containers[0].status) << "without status.resources nothing is joined";
  ASSERT_TRUE(joined.containers[1].status);
  EXPECT_EQ(joined.containers[1].status->actuated, amounts({{"cpu", "1"}}));
  EXPECT_EQ(joined.containers[1].status->allocated, amounts({{"cpu", "2"}}));
  ASSERT_TRUE(joined.init_containers[0].status);
  EXPECT_EQ(joined.init_containers[0].status->actuated, amounts({{"cpu", "3"}}));
}

TEST_F(decode_objects, affinity_and_spreading) {
  const pod_spec& spec = read_spec(R"({"affinity":{
      "nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":{"nodeSelectorTerms":[
          {"matchExpressions":[{"key":"zone","operator":"In","values":["a","b"]},{"key":"n","operator":"Gt","values":["3"]}],
           "matchFields":[{"key":"metadata.name","operator":"NotIn","values":["x"]}]}]},
        "preferredDuringSchedulingIgnoredDuringExecution":[{"weight":7,"preference":{"matchExpressions":[{"key":"gpu","operator":"Exists"}]}}]},
      "podAntiAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":[
          {"labelSelector":{"matchLabels":{"z":"1","a":"2"},"matchExpressions":[{"key":"k","operator":"DoesNotExist"}]},
           "topologyKey":"host","namespaces":["n1"],"namespaceSelector":{}}]}},
    "topologySpreadConstraints":[{"maxSkew":2,"topologyKey":"zone","whenUnsatisfiable":"ScheduleAnyway",
      "minDomains":3,"nodeTaintsPolicy":"Honor","matchLabelKeys":["h"],"labelSelector":null}]})");
  ASSERT_TRUE(spec.affinity && spec.affinity->required && spec.pods_far);
  EXPECT_FALSE(spec.pods_near);
  const node_selector_term& term = spec.affinity->required->terms.at(0);
  EXPECT_EQ(term.match_expressions,
            (std::vector<requirement>{{id("zone"), selector_operator::in, {id("a"), id("b")}},
                                      {id("n"), selector_operator::gt, {id("3")}}}));
  EXPECT_EQ(term.match_fields.at(0).op, selector_operator::not_in);
  EXPECT_EQ(spec.affinity->preferred.at(0).weight, 7);
  const pod_affinity_term& far = spec.pods_far->required.at(0);
  // Labels sorted by key, then expressions.
  EXPECT_EQ(far.selector->requirements,
            (std::vector<requirement>{{id("a"), selector_operator::in, {id("2")}},
                                      {id("z"), selector_operator::in, {id("1")}},
                                      {id("k"), selector_operator::does_not_exist, {}}}));
  ASSERT_TRUE(far.namespace_selector);
  EXPECT_TRUE(far.namespace_selector->requirements.empty());
  EXPECT_EQ(text(far.topology_key), "host");
  const topology_spread_constraint& spread = spec.spread.at(0);
  EXPECT_EQ(spread.max_skew, 2);
  EXPECT_EQ(spread.when_unsatisfiable, unsatisfiable_action::schedule_anyway);
  EXPECT_EQ(spread.min_domains, 3);
  EXPECT_FALSE(spread.selector) << "a null selector is none";
  EXPECT_EQ(spread.node_affinity_policy, inclusion_policy::honor);
  EXPECT_EQ(spread.node_taints_policy, inclusion_policy::honor);
}

TEST_F(decode_objects, label_keys_join_the_selectors_of_pod_affinity) {
  constexpr std::string_view spec = R"("spec":{"affinity":{
      "podAffinity":{"preferredDuringSchedulingIgnoredDuringExecution":[
          {"weight":1,"podAffinityTerm":{"topologyKey":"host"}},
          {"weight":2,"podAffinityTerm":{"mismatchLabelKeys":["team","absent"],"topologyKey":"host","labelSelector":{}}}]},
      "podAntiAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":[
          {"matchLabelKeys":["hash","absent"],"labelSelector":{"matchLabels":{"app":"a"}},"topologyKey":"host"},
          {"matchLabelKeys":["hash"],"topologyKey":"host"},
          {"matchLabelKeys":["hash"],"topologyKey":"host",
           "labelSelector":{"matchExpressions":[{"key":"hash","operator":"In","values":["h1"]}]}}]}}})";
  constexpr std::string_view meta =
      R"("metadata":{"name":"p","labels":{"app":"a","hash":"h1","team":"t"}})";
  const std::string head = R"({"kind":"Pod",)";
  const pod one = read<pod>(head + std::string(meta) + "," + std::string(spec) + "}");
  const pod two = read<pod>(head + std::string(spec) + "," + std::string(meta) + "}");
  EXPECT_EQ(one.spec, two.spec) << "the labels may come last";
  const pod_spec& merged = into_.spec(one.spec);
  const std::vector<pod_affinity_term>& far = merged.pods_far->required;
  const requirement same_hash{id("hash"), selector_operator::in, {id("h1")}};
  EXPECT_EQ(far.at(0).selector->requirements,
            (std::vector<requirement>{{id("app"), selector_operator::in, {id("a")}}, same_hash}));
  EXPECT_FALSE(far.at(1).selector) << "what matches nothing matches nothing still";
  EXPECT_EQ(far.at(2).selector->requirements, std::vector<requirement>{same_hash})
      << "a stored term has it already";
  const auto& near = merged.pods_near->preferred;
  EXPECT_FALSE(near.at(0).term.selector);
  EXPECT_EQ(near.at(1).term.selector->requirements,
            (std::vector<requirement>{{id("team"), selector_operator::not_in, {id("t")}}}));
  // Nothing stays behind for the next pod.
  const pod_spec& next = read_spec(R"({"affinity":{"podAntiAffinity":{
    "requiredDuringSchedulingIgnoredDuringExecution":[{"labelSelector":{},"topologyKey":"host"}]}}})");
  EXPECT_TRUE(next.pods_far->required.at(0).selector->requirements.empty());
}

TEST_F(decode_objects, node) {
  const node read_node =
      read<node>(R"({"kind":"Node","metadata":{"name":"n","namespace":"ignored","labels":{"a":"b"}},
    "spec":{"unschedulable":true,"taints":[{"key":"k","value":"v","effect":"NoExecute"}]},
    "status":{"capacity":{"cpu":"8"},"allocatable":{"cpu":"7","pods":"110"},
      "images":[{"names":["x","y"],"sizeBytes":5000000000}],"declaredFeatures":["F"]}})");
  EXPECT_TRUE(read_node.unschedulable);
  EXPECT_EQ(read_node.taints, (std::vector<taint>{{id("k"), id("v"), taint_effect::no_execute}}));
  EXPECT_EQ(read_node.allocatable, amounts({{"cpu", "7"}, {"pods", "110"}}));
  EXPECT_EQ(read_node.images.at(0).size_bytes, 5000000000);
  EXPECT_EQ(read_node.declared_features, std::vector<name_id>{id("F")});
  const node by_capacity =
      read<node>(R"({"kind":"Node","metadata":{"name":"m"},"status":{"capacity":{"cpu":"8"}}})");
  EXPECT_EQ(by_capacity.allocatable, amounts({{"cpu", "8"}}));
}

TEST_F(decode_objects, small_kinds) {
  const auto space = read<namespace_object>(R"({"kind":"Namespace","metadata":{"name":"a"}})");
  EXPECT_EQ(space.labels, (label_set{{id("kubernetes.io/metadata.name"), id("a")}}));
  const auto priority = read<priority_class>(
      R"({"kind":"PriorityClass","metadata":{"name":"h"},"value":-5,"globalDefault":true,"preemptionPolicy":"Never"})");
  EXPECT_EQ(priority.value, -5);
  EXPECT_TRUE(priority.global_default);
  EXPECT_FALSE(priority.preempts_lower_priority);
  const auto serving =
      read<service>(R"({"kind":"Service","metadata":{"name":"s"},"spec":{"selector":{"a":"b"}}})");
  EXPECT_EQ(serving.selector, (label_set{{id("a"), id("b")}}));
  const auto replicas = read<workload>(
      R"({"kind":"ReplicaSet","apiVersion":"apps/v1","metadata":{"name":"r"},"spec":{"selector":{"matchLabels":{"a":"b"}}}})");
  EXPECT_EQ(replicas.kind, workload_kind::replica_set);
  EXPECT_EQ(replicas.selector->requirements.size(), 1u);
  const auto controller = read<workload>(
      R"({"kind":"ReplicationController","metadata":{"name":"r"},"spec":{"selector":{"b":"c","a":"b"}}})");
  EXPECT_EQ(controller.selector->requirements.at(0).key, id("a"));
  const auto budget = read<pod_disruption_budget>(
      R"({"kind":"PodDisruptionBudget","metadata":{"name":"b"},"spec":{"selector":{}},"status":{"disruptionsAllowed":2,"disruptedPods":{"p":"2026-01-31T12:00:01Z"}}})");
  EXPECT_TRUE(budget.selector);
  EXPECT_EQ(budget.disruptions_allowed, 2);
  EXPECT_EQ(budget.disrupted_pods, std::vector<name_id>{id("p")});
}

TEST_F(decode_objects, storage_kinds) {
  const auto volume =
      read<persistent_volume>(R"({"kind":"PersistentVolume","metadata":{"name":"v","uid":"1"},
    "spec":{"capacity":{"storage":"1Gi"},"accessModes":["ReadWriteOnce"],"storageClassName":"fast",
      "claimRef":{"namespace":"n","name":"c","uid":"2"},"csi":{"driver":"d","volumeHandle":"h"},
      "nodeAffinity":{"required":{"nodeSelectorTerms":[{"matchExpressions":[{"key":"z","operator":"In","values":["1"]}]}]}}}})");
  EXPECT_EQ(text(volume.volume_mode), "Filesystem");
  EXPECT_EQ(text(volume.phase), "Pending");
  EXPECT_TRUE(volume.has_claim);
  EXPECT_EQ(volume.kind, volume_kind::csi);
  EXPECT_EQ(text(volume.source), "h");
  EXPECT_EQ(text(volume.driver), "d");
  ASSERT_TRUE(volume.affinity);
  const auto claim = read<persistent_volume_claim>(
      R"({"kind":"PersistentVolumeClaim","metadata":{"name":"c"},"spec":{"storageClassName":"","resources":{"requests":{"storage":"5Gi"}},"volumeName":"v"},"status":{"phase":"Bound"}})");
  ASSERT_TRUE(claim.storage_class);
  EXPECT_EQ(*claim.storage_class, no_name);
  EXPECT_EQ(claim.requests, amounts({{"storage", "5Gi"}}));
  EXPECT_FALSE(
      read<persistent_volume_claim>(R"({"kind":"PersistentVolumeClaim","metadata":{"name":"d"}})")
          .storage_class);
  const auto storage = read<storage_class>(
      R"({"kind":"StorageClass","metadata":{"name":"s","annotations":{"storageclass.kubernetes.io/is-default-class":"true"}},"provisioner":"p","volumeBindingMode":"WaitForFirstConsumer","allowedTopologies":[{"matchLabelExpressions":[{"key":"z","values":["a"]}]}]})");
  EXPECT_TRUE(storage.is_default);
  EXPECT_TRUE(storage.wait_for_first_consumer);
  EXPECT_EQ(storage.allowed_topologies.at(0).match_expressions.at(0).op, selector_operator::in);
  const auto drivers = read<csi_node>(
      R"({"kind":"CSINode","metadata":{"name":"n","annotations":{"storage.alpha.kubernetes.io/migrated-plugins":"x"}},"spec":{"drivers":[{"name":"d","nodeID":"i","topologyKeys":["z"],"allocatable":{"count":3}},{"name":"e"}]}})");
  EXPECT_EQ(drivers.drivers.at(0).allocatable_count, 3);
  EXPECT_EQ(drivers.drivers.at(1).allocatable_count, std::nullopt);
  EXPECT_EQ(text(drivers.migrated_plugins), "x");
  const auto capacity = read<csi_storage_capacity>(
      R"({"kind":"CSIStorageCapacity","metadata":{"name":"c"},"storageClassName":"s","capacity":"10Gi","nodeTopology":{"matchLabels":{"z":"a"}}})");
  EXPECT_EQ(capacity.capacity, parse_quantity("10Gi"));
  EXPECT_FALSE(capacity.maximum_volume_size);
  const auto attached = read<volume_attachment>(
      R"({"kind":"VolumeAttachment","metadata":{"name":"a"},"spec":{"attacher":"d","nodeName":"n","source":{"persistentVolumeName":"v"}}})");
  EXPECT_EQ(text(attached.persistent_volume), "v");
}

TEST_F(decode_objects, kinds_are_told_apart_by_their_group) {
  EXPECT_EQ(text(read<other_object>(
                     R"({"apiVersion":"serving.knative.dev/v1","kind":"Service","metadata":{}})")
                     .kind),
            "Service");
  EXPECT_EQ(text(read<other_object>(R"({"apiVersion":"v1","kind":"ConfigMap","data":5})").kind),
            "ConfigMap");
}

TEST_F(decode_objects, key_order_unknown_fields_and_escapes_do_not_matter) {
  const node read_node = read<node>(
      R"({"status":{"allocatable":{"cpu":"1"}},"x":[{"y":1}],"metadata":{"z":null,"n\u0061me":"n\u00e4\"1"},"kind":"Node","apiVersion":"v1"})");
  EXPECT_EQ(text(read_node.name), "n\u00e4\"1");
  EXPECT_EQ(read_node.allocatable, amounts({{"cpu", "1"}}));
}

TEST_F(decode_objects, the_last_of_equal_keys_counts) {
  const pod_spec& spec = read_spec(
      R"({"priority":1,"priority":2,"nodeSelector":{"a":"1","b":"2","a":"3"},"containers":[{"name":"x"}],"containers":[{"name":"y"}]})");
  EXPECT_EQ(spec.priority, 2);
  label_set expected{{id("a"), id("3")}, {id("b"), id("2")}};
  std::sort(expected.begin(), expected.end());
  EXPECT_EQ(spec.selector, expected);
  ASSERT_EQ(spec.containers.size(), 1u);
  EXPECT_EQ(text(spec.containers[0].name), "y");
}

TEST_F(decode_objects, equal_pods_share_a_spec) {
  const auto with_volume = [](std::string name) {
    return R"({"kind":"Pod","metadata":{"name":")" + name +
           R"("},"spec":{"volumes":[{"name":"kube-api-access-)" + name +
           R"(","projected":{}}],"containers":[{"name":"c","ports":[{"containerPort":80}]}]}})";
  };
  EXPECT_EQ(read<pod>(with_volume("a")).spec, read<pod>(with_volume("b")).spec);
}

TEST_F(decode_objects, words_left_empty_are_the_api_servers_defaults) {
  const pod empty = read<pod>(R"({"kind":"Pod","metadata":{"name":"p"},"spec":{
    "preemptionPolicy":"","tolerations":[{"key":"a","operator":"","effect":""}],
    "initContainers":[{"restartPolicy":""},{"restartPolicy":"OnFailure"}],
    "topologySpreadConstraints":[{"maxSkew":null,"minDomains":null,
      "whenUnsatisfiable":"DoNotSchedule"}]}})");
  const pod absent = read<pod>(R"({"kind":"Pod","metadata":{"name":"p"},"spec":{
    "tolerations":[{"key":"a"}],"initContainers":[{},{}],
    "topologySpreadConstraints":[{"whenUnsatisfiable":"DoNotSchedule"}]}})");
  EXPECT_EQ(empty.spec, absent.spec);
}

TEST_F(decode_objects, priority_comes_from_the_class) {
  into_.priority_classes.put({id("high"), 100, false, false});
  into_.priority_classes.put({id("usual"), 7, true, true});
  into_.priority_classes.put({id("lowest"), 3, true, true});
  struct expectation {
    std::string_view spec;
    std::int32_t priority;
    bool preempts, found;
  };
  for (const expectation& known : std::initializer_list<expectation>{
           {R"({"priorityClassName":"high"})", 100, false, true},
           {R"({"priorityClassName":"high","preemptionPolicy":"PreemptLowerPriority"})", 100, true,
            true},
           {R"({"priorityClassName":"high","priority":5})", 5, true, true},
           {R"({})", 3, true, true},
           {R"({"priority":0})", 0, true, true},
           {R"({"priorityClassName":"system-node-critical"})", 2000001000, true, true},
           {R"({"priorityClassName":"unknown"})", 0, true, false}}) {
    decoder reader(into_);
    std::string json =
        R"({"kind":"Pod","metadata":{"name":"p"},"spec":)" + std::string(known.spec) + "}";
    const std::size_t size = json.size();
    json.append(json_padding, ' ');
    auto object = reader.decode({.json = std::string_view(json).substr(0, size)});
    ASSERT_TRUE(object);
    pod read_pod = std::get<pod>(*object);
    EXPECT_EQ(resolve_priority(into_, read_pod, reader.last_priority()), known.found) << known.spec;
    EXPECT_EQ(into_.spec(read_pod.spec).priority, known.priority) << known.spec;
    EXPECT_EQ(into_.spec(read_pod.spec).preempts_lower_priority, known.preempts) << known.spec;
  }
}

}  // namespace
}  // namespace crosstie::cluster
