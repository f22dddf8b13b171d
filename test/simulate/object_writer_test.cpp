#include "simulate/object_writer.hpp"

#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <sstream>

#include "cluster/decode.hpp"
#include "cluster/dump.hpp"
#include "simulate/generator.hpp"
#include "simulate/temporary_file.hpp"

namespace crosstie::simulate {
namespace {

// Reading the text again, into the same store so that ids can be compared.
template <class Object>
Object read_back(cluster::store& objects, const Object& object) {
  std::string text;
  append_json(objects, object, text);
  const auto decoded = cluster::decode(text, objects, {});
  EXPECT_TRUE(decoded) << to_string(decoded.error()) << "\n" << text;
  return std::get<Object>(*decoded);
}

void expect_equal(cluster::store& objects, const cluster::pod& before) {
  const cluster::pod after = read_back(objects, before);
  std::string text;
  append_json(objects, before, text);
  EXPECT_EQ(objects.spec(before.spec), objects.spec(after.spec)) << text;
  const auto fields = [](const cluster::pod& pod) {
    return std::tuple(pod.ns, pod.name, pod.uid, pod.node, pod.nominated_node, pod.spec, pod.labels,
                      pod.controller, pod.created, pod.started, pod.phase, pod.terminating,
                      pod.disrupted_by_scheduler);
  };
  EXPECT_EQ(fields(before), fields(after)) << text;
}

constexpr std::string_view rich_pod = R"({"kind":"Pod","apiVersion":"v1",
  "metadata":{"name":"a","namespace":"n","uid":"u","creationTimestamp":"2026-01-01T00:00:00Z",
    "deletionTimestamp":"2026-01-01T00:01:00Z","labels":{"x":"y","empty":""},
    "ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"r","uid":"ru",
      "controller":true}]},
  "spec":{"schedulerName":"other","priority":-5,"preemptionPolicy":"Never","hostUsers":false,
    "nodeSelector":{"k":"v"},"schedulingGates":[{"name":"g/a"}],
    "overhead":{"cpu":"10m"},"resources":{"requests":{"cpu":"2","memory":"1Gi"}},
    "affinity":{"nodeAffinity":{
        "requiredDuringSchedulingIgnoredDuringExecution":{"nodeSelectorTerms":[
          {"matchExpressions":[{"key":"a","operator":"Gt","values":["5"]},
                               {"key":"b","operator":"DoesNotExist"}],
           "matchFields":[{"key":"metadata.name","operator":"In","values":["x"]}]}]},
        "preferredDuringSchedulingIgnoredDuringExecution":[{"weight":3,"preference":
          {"matchExpressions":[{"key":"c","operator":"NotIn","values":["1","2"]}]}}]},
      "podAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":[
        {"labelSelector":{"matchLabels":{"l":"m"}},"topologyKey":"t","namespaces":["q"]}]},
      "podAntiAffinity":{"preferredDuringSchedulingIgnoredDuringExecution":[{"weight":7,
        "podAffinityTerm":{"labelSelector":{},"namespaceSelector":{},"topologyKey":"t"}}]}},
    "tolerations":[{"key":"k","operator":"Equal","value":"v","effect":"NoSchedule"},
      {"operator":"Exists"},{"key":"g","operator":"Gt","value":"4","effect":"NoExecute"}],
    "topologySpreadConstraints":[{"maxSkew":2,"topologyKey":"z",
      "whenUnsatisfiable":"DoNotSchedule","labelSelector":{"matchExpressions":[
        {"key":"e","operator":"Exists"}]},"minDomains":3,"nodeAffinityPolicy":"Ignore",
      "nodeTaintsPolicy":"Honor","matchLabelKeys":["h"]}],
    "initContainers":[{"name":"i","image":"im","restartPolicy":"Always",
      "resources":{"requests":{"cpu":"1m"}}}],
    "containers":[{"name":"c","image":"im:1","resources":{"requests":{"cpu":"100m",
        "memory":"64Mi","example.com/gpu":"2"},"limits":{"example.com/gpu":"2"}},
      "ports":[{"containerPort":8080},{"containerPort":80,"hostPort":80,"protocol":"UDP",
        "hostIP":"10.0.0.1"}]}]},
  "status":{"phase":"Running","nominatedNodeName":"nn","startTime":"2026-01-01T00:00:05Z",
    "conditions":[{"type":"DisruptionTarget","status":"True","reason":"PreemptionByScheduler"}]}})";

TEST(object_writer, keeps_all_that_a_pod_may_ask) {
  cluster::store objects;
  const auto pod = cluster::decode(rich_pod, objects, {});
  ASSERT_TRUE(pod) << to_string(pod.error());
  cluster::pod before = std::get<cluster::pod>(*pod);
  // Ports of no host take nothing, so that the writer leaves them out.
  cluster::pod_spec spec = objects.spec(before.spec);
  std::erase_if(spec.containers[0].ports, [](const auto& port) { return port.host_port == 0; });
  before.spec = objects.intern(spec);
  expect_equal(objects, before);
}

TEST(object_writer, keeps_all_that_is_generated) {
  cluster::store objects;
  generate({.nodes = 300, .pods = 3000, .bound = 300}, objects);
  for (std::uint32_t i = 0; i < 3300; ++i) {
    expect_equal(objects, cluster::pod(objects[cluster::pod_id{i}]));
  }
  for (std::uint32_t i = 0; i < 300; ++i) {
    const cluster::node before = objects[cluster::node_id{i}];
    EXPECT_EQ(read_back(objects, before), before);
  }
  for (const cluster::priority_class before : objects.priority_classes.all()) {
    const auto after = read_back(objects, before);
    EXPECT_EQ(
        std::tuple(before.name, before.value, before.global_default,
                   before.preempts_lower_priority),
        std::tuple(after.name, after.value, after.global_default, after.preempts_lower_priority));
  }
  for (const cluster::namespace_object& before : objects.namespaces.all()) {
    const auto after = read_back(objects, before);
    EXPECT_EQ(std::tuple(before.name, before.labels), std::tuple(after.name, after.labels));
  }
}

TEST(object_writer, texts_are_escaped) {
  cluster::store objects;
  cluster::priority_class odd{};
  odd.name = objects.names().intern("quote\" back\\slash \n \xC3\xA4");
  EXPECT_EQ(read_back(objects, odd).name, odd.name);
}

TEST(object_writer, a_list_reads_back_as_the_same_store) {
  cluster::store made;
  generate({.nodes = 20, .pods = 200, .bound = 100, .seed = 3}, made);
  const temporary_folder folder;
  for (const bool pending : {true, false}) {
    std::ostringstream out;
    write_list(made, pending, out);
    cluster::store read;
    const std::array paths{folder.write("list.json", out.str())};
    const auto summary = cluster::read_dump(paths, read, {.strict = true, .input = {}});
    ASSERT_TRUE(summary) << to_string(summary.error());
    EXPECT_TRUE(summary->other.empty());
    EXPECT_EQ(read.node_count(), made.node_count());
    EXPECT_EQ(read.pod_count(), pending ? 300u : 100u);
    std::ostringstream again;
    write_list(read, pending, again);
    EXPECT_EQ(out.str(), again.str());
  }
}

}  // namespace
}  // namespace crosstie::simulate
