#include "schedule/plugins/volume_matching.hpp"

#include "cluster/selector.hpp"
#include "schedule/plugins/volume_objects.hpp"
#include "schedule/small_cluster.hpp"

namespace crosstie::schedule::plugins {
namespace {

std::string disk(std::string_view name, int size) {
  return make_volume(name, fmt::format("local: {{path: p}}, storageClassName: late, capacity: "
                                       "{{storage: {}}}",
                                       size));
}
std::string claim(std::string_view name, std::string_view its_class, int size) {
  return make_claim(name, fmt::format("storageClassName: {}, resources: {{requests: {{storage: "
                                      "{}}}}}",
                                      its_class, size));
}

struct matching_case {
  explicit matching_case(const std::string& objects)
      : cluster(make_node("a") + make_node("b") +
                make_class("late", "kubernetes.io/no-provisioner") + make_class("made", "p") +
                objects) {}
  bool assume(std::string_view pod, std::string_view node) {
    return !assume_pod_volumes(cluster.objects(), cluster.pod(pod), cluster.node(node)).empty();
  }
  volume_choice choose(std::string_view pod, std::string_view node) {
    return choose_volumes(cluster.objects(), find_claims(cluster.objects(), cluster.pod(pod)),
                          cluster.node(node));
  }
  std::string chosen(std::string_view pod) {
    const volume_choice choice = choose(pod, "a");
    return choice.matches.empty()
               ? ""
               : std::string(cluster.objects().text(choice.matches[0].volume->name));
  }

  small_cluster cluster;
};

TEST(volume_matching_test, the_smallest_volume_is_taken_the_first_by_name_of_equal_ones) {
  matching_case asked(disk("z", 5) + disk("yy", 3) + disk("x", 3) + disk("w", 1) +
                      claim("data", "late", 2) + make_pod("new", by_claim("data")));
  EXPECT_EQ(asked.chosen("n/new"), "x");
}

TEST(volume_matching_test, a_placed_pod_takes_its_volume_from_the_others) {
  matching_case asked(disk("x", 5) + claim("one", "late", 1) + claim("two", "late", 1) +
                      make_pod("p", by_claim("one")) + make_pod("q", by_claim("two")));
  EXPECT_TRUE(asked.assume("n/p", "a"));
  EXPECT_EQ(asked.chosen("n/q"), "");
  EXPECT_EQ(asked.chosen("n/p"), "x");
  const auto& taken = asked.cluster.objects().persistent_volumes.all().front();
  EXPECT_EQ(asked.cluster.objects().text(taken.claim_uid), "uid-one");
}

TEST(volume_matching_test, a_placed_pod_pins_the_claims_that_are_to_be_provisioned) {
  matching_case asked(claim("data", "made", 1) + make_pod("p", by_claim("data")) +
                      make_pod("q", by_claim("data")));
  EXPECT_TRUE(asked.choose("n/q", "b").conflicts.empty());
  EXPECT_TRUE(asked.assume("n/p", "a"));
  EXPECT_FALSE(asked.choose("n/q", "b").conflicts.empty());
  EXPECT_TRUE(asked.choose("n/q", "a").conflicts.empty());
}

TEST(volume_matching_test, the_node_pinned_before_is_replaced) {
  const std::string key = "volume.kubernetes.io/selected-node";
  matching_case asked(
      make_claim("data", "storageClassName: made", "annotations: {a: b, " + key + ": a, z: w}") +
      make_pod("p", by_claim("data")));
  EXPECT_TRUE(asked.assume("n/p", "a"));
  const auto& objects = asked.cluster.objects();
  const auto& notes = objects.persistent_volume_claims.all().front().annotations;
  EXPECT_EQ(notes.size(), 3u);
  EXPECT_EQ(objects.text(*cluster::find_label(notes, *objects.names().find(key))), "a");
}

TEST(volume_matching_test, nothing_changes_for_bound_claims) {
  matching_case asked(make_bound_claim("data", "x") + disk("x", 1) +
                      make_pod("p", by_claim("data")) + make_pod("plain", "") +
                      make_pod("missing", by_claim("gone")));
  EXPECT_FALSE(asked.assume("n/p", "a"));
  EXPECT_FALSE(asked.assume("n/plain", "a"));
  EXPECT_FALSE(asked.assume("n/missing", "a"));
}

}  // namespace
}  // namespace crosstie::schedule::plugins
