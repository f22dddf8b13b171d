#include "schedule/plugins/csi_translation.hpp"

#include "schedule/plugins/volume_objects.hpp"
#include "schedule/small_cluster.hpp"

namespace crosstie::schedule::plugins {
namespace {

using cluster::volume_kind;

// A persistent volume "disk" of these texts, and nodes to ask about.
struct volume_case {
  explicit volume_case(const std::string& spec, const std::string& labels = "",
                       const std::string& nodes = "")
      : cluster(nodes + make_volume("disk", spec, "labels: {" + labels + "}")),
        volume(cluster.objects().persistent_volumes.all().front()),
        plugin(find_in_tree_plugin(volume.kind)) {}
  csi_handle handle() { return translate_handle(cluster.objects(), volume); }
  bool reach(std::string_view node) {
    return can_reach(cluster.objects(), cluster.objects()[cluster.node(node)], volume);
  }
  bool reach_translated(std::string_view node) {
    return can_reach_translated(cluster.objects(), cluster.objects()[cluster.node(node)], volume,
                                *plugin);
  }

  small_cluster cluster;
  const cluster::persistent_volume& volume;
  const in_tree_plugin* plugin;
};

std::string translate(const std::string& spec, const std::string& labels = "") {
  return volume_case(spec, labels).handle().value_or("error");
}
std::string explain(const std::string& spec, const std::string& labels = "") {
  const csi_handle handle = volume_case(spec, labels).handle();
  return handle ? "" : handle.error();
}

TEST(csi_translation_test, plugins_are_known_by_kind_and_by_provisioner) {
  EXPECT_EQ(find_in_tree_plugin(volume_kind::cinder)->driver, "cinder.csi.openstack.org");
  EXPECT_EQ(find_in_tree_plugin("kubernetes.io/gce-pd")->driver, "pd.csi.storage.gke.io");
  EXPECT_TRUE(find_in_tree_plugin("kubernetes.io/portworx-volume")->migrated);
  EXPECT_FALSE(find_in_tree_plugin("kubernetes.io/azure-file")->migrated);
  EXPECT_FALSE(find_in_tree_plugin("kubernetes.io/vsphere-volume")->migrated);
  EXPECT_EQ(find_in_tree_plugin(volume_kind::csi), nullptr);
  EXPECT_EQ(find_in_tree_plugin("kubernetes.io/no-provisioner"), nullptr);
}

TEST(csi_translation_test, ebs_ids_lose_their_url) {
  const auto ebs = [](const std::string& id) {
    return translate("awsElasticBlockStore: {volumeID: '" + id + "'}");
  };
  EXPECT_EQ(ebs("vol-1"), "vol-1");
  EXPECT_EQ(ebs("anything"), "anything");
  EXPECT_EQ(ebs("aws://us-east-1a/vol-1"), "vol-1");
  EXPECT_EQ(ebs("aws:///vol-1/"), "vol-1");
  EXPECT_EQ(ebs("aws:///vol-1?x#y"), "vol-1");
  EXPECT_EQ(ebs("aws://us-east-1a/disk-1"), "error");
  EXPECT_EQ(ebs("aws://us-east-1a/a/vol-1"), "error");
  EXPECT_EQ(ebs("aws://us-east-1a/vol-1/b"), "error");
  EXPECT_EQ(ebs("aws://vol-1"), "error");
}

TEST(csi_translation_test, gce_disks_are_named_by_zone_or_region) {
  const auto gce = [](const std::string& labels) {
    return translate("gcePersistentDisk: {pdName: d}", labels);
  };
  EXPECT_EQ(gce(""), "projects/UNSPECIFIED/zones/UNSPECIFIED/disks/d");
  EXPECT_EQ(gce("topology.kubernetes.io/zone: us-a-b"),
            "projects/UNSPECIFIED/zones/us-a-b/disks/d");
  EXPECT_EQ(gce("topology.kubernetes.io/zone: x, failure-domain.beta.kubernetes.io/zone: w"),
            "projects/UNSPECIFIED/zones/w/disks/d");
  EXPECT_EQ(gce("topology.kubernetes.io/zone: us-a-b__us-a-c"),
            "projects/UNSPECIFIED/regions/us-a/disks/d");
  EXPECT_EQ(gce("topology.kubernetes.io/zone: us-a-b__us-x-c"), "error");
  EXPECT_EQ(gce("topology.kubernetes.io/zone: one__two"), "error");
}

TEST(csi_translation_test, the_other_disks_keep_their_name) {
  EXPECT_EQ(translate("cinder: {volumeID: c}"), "c");
  EXPECT_EQ(translate("portworxVolume: {volumeID: p}"), "p");
  EXPECT_EQ(translate("azureDisk: {diskName: d, diskURI: u, kind: Managed}"), "u");
  EXPECT_EQ(translate("azureDisk: {diskName: d, diskURI: u}"), "error");
}

TEST(csi_translation_test, errors_are_worded_as_upstream_words_them) {
  EXPECT_EQ(explain("awsElasticBlockStore: {volumeID: 'aws://x'}"),
            "failed to translate Kubernetes ID to EBS Volume ID Invalid format for AWS volume "
            "(aws://x)");
  EXPECT_EQ(explain("azureDisk: {diskName: d, diskURI: u}"),
            "kind(Shared) is not supported in csi migration");
  EXPECT_EQ(explain("azureDisk: {diskName: d, diskURI: u, kind: Dedicated}"),
            "kind(Dedicated) is not supported in csi migration");
  EXPECT_EQ(explain("gcePersistentDisk: {pdName: d}", "topology.kubernetes.io/zone: us-a-b__two"),
            "failed to get region from zones: zone in unexpected format, expected: "
            "{locale}-{region}-{zone}, got: two");
  EXPECT_EQ(explain("gcePersistentDisk: {pdName: d}",
                    "topology.kubernetes.io/zone: us-c-a__eu-w-b__us-c-b"),
            "failed to get region from zones: multiple or no regions gotten from zones, got: "
            "map[eu-w:{} us-c:{}]");
}

constexpr std::string_view key = "topology.ebs.csi.aws.com/zone";
const std::string csi_nodes =
    make_node("csi_a", fmt::format("{}: a", key)) +
    make_node("csi_b", fmt::format("{}: b, size: big", key)) +
    make_node("zone_a", "topology.kubernetes.io/zone: a, size: big") +
    make_node("both", fmt::format("{}: b, topology.kubernetes.io/zone: a, "
                                  "topology.kubernetes.io/region: r",
                                  key));

volume_case ebs_volume(const std::string& expressions, const std::string& labels = "") {
  std::string spec = "awsElasticBlockStore: {volumeID: v}";
  if (!expressions.empty()) {
    spec += ", nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [" + expressions +
            "]}]}}";
  }
  return volume_case(spec, labels, csi_nodes);
}
std::string expression(std::string_view key, std::string_view op, std::string_view values) {
  return fmt::format("{{key: {}, operator: {}, values: [{}]}}", key, op, values);
}

TEST(csi_translation_test, untranslated_affinity_is_asked_as_it_is) {
  auto asked = ebs_volume(expression("topology.kubernetes.io/zone", "In", "a"));
  EXPECT_TRUE(asked.reach("zone_a"));
  EXPECT_FALSE(asked.reach("csi_a"));
  EXPECT_TRUE(ebs_volume("").reach("csi_a"));
}

TEST(csi_translation_test, the_nodes_name_cannot_be_asked) {
  volume_case asked(
      "nfs: {server: s, path: p}, nodeAffinity: {required: {nodeSelectorTerms: [{matchFields: "
      "[{key: metadata.name, operator: In, values: [csi_a]}]}]}}",
      "", csi_nodes);
  EXPECT_FALSE(asked.reach("csi_a"));
}

TEST(csi_translation_test, zones_of_the_affinity_become_the_drivers) {
  auto asked = ebs_volume(expression("topology.kubernetes.io/zone", "In", "a"),
                          "topology.kubernetes.io/zone: b");
  EXPECT_TRUE(asked.reach_translated("csi_a"));
  EXPECT_FALSE(asked.reach_translated("csi_b"));
  EXPECT_FALSE(asked.reach_translated("zone_a"));
  EXPECT_FALSE(asked.reach_translated("both"));
  auto not_in = ebs_volume(expression("topology.kubernetes.io/zone", "NotIn", "a"));
  EXPECT_FALSE(not_in.reach_translated("csi_a"));
  EXPECT_TRUE(not_in.reach_translated("both"));
  EXPECT_TRUE(not_in.reach_translated("zone_a"));
}

TEST(csi_translation_test, a_beta_region_of_the_affinity_becomes_the_stable_one) {
  auto asked = ebs_volume(expression("failure-domain.beta.kubernetes.io/zone", "In", "b") + ", " +
                          expression("failure-domain.beta.kubernetes.io/region", "In", "r"));
  EXPECT_TRUE(asked.reach_translated("both"));
  EXPECT_FALSE(asked.reach_translated("csi_b"));
}

TEST(csi_translation_test, zone_labels_are_added_to_every_term) {
  auto alone = ebs_volume("", "topology.kubernetes.io/zone: c__a");
  EXPECT_TRUE(alone.reach_translated("csi_a"));
  EXPECT_FALSE(alone.reach_translated("csi_b"));
  EXPECT_FALSE(alone.reach_translated("zone_a"));
  auto beta = ebs_volume("", "failure-domain.beta.kubernetes.io/zone: a");
  EXPECT_TRUE(beta.reach_translated("csi_a"));
  auto with_terms = ebs_volume(expression("size", "In", "big"), "topology.kubernetes.io/zone: b");
  EXPECT_TRUE(with_terms.reach_translated("csi_b"));
  EXPECT_FALSE(with_terms.reach_translated("both"));
  EXPECT_FALSE(with_terms.reach_translated("zone_a"));
}

TEST(csi_translation_test, a_zone_key_without_values_leaves_the_labels_to_tell) {
  auto asked = ebs_volume(expression("topology.kubernetes.io/zone", "Exists", ""),
                          "topology.kubernetes.io/zone: b");
  EXPECT_TRUE(asked.reach_translated("both"));
  EXPECT_FALSE(asked.reach_translated("csi_b"));
}

TEST(csi_translation_test, azure_disks_keep_their_affinity) {
  volume_case asked(
      "azureDisk: {diskName: d, diskURI: u, kind: Managed}, nodeAffinity: {required: "
      "{nodeSelectorTerms: [{matchExpressions: [{key: size, operator: In, values: [big]}]}]}}",
      "topology.kubernetes.io/zone: z", csi_nodes);
  EXPECT_TRUE(asked.reach_translated("zone_a"));
  EXPECT_FALSE(asked.reach_translated("both"));
}

}  // namespace
}  // namespace crosstie::schedule::plugins
