// Texts of the objects that volumes are made of, for small_cluster, and what is said of nodes that
// lack them.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

#include "schedule/status.hpp"

namespace crosstie::schedule::plugins {

inline status reject(const std::string& reason) {
  return {status_code::unschedulable_and_unresolvable, {reason}};
}

// `labels`, `annotations`, `spec` and `volumes` are the members inside the braces or brackets.
inline std::string make_node(std::string_view name, std::string_view labels = "") {
  return fmt::format(
      "{{kind: Node, apiVersion: v1, metadata: {{name: {}, labels: {{{}}}}}}}\n---\n", name,
      labels);
}
// A node that takes so many pods.
inline std::string make_node_for(std::string_view name, int pods) {
  return fmt::format(
      "{{kind: Node, apiVersion: v1, metadata: {{name: {}}}, status: {{allocatable: {{pods: "
      "{}}}}}}}\n---\n",
      name, pods);
}
inline std::string make_pod(std::string_view name, std::string_view volumes,
                            std::string_view node = "", std::string_view ns = "n") {
  return fmt::format(
      "{{kind: Pod, apiVersion: v1, metadata: {{name: {0}, namespace: '{1}', uid: uid-{0}}}, spec: "
      "{{containers: [{{name: c}}], nodeName: '{2}', volumes: [{3}]}}}}\n---\n",
      name, ns, node, volumes);
}
inline std::string make_claim(std::string_view name, std::string_view spec,
                              std::string_view metadata = "", std::string_view phase = "Pending") {
  return fmt::format(
      "{{kind: PersistentVolumeClaim, apiVersion: v1, metadata: {{name: {0}, namespace: 'n', uid: "
      "uid-{0}, {1}}}, spec: {{{2}}}, status: {{phase: {3}}}}}\n---\n",
      name, metadata, spec, phase);
}
// A claim whose binding to the volume is complete.
inline std::string make_bound_claim(std::string_view name, std::string_view volume,
                                    std::string_view spec = "storageClassName: late") {
  return make_claim(name, fmt::format("volumeName: {}, {}", volume, spec),
                    "annotations: {pv.kubernetes.io/bind-completed: 'yes'}", "Bound");
}
inline std::string make_volume(std::string_view name, std::string_view spec,
                               std::string_view metadata = "",
                               std::string_view phase = "Available") {
  return fmt::format(
      "{{kind: PersistentVolume, apiVersion: v1, metadata: {{name: {}, {}}}, spec: {{{}}}, status: "
      "{{phase: {}}}}}\n---\n",
      name, metadata, spec, phase);
}
inline std::string make_class(std::string_view name, std::string_view provisioner,
                              std::string_view mode = "WaitForFirstConsumer",
                              std::string_view more = "") {
  return fmt::format(
      "{{kind: StorageClass, apiVersion: storage.k8s.io/v1, metadata: {{name: {}}}, provisioner: "
      "{}, volumeBindingMode: {}, {}}}\n---\n",
      name, provisioner, mode, more);
}
// A CSINode whose driver takes `count` volumes; every in-tree plugin of `migrated` is its driver's.
inline std::string make_csi_node(std::string_view name, std::string_view driver, int count,
                                 std::string_view migrated = "") {
  return fmt::format(
      "{{kind: CSINode, apiVersion: storage.k8s.io/v1, metadata: {{name: {}, annotations: "
      "{{storage.alpha.kubernetes.io/migrated-plugins: '{}'}}}}, spec: {{drivers: [{{name: {}, "
      "nodeID: x, allocatable: {{count: {}}}}}]}}}}\n---\n",
      name, migrated, driver, count);
}
inline std::string by_claim(std::string_view name) {
  return fmt::format("{{name: v, persistentVolumeClaim: {{claimName: {}}}}}", name);
}

}  // namespace crosstie::schedule::plugins
