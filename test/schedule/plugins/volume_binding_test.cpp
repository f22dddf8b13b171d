#include "schedule/plugins/volume_binding.hpp"

#include "schedule/plugins/volume_objects.hpp"
#include "schedule/small_cluster.hpp"

namespace crosstie::schedule::plugins {
namespace {

const status no_match = reject("node(s) didn't find available persistent volumes to bind");
const status no_affinity = reject("node(s) didn't match PersistentVolume's node affinity");
const status no_space = reject("node(s) did not have enough free storage");
const status no_volume =
    reject("node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)");

std::string in_zone(std::string_view zone) {
  return fmt::format(
      "nodeAffinity: {{required: {{nodeSelectorTerms: [{{matchExpressions: [{{key: zone, "
      "operator: In, values: [{}]}}]}}]}}}}",
      zone);
}
std::string local(std::string_view size, std::string_view zone = "a",
                  std::string_view its_class = "late") {
  return fmt::format(
      "local: {{path: p}}, storageClassName: {}, accessModes: [ReadWriteOnce], capacity: "
      "{{storage: {}}}, {}",
      its_class, size, in_zone(zone));
}
std::string wants(std::string_view size, std::string_view more = "",
                  std::string_view mode = "ReadWriteOnce") {
  return fmt::format(
      "storageClassName: late, accessModes: [{}], resources: {{requests: {{storage: {}}}}}, {}",
      mode, size, more);
}

struct binding_case {
  explicit binding_case(const std::string& objects, const std::string& volumes = by_claim("data"))
      : cluster(make_node("a", "zone: a") + make_node("b", "zone: b") +
                make_class("late", "kubernetes.io/no-provisioner") +
                make_class("now", "p", "Immediate") + objects + make_pod("new", volumes)),
        asked(make_volume_binding(cluster.view(), by, cluster.pod("n/new"))) {}
  status start() { return asked->pre_filter().verdict; }
  // pre_filter goes before.
  status ask(std::string_view node) {
    if (status verdict = start(); !verdict.ok()) return verdict;
    return asked->filter(cluster.node(node));
  }

  small_cluster cluster;
  profile by;
  std::unique_ptr<plugin> asked;
};

TEST(volume_binding_test, it_has_no_say_in_scores_nor_without_claims) {
  binding_case asked("", "{name: v, emptyDir: {}}");
  EXPECT_EQ(asked.start().code, status_code::skip);
  EXPECT_EQ(asked.asked->pre_score({}).code, status_code::skip);
}

TEST(volume_binding_test, claims_that_cannot_be_used_reject_everywhere) {
  EXPECT_EQ(binding_case("").start(), reject("persistentvolumeclaim \"data\" not found"));
  EXPECT_EQ(binding_case("", "{name: v, ephemeral: {}}").start(),
            reject("waiting for ephemeral volume controller to create the persistentvolumeclaim "
                   "\"new-v\""));
  EXPECT_EQ(binding_case(make_claim("data", "volumeName: disk", "", "Lost")).start(),
            reject("persistentvolumeclaim \"data\" bound to non-existent persistentvolume "
                   "\"disk\""));
  EXPECT_EQ(
      binding_case(make_claim("data", wants("1"), "deletionTimestamp: '2026-01-01T00:00:00Z'"))
          .start(),
      reject("persistentvolumeclaim \"data\" is being deleted"));
  EXPECT_EQ(binding_case(make_claim("new-v", wants("1")), "{name: v, ephemeral: {}}").start(),
            reject("PVC n/new-v was not created for pod n/new (pod is not owner)"));
}

TEST(volume_binding_test, claims_that_bind_at_once_must_be_bound) {
  const status unbound = reject("pod has unbound immediate PersistentVolumeClaims");
  EXPECT_EQ(binding_case(make_claim("data", "storageClassName: now")).start(), unbound);
  EXPECT_EQ(binding_case(make_claim("data", "storageClassName: gone")).start(), unbound);
  EXPECT_EQ(binding_case(make_claim("data", "")).start(), unbound);
  EXPECT_EQ(binding_case(make_claim("data", "volumeName: disk, " + wants("1"))).start(), unbound);
  EXPECT_EQ(binding_case(make_claim("data", wants("1"))).start(), status{});
}

TEST(volume_binding_test, bound_volumes_must_be_reachable) {
  binding_case asked(make_bound_claim("data", "disk") +
                     make_volume("disk", local("1"), "", "Bound"));
  EXPECT_EQ(asked.ask("a"), status{});
  EXPECT_EQ(asked.ask("b"), no_affinity);
  EXPECT_EQ(binding_case(make_bound_claim("data", "disk")).ask("a"), no_volume);
}

TEST(volume_binding_test, in_tree_volumes_are_translated_where_the_node_says_so) {
  const auto ask = [](std::string_view migrated, std::string_view id = "vol-1") {
    return binding_case(make_bound_claim("data", "disk") + make_csi_node("a", "d", 1, migrated) +
                        make_volume("disk",
                                    fmt::format("awsElasticBlockStore: {{volumeID: '{}'}}", id),
                                    "labels: {topology.kubernetes.io/zone: z}", "Bound"))
        .ask("a");
  };
  EXPECT_EQ(ask(""), status{});
  EXPECT_EQ(ask("kubernetes.io/gce-pd,kubernetes.io/cinder"), status{});
  EXPECT_EQ(ask("kubernetes.io/gce-pd,kubernetes.io/aws-ebs"), no_affinity);
  EXPECT_EQ(ask("kubernetes.io/aws-ebs", "aws://x").code, status_code::error);
}

TEST(volume_binding_test, an_unbound_claim_takes_a_free_volume_that_suits) {
  const auto ask = [](const std::string& volume, const std::string& claim = wants("5Gi"),
                      const std::string& metadata = "") {
    return binding_case(make_claim("data", claim) + make_volume("disk", volume, metadata)).ask("a");
  };
  EXPECT_EQ(ask(local("5Gi")), status{});
  EXPECT_EQ(ask(local("4Gi")), no_match);
  EXPECT_EQ(ask(local("5Gi", "b")), no_match);
  EXPECT_EQ(ask(local("5Gi") + ", volumeMode: Block"), no_match);
  EXPECT_EQ(ask(local("5Gi") + ", volumeAttributesClassName: gold"), no_match);
  EXPECT_EQ(ask(local("5Gi") + ", volumeAttributesClassName: gold",
                wants("5Gi", "volumeAttributesClassName: gold")),
            status{});
  EXPECT_EQ(ask(local("5Gi"), wants("5Gi", "", "ReadWriteMany")), no_match);
  EXPECT_EQ(ask(local("5Gi"), wants("5Gi", "selector: {matchLabels: {x: w}}")), no_match);
  EXPECT_EQ(ask(local("5Gi"), wants("5Gi", "selector: {matchLabels: {x: w}}"), "labels: {x: w}"),
            status{});
  EXPECT_EQ(ask(local("5Gi"), wants("5Gi"), "deletionTimestamp: '2026-01-01T00:00:00Z'"), no_match);
  EXPECT_EQ(ask(local("5Gi", "a", "now")), no_match);
  EXPECT_EQ(ask(local("5Gi", "a", "now"), wants("5Gi"),
                "annotations: {volume.beta.kubernetes.io/storage-class: late}"),
            status{});
  EXPECT_EQ(
      ask(local("5Gi"), wants("5Gi", "selector: {matchExpressions: [{key: x, operator: In}]}"))
          .code,
      status_code::error);
}

TEST(volume_binding_test, only_available_volumes_are_free) {
  binding_case asked(make_claim("data", wants("1")) +
                     make_volume("disk", local("1"), "", "Released"));
  EXPECT_EQ(asked.ask("a"), no_match);
}

TEST(volume_binding_test, a_reserved_volume_is_its_claims_alone) {
  const auto reserved = [](std::string_view claim, std::string_view zone) {
    return make_claim("data", wants("1")) + make_volume("free", local("9")) +
           make_volume("disk",
                       local("5", zone) + fmt::format(", claimRef: {{namespace: 'n', {}}}", claim));
  };
  EXPECT_EQ(binding_case(reserved("name: data", "a")).ask("a"), status{});
  EXPECT_EQ(binding_case(reserved("name: data, uid: uid-data", "b")).ask("a"), no_match);
  EXPECT_EQ(binding_case(reserved("name: data, uid: uid-else", "b")).ask("a"), status{});
  EXPECT_EQ(binding_case(reserved("name: else", "b")).ask("a"), status{});
}

TEST(volume_binding_test, two_claims_do_not_share_a_volume) {
  const std::string both =
      by_claim("data") + ", {name: w, persistentVolumeClaim: {claimName: two}}";
  const std::string claims = make_claim("data", wants("3")) + make_claim("two", wants("1"));
  EXPECT_EQ(binding_case(claims + make_volume("x", local("3")), both).ask("a"), no_match);
  // The small claim takes the small volume, and so leaves the other to the large claim.
  EXPECT_EQ(
      binding_case(claims + make_volume("x", local("3")) + make_volume("small", local("2")), both)
          .ask("a"),
      status{});
}

TEST(volume_binding_test, a_selected_node_pins_the_claim) {
  const auto pinned = [](std::string_view node) {
    return make_class("made", "p") +
           make_claim("data", "storageClassName: made",
                      fmt::format("annotations: {{volume.kubernetes.io/selected-node: {}}}", node));
  };
  EXPECT_EQ(binding_case(pinned("a")).ask("a"), status{});
  EXPECT_EQ(binding_case(pinned("a")).ask("b"), no_match);
  EXPECT_EQ(binding_case(pinned("gone")).ask("a"), no_match);
}

TEST(volume_binding_test, a_claim_without_a_volume_is_provisioned_where_its_class_allows) {
  const auto ask = [](std::string_view provisioner, std::string_view more = "") {
    return binding_case(make_class("made", provisioner, "WaitForFirstConsumer", more) +
                        make_claim("data", "storageClassName: made"))
        .ask("a");
  };
  EXPECT_EQ(ask("p"), status{});
  EXPECT_EQ(ask("kubernetes.io/no-provisioner"), no_match);
  EXPECT_EQ(ask("p", "allowedTopologies: [{matchLabelExpressions: [{key: zone, values: [b]}]}]"),
            no_match);
  EXPECT_EQ(ask("p",
                "allowedTopologies: [{matchLabelExpressions: [{key: zone, values: [b]}]}, "
                "{matchLabelExpressions: [{key: zone, values: [c, a]}]}]"),
            status{});
}

TEST(volume_binding_test, a_driver_that_tells_its_capacity_must_have_room) {
  const auto ask = [](std::string_view capacity, bool tells = true) {
    return binding_case(
               make_class("made", "p") +
               fmt::format("{{kind: CSIDriver, apiVersion: storage.k8s.io/v1, metadata: {{name: "
                           "p}}, spec: {{storageCapacity: {}}}}}\n---\n",
                           tells) +
               fmt::format("{{kind: CSIStorageCapacity, apiVersion: storage.k8s.io/v1, metadata: "
                           "{{name: c, namespace: 'n'}}, {}}}\n---\n",
                           capacity) +
               make_claim("data", "storageClassName: made, resources: {requests: {storage: 5Gi}}"))
        .ask("a");
  };
  const std::string here = "nodeTopology: {matchLabels: {zone: a}}, storageClassName: made";
  EXPECT_EQ(ask(here + ", capacity: 5Gi"), status{});
  EXPECT_EQ(ask(here + ", capacity: 4Gi"), no_space);
  EXPECT_EQ(ask(here + ", capacity: 9Gi, maximumVolumeSize: 4Gi"), no_space);
  EXPECT_EQ(ask(here + ", capacity: 1Gi, maximumVolumeSize: 5Gi"), status{});
  EXPECT_EQ(ask(here), no_space);
  EXPECT_EQ(ask("storageClassName: made, capacity: 9Gi"), no_space);
  EXPECT_EQ(ask("nodeTopology: {}, storageClassName: other, capacity: 9Gi"), no_space);
  EXPECT_EQ(ask("nodeTopology: {matchLabels: {zone: b}}, storageClassName: made, capacity: 9Gi"),
            no_space);
  EXPECT_EQ(ask(here, false), status{});
}

TEST(volume_binding_test, all_conflicts_of_a_node_are_told) {
  binding_case asked(make_bound_claim("data", "disk") + make_volume("disk", local("1", "b")) +
                         make_claim("two", wants("1")),
                     by_claim("data") + ", {name: w, persistentVolumeClaim: {claimName: two}}");
  EXPECT_EQ(asked.ask("a"), (status{status_code::unschedulable_and_unresolvable,
                                    {no_affinity.reasons[0], no_match.reasons[0]}}));
}

}  // namespace
}  // namespace crosstie::schedule::plugins
