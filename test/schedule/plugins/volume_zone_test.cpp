#include "schedule/plugins/volume_zone.hpp"

#include "schedule/plugins/volume_objects.hpp"
#include "schedule/small_cluster.hpp"

namespace crosstie::schedule::plugins {
namespace {

const status wrong_zone = reject("node(s) had no available volume zone");

struct zone_case {
  explicit zone_case(const std::string& objects)
      : cluster(make_node("bare", "disk: ssd") +
                make_node("stable", "topology.kubernetes.io/zone: a") +
                make_node("beta", "failure-domain.beta.kubernetes.io/zone: a") +
                make_node("other", "topology.kubernetes.io/zone: b") +
                make_node("region", "topology.kubernetes.io/region: r") + make_class("late", "p") +
                make_class("now", "p", "Immediate") + objects + make_pod("new", by_claim("data"))),
        asked(make_volume_zone(cluster.view(), by, cluster.pod("n/new"))) {}
  status start() { return asked->pre_filter().verdict; }
  status filter(std::string_view node) { return asked->filter(cluster.node(node)); }

  small_cluster cluster;
  profile by;
  std::unique_ptr<plugin> asked;
};

zone_case bound_to(const std::string& labels) {
  return zone_case(make_bound_claim("data", "disk") +
                   make_volume("disk", "nfs: {server: s, path: p}", "labels: {" + labels + "}"));
}

TEST(volume_zone_test, a_bound_volume_keeps_its_pod_in_its_zone) {
  auto asked = bound_to("topology.kubernetes.io/zone: a");
  ASSERT_TRUE(asked.start().ok());
  EXPECT_EQ(asked.filter("stable"), status{});
  EXPECT_EQ(asked.filter("bare"), status{});
  EXPECT_EQ(asked.filter("other"), wrong_zone);
  EXPECT_EQ(asked.filter("region"), wrong_zone);
  EXPECT_EQ(asked.filter("beta"), wrong_zone);
}

TEST(volume_zone_test, a_beta_label_of_the_volume_matches_the_stable_one_of_the_node) {
  auto asked = bound_to("failure-domain.beta.kubernetes.io/zone: a");
  ASSERT_TRUE(asked.start().ok());
  EXPECT_EQ(asked.filter("stable"), status{});
  EXPECT_EQ(asked.filter("beta"), status{});
  EXPECT_EQ(asked.filter("other"), wrong_zone);
}

TEST(volume_zone_test, a_volume_may_be_in_several_zones) {
  auto asked = bound_to("topology.kubernetes.io/zone: c__a");
  ASSERT_TRUE(asked.start().ok());
  EXPECT_EQ(asked.filter("stable"), status{});
  EXPECT_EQ(asked.filter("other"), wrong_zone);
}

TEST(volume_zone_test, zone_and_region_must_both_match) {
  auto asked = bound_to("topology.kubernetes.io/zone: a, topology.kubernetes.io/region: r");
  ASSERT_TRUE(asked.start().ok());
  EXPECT_EQ(asked.filter("stable"), wrong_zone);
  EXPECT_EQ(asked.filter("region"), wrong_zone);
}

TEST(volume_zone_test, a_label_with_an_empty_zone_is_ignored) {
  EXPECT_EQ(bound_to("topology.kubernetes.io/zone: a__").start().code, status_code::skip);
  EXPECT_EQ(bound_to("disk: ssd").start().code, status_code::skip);
}

TEST(volume_zone_test, what_is_missing_is_told) {
  EXPECT_EQ(zone_case("").start(), reject("persistentvolumeclaim \"data\" not found"));
  EXPECT_EQ(zone_case(make_bound_claim("data", "disk")).start(),
            reject("persistentvolume \"disk\" not found"));
  const auto unbound = [](const std::string& spec, const std::string& metadata = "") {
    return zone_case(make_claim("data", spec, metadata)).start();
  };
  EXPECT_EQ(unbound(""), reject("PersistentVolumeClaim had no pv name and storageClass name"));
  EXPECT_EQ(unbound("storageClassName: gone"),
            reject("storageclass.storage.k8s.io \"gone\" not found"));
  EXPECT_EQ(unbound("storageClassName: now"), reject("PersistentVolume had no name"));
  EXPECT_EQ(unbound("storageClassName: late").code, status_code::skip);
  EXPECT_EQ(unbound("storageClassName: gone",
                    "annotations: {volume.beta.kubernetes.io/storage-class: late}")
                .code,
            status_code::skip);
}

TEST(volume_zone_test, the_filter_repeats_what_the_prefilter_found) {
  zone_case asked("");
  const status verdict = asked.start();
  EXPECT_EQ(asked.filter("bare"), verdict);
}

}  // namespace
}  // namespace crosstie::schedule::plugins
