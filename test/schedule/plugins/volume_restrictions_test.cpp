#include "schedule/plugins/volume_restrictions.hpp"

#include "schedule/plugins/volume_objects.hpp"
#include "schedule/small_cluster.hpp"

namespace crosstie::schedule::plugins {
namespace {

const status disk_taken{status_code::unschedulable, {"node(s) had no available disk"}};
const status claim_taken{
    status_code::unschedulable,
    {"node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already "
     "in-use by another pod"}};

struct restrictions_case {
  explicit restrictions_case(const std::string& objects)
      : cluster(make_node("here") + make_node("there") + objects),
        asked(make_volume_restrictions(cluster.view(), by, cluster.pod("n/new"))) {}
  status start() { return asked->pre_filter().verdict; }
  status filter(std::string_view node) { return asked->filter(cluster.node(node)); }

  small_cluster cluster;
  profile by;
  std::unique_ptr<plugin> asked;
};

// Of a pod that wants `wanted` where a pod on node `here` holds `held`.
status ask(const std::string& wanted, const std::string& held) {
  restrictions_case asked(make_pod("new", "{name: v, " + wanted + "}") +
                          make_pod("old", "{name: v, " + held + "}", "here"));
  EXPECT_TRUE(asked.start().ok());
  EXPECT_TRUE(asked.filter("there").ok());
  return asked.filter("here");
}

TEST(volume_restrictions_test, disks_are_shared_by_readers_alone) {
  const std::string gce = "gcePersistentDisk: {pdName: a, readOnly: ";
  EXPECT_EQ(ask(gce + "true}", gce + "true}"), status{});
  EXPECT_EQ(ask(gce + "true}", gce + "false}"), disk_taken);
  EXPECT_EQ(ask(gce + "false}", gce + "true}"), disk_taken);
  EXPECT_EQ(ask(gce + "false}", "gcePersistentDisk: {pdName: b}"), status{});
  const std::string iscsi = "iscsi: {targetPortal: t, iqn: q, lun: ";
  EXPECT_EQ(ask(iscsi + "0}", iscsi + "1}"), disk_taken);
  EXPECT_EQ(ask(iscsi + "0, readOnly: true}", iscsi + "1, readOnly: true}"), status{});
}

TEST(volume_restrictions_test, ebs_disks_are_never_shared) {
  const std::string ebs = "awsElasticBlockStore: {volumeID: a, readOnly: true}";
  EXPECT_EQ(ask(ebs, ebs), disk_taken);
  EXPECT_EQ(ask(ebs, "awsElasticBlockStore: {volumeID: b}"), status{});
  EXPECT_EQ(ask(ebs, "gcePersistentDisk: {pdName: a}"), status{});
}

TEST(volume_restrictions_test, rbd_images_are_the_same_by_monitor_pool_and_image) {
  const std::string rbd = "rbd: {monitors: [m1, m2], pool: p, image: i}";
  EXPECT_EQ(ask(rbd, "rbd: {monitors: [m2, m3], pool: p, image: i}"), disk_taken);
  EXPECT_EQ(ask(rbd, "rbd: {monitors: [m3], pool: p, image: i}"), status{});
  EXPECT_EQ(ask(rbd, "rbd: {monitors: [m1], pool: q, image: i}"), status{});
  EXPECT_EQ(ask(rbd, "rbd: {monitors: [m1], pool: p, image: j}"), status{});
}

TEST(volume_restrictions_test, a_pod_without_such_volumes_is_skipped) {
  restrictions_case asked(make_claim("data", "accessModes: [ReadWriteOncePod]") +
                          make_pod("new", by_claim("data") + ", {name: w, cinder: {volumeID: x}}"));
  EXPECT_EQ(asked.start().code, status_code::skip);
}

TEST(volume_restrictions_test, a_missing_claim_rejects_everywhere) {
  restrictions_case asked(make_pod("new", by_claim("data")));
  EXPECT_EQ(asked.start(), (status{status_code::unschedulable_and_unresolvable,
                                   {"persistentvolumeclaim \"data\" not found"}}));
}

TEST(volume_restrictions_test, a_claim_of_one_pod_is_refused_while_another_uses_it) {
  const std::string claim = make_claim("data", "accessModes: [ReadWriteOncePod]");
  restrictions_case asked(claim + make_pod("new", by_claim("data")) +
                          make_pod("old", by_claim("data"), "here"));
  EXPECT_TRUE(asked.start().ok());
  EXPECT_EQ(asked.filter("there"), claim_taken);
  restrictions_case shared(make_claim("data", "accessModes: [ReadWriteOnce]") +
                           make_pod("new", by_claim("data")) +
                           make_pod("old", by_claim("data"), "here"));
  EXPECT_EQ(shared.start().code, status_code::skip);
  restrictions_case elsewhere(claim + make_pod("new", by_claim("data")) +
                              make_pod("old", by_claim("data"), "here", "m"));
  EXPECT_EQ(elsewhere.start().code, status_code::skip);
}

TEST(volume_restrictions_test, a_pod_that_leaves_frees_the_claim_whatever_its_namespace) {
  restrictions_case asked(make_claim("data", "accessModes: [ReadWriteOncePod]") +
                          make_pod("new", by_claim("data")) +
                          make_pod("old", by_claim("data"), "here") +
                          make_pod("stranger", by_claim("data"), "here", "m"));
  ASSERT_TRUE(asked.start().ok());
  const auto here = asked.cluster.node("here");
  asked.asked->pod_removed(asked.cluster.pod("m/stranger"), here);
  EXPECT_EQ(asked.filter("there"), status{});
  asked.asked->pod_added(asked.cluster.pod("n/old"), here);
  EXPECT_EQ(asked.filter("there"), claim_taken);
}

}  // namespace
}  // namespace crosstie::schedule::plugins
