#include "simulate/workload_templates.hpp"

#include <fmt/format.h>

namespace crosstie::simulate {

workload_part pod_part(const pod_template& from, std::string ns) {
  std::string resources;
  if (!from.resources.empty()) resources = fmt::format(R"(,"resources":{{{}}})", from.resources);
  return {.name = std::string(from.name),
          .ns = std::move(ns),
          .text = fmt::format(
              R"({{"apiVersion":"v1","kind":"Pod","metadata":{{"name":"$name","namespace":"$ns",)"
              R"("uid":"$uid","creationTimestamp":"2026-01-01T00:00:00Z"{}}},"spec":{{$node{})"
              R"("containers":[{{"name":"pause","image":"registry.k8s.io/pause:3.10.1"{}{}}}],)"
              R"("restartPolicy":"Always","dnsPolicy":"ClusterFirst",)"
              R"("schedulerName":"default-scheduler"}},"status":{{"phase":"$phase"}}}})",
              from.metadata, from.spec,
              from.port ? R"(,"ports":[{"containerPort":80,"protocol":"TCP"}])" : "",
              resources + from.container),
          .values = from.values,
          .pod = true};
}

workload_part node_part(const node_template& from) {
  return {.name = std::string(from.name),
          .ns = {},
          .text = fmt::format(
              R"({{"apiVersion":"v1","kind":"Node","metadata":{{"name":"$name","uid":"$uid",)"
              R"("labels":{{"kubernetes.io/hostname":"$name"{}}}}},"spec":{{{}}},"status":{{)"
              R"("capacity":{{{}}},"allocatable":{{{}}},)"
              R"("conditions":[{{"type":"Ready","status":"True"}}]{}}}}})",
              from.labels, from.spec, from.capacity, from.capacity, from.status),
          .values = from.values,
          .numbered = from.numbered};
}

workload_part namespace_part(std::string name, std::string_view labels, bool numbered) {
  return {.name = std::move(name),
          .ns = {},
          .text = fmt::format(
              R"({{"apiVersion":"v1","kind":"Namespace","metadata":{{"name":"$name","uid":"$uid",)"
              R"("labels":{{"kubernetes.io/metadata.name":"$name"{}}}}}}})",
              labels),
          .numbered = numbered};
}

workload_part service_part(std::string name, std::string ns, std::string_view spec) {
  return {.name = std::move(name),
          .ns = std::move(ns),
          .text = fmt::format(R"({{"apiVersion":"v1","kind":"Service","metadata":{{"name":"$name",)"
                              R"("namespace":"$ns","uid":"$uid"}},"spec":{{{}}}}})",
                              spec)};
}

workload_part csi_node_part(std::string_view node, int volumes, bool migrated) {
  return {.name = std::string(node),
          .ns = {},
          .text = fmt::format(
              R"({{"apiVersion":"storage.k8s.io/v1","kind":"CSINode","metadata":{{"name":"$name",)"
              R"("uid":"$uid"{}}},"spec":{{"drivers":[{{"name":"ebs.csi.aws.com",)"
              R"("nodeID":"$name","topologyKeys":null,"allocatable":{{"count":{}}}}}]}}}})",
              migrated ? R"(,"annotations":{"storage.alpha.kubernetes.io/migrated-plugins":)"
                         R"("kubernetes.io/aws-ebs"})"
                       : "",
              volumes)};
}

std::string labels_of(std::string_view members) {
  return fmt::format(R"(,"labels":{{{}}})", members);
}

namespace {

std::string affinity_term(std::string_view labels, std::string_view key, std::string_view where) {
  return fmt::format(R"({{"labelSelector":{{"matchLabels":{{{}}}}},"topologyKey":"{}"{}}})", labels,
                     key, where);
}

}  // namespace

std::string required_pods(std::string_view which, std::string_view labels, std::string_view key,
                          std::string_view where) {
  return fmt::format(
      R"("affinity":{{"{}":{{"requiredDuringSchedulingIgnoredDuringExecution":[{}]}}}},)", which,
      affinity_term(labels, key, where));
}

std::string preferred_pods(std::string_view which, std::string_view labels, std::string_view key,
                           std::string_view where) {
  return fmt::format(R"("affinity":{{"{}":{{"preferredDuringSchedulingIgnoredDuringExecution":[)"
                     R"({{"weight":1,"podAffinityTerm":{}}}]}}}},)",
                     which, affinity_term(labels, key, where));
}

std::string spread_over(std::string_view key, int max_skew, std::string_view otherwise,
                        std::string_view labels, std::string_view further) {
  return fmt::format(
      R"("topologySpreadConstraints":[{{"maxSkew":{},"topologyKey":"{}","whenUnsatisfiable":"{}",)"
      R"("labelSelector":{{"matchLabels":{{{}}}}}{}}}],)",
      max_skew, key, otherwise, labels, further);
}

}  // namespace crosstie::simulate
