#include "schedule/plugins/node_volume_limits.hpp"

#include "schedule/plugins/volume_objects.hpp"
#include "schedule/small_cluster.hpp"

namespace crosstie::schedule::plugins {
namespace {

constexpr std::string_view ebs = "ebs.csi.aws.com";
const status too_many{status_code::unschedulable, {"node(s) exceed max volume count"}};

struct limits_case {
  explicit limits_case(const std::string& objects)
      : cluster(make_node("here") + objects),
        asked(make_node_volume_limits(cluster.view(), by, cluster.pod("n/new"))) {}
  status_code start() { return asked->pre_filter().verdict.code; }
  status filter() { return asked->filter(cluster.node("here")); }

  small_cluster cluster;
  profile by;
  std::unique_ptr<plugin> asked;
};

std::string csi_volume(std::string_view name, std::string_view handle,
                       std::string_view driver = ebs) {
  return make_volume(name, fmt::format("csi: {{driver: {}, volumeHandle: {}}}", driver, handle));
}
// A claim "c<i>" bound to a volume of the handle, for each.
std::string bound_claims(std::initializer_list<std::string_view> handles) {
  std::string all;
  int i = 0;
  for (const std::string_view handle : handles) {
    const std::string volume = fmt::format("v{}", ++i);
    all += make_bound_claim(fmt::format("c{}", i), volume) + csi_volume(volume, handle);
  }
  return all;
}
std::string inline_ebs(std::string_view id) {
  return fmt::format("{{name: e, awsElasticBlockStore: {{volumeID: '{}'}}}}", id);
}
std::string limit(int count) { return make_csi_node("here", ebs, count); }

TEST(node_volume_limits_test, new_and_held_volumes_count_by_handle) {
  const auto ask = [](int count, std::string_view wanted_handle) {
    return limits_case(limit(count) + bound_claims({wanted_handle, "h2", "h2"}) +
                       make_pod("new", by_claim("c1")) + make_pod("a", by_claim("c2"), "here") +
                       make_pod("b", by_claim("c3"), "here"))
        .filter();
  };
  EXPECT_EQ(ask(2, "h1"), status{});
  EXPECT_EQ(ask(1, "h1"), too_many);
  EXPECT_EQ(ask(1, "h2"), status{});
}

TEST(node_volume_limits_test, other_drivers_and_nodes_without_limits_do_not_matter) {
  const std::string pod = bound_claims({"h1"}) + make_pod("new", by_claim("c1"));
  EXPECT_EQ(limits_case(pod).filter(), status{});
  EXPECT_EQ(limits_case(make_csi_node("here", "other", 0) + pod).filter(), status{});
  EXPECT_EQ(limits_case(limit(0) + pod).filter(), too_many);
}

TEST(node_volume_limits_test, attachments_count_and_may_count_twice) {
  const auto attach = [](std::string_view volume) {
    return fmt::format(
        "{{kind: VolumeAttachment, apiVersion: storage.k8s.io/v1, metadata: {{name: a}}, spec: "
        "{{attacher: {}, nodeName: here, source: {{persistentVolumeName: {}}}}}}}\n---\n",
        ebs, volume);
  };
  const std::string objects = bound_claims({"h1", "h2"}) + make_pod("new", by_claim("c1"));
  EXPECT_EQ(limits_case(limit(1) + objects + attach("v2")).filter(), too_many);
  EXPECT_EQ(limits_case(limit(2) + objects + attach("v2")).filter(), status{});
  EXPECT_EQ(limits_case(limit(1) + objects + attach("v1")).filter(), too_many);
  EXPECT_EQ(limits_case(limit(1) + objects + attach("v1") + make_pod("old", by_claim("c1"), "here"))
                .filter(),
            status{});
  EXPECT_EQ(limits_case(limit(1) + objects + attach("gone")).filter(), status{});
}

TEST(node_volume_limits_test, unbound_claims_count_for_their_class) {
  const auto ask = [](std::string_view provisioner) {
    return limits_case(limit(0) + make_class("late", provisioner) +
                       make_claim("c1", "storageClassName: late") + make_pod("new", by_claim("c1")))
        .filter();
  };
  EXPECT_EQ(ask(ebs), too_many);
  EXPECT_EQ(ask("kubernetes.io/aws-ebs"), too_many);
  EXPECT_EQ(ask("kubernetes.io/vsphere-volume"), status{});
  EXPECT_EQ(ask("other"), status{});
}

TEST(node_volume_limits_test, in_tree_volumes_count_as_their_driver_knows_them) {
  const std::string old = make_pod("old", inline_ebs("aws://us-east-1a/vol-1"), "here");
  EXPECT_EQ(limits_case(limit(1) + old + make_pod("new", inline_ebs("vol-1"))).filter(), status{});
  EXPECT_EQ(limits_case(limit(1) + old + make_pod("new", inline_ebs("vol-2"))).filter(), too_many);
  const std::string volume = make_bound_claim("c1", "disk") +
                             make_volume("disk", "awsElasticBlockStore: {volumeID: vol-1}");
  EXPECT_EQ(limits_case(limit(1) + old + volume + make_pod("new", by_claim("c1"))).filter(),
            status{});
  EXPECT_EQ(limits_case(old + make_pod("new", inline_ebs("aws://x"))).filter(), status{});
  EXPECT_EQ(limits_case(limit(1) + make_pod("new", inline_ebs("aws://x"))).filter(),
            (status{status_code::error,
                    {"converting volume(e) from inline to csi: failed to translate Kubernetes ID "
                     "to EBS Volume ID Invalid format for AWS volume (aws://x)"}}));
}

TEST(node_volume_limits_test, only_managed_azure_disks_are_translated) {
  const auto ask = [](std::string_view kind) {
    return limits_case(make_csi_node("here", "disk.csi.azure.com", 0) +
                       make_pod("new", fmt::format("{{name: a, azureDisk: {{diskName: d, diskURI: "
                                                   "u, kind: {}}}}}",
                                                   kind)))
        .filter();
  };
  EXPECT_EQ(ask("Managed"), too_many);
  EXPECT_EQ(ask("managed"), too_many);
  EXPECT_EQ(ask("Shared"), (status{status_code::error,
                                   {"converting volume(a) from inline to csi: kind(Shared) is "
                                    "not supported in csi migration"}}));
}

TEST(node_volume_limits_test, claims_of_the_new_pod_must_be_there) {
  EXPECT_EQ(limits_case(make_pod("new", by_claim("c1"))).filter(),
            (status{status_code::unschedulable_and_unresolvable,
                    {"looking up PVC n/c1: persistentvolumeclaim \"c1\" not found"}}));
  EXPECT_EQ(limits_case(limit(1) + bound_claims({"h"}) + make_pod("new", by_claim("c1")) +
                        make_pod("old", by_claim("gone"), "here"))
                .filter(),
            status{});
}

TEST(node_volume_limits_test, an_ephemeral_claim_of_another_owner_is_an_error) {
  const auto ask = [](std::string_view owner) {
    return limits_case(make_claim("new-v", "storageClassName: late",
                                  fmt::format("ownerReferences: [{{apiVersion: v1, kind: Pod, "
                                              "name: new, uid: {}, controller: true}}]",
                                              owner)) +
                       make_pod("new", "{name: v, ephemeral: {}}"))
        .filter();
  };
  EXPECT_EQ(ask("uid-new"), status{});
  EXPECT_EQ(ask("uid-old"),
            (status{status_code::error,
                    {"PVC n/new-v was not created for pod n/new (pod is not owner)"}}));
}

TEST(node_volume_limits_test, pods_without_countable_volumes_are_skipped) {
  const auto ask = [](std::string_view volume) {
    return limits_case(make_pod("new", fmt::format("{{name: v, {}}}", volume))).start();
  };
  EXPECT_EQ(ask("iscsi: {targetPortal: t, iqn: q, lun: 0}"), status_code::skip);
  EXPECT_EQ(ask("csi: {driver: d}"), status_code::skip);
  EXPECT_EQ(ask("azureFile: {secretName: s, shareName: x}"), status_code::success);
  EXPECT_EQ(ask("ephemeral: {}"), status_code::success);
}

}  // namespace
}  // namespace crosstie::schedule::plugins
