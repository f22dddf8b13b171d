// What a pod that gets a node takes of volumes, seen by the pods after it.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "schedule/cycle.hpp"
#include "schedule/plugins/volume_objects.hpp"
#include "schedule/small_cluster.hpp"

namespace crosstie::schedule {
namespace {

using plugins::by_claim;
using plugins::make_claim;
using plugins::make_class;
using plugins::make_node_for;
using plugins::make_pod;
using plugins::make_volume;

// Nothing happens and no time passes.
class still_world final : public cluster::world {
 public:
  cluster::timestamp now() override { return 1; }
  std::optional<cluster::event> poll() override { return std::nullopt; }
  bool wait(std::optional<cluster::timestamp>) override { return false; }
  bool stopping() override { return false; }
  std::expected<void, std::string> bind(pod_id, node_id) override { return {}; }
  std::expected<void, std::string> evict(pod_id, pod_id) override { return {}; }
};

class cycle_volumes : public testing::Test {
 protected:
  // "pod@node", or "pod: message", in the order of the decisions.
  std::vector<std::string> place(std::string_view yaml) {
    cluster_.emplace(yaml);
    still_world outside;
    cycle_options options;
    options.engine.ties.by_name = true;
    cycle running(outside, cluster_->objects(), cluster_->state(), settings_, options);
    std::vector<std::string> lines;
    running.run([&](const decision& made) {
      const cluster::store& objects = cluster_->objects();
      const std::string pod(objects.text(objects[made.pod].name));
      lines.push_back(made.what == verdict::bound
                          ? pod + "@" + std::string(objects.text(objects[made.node].name))
                          : pod + ": " + running.message());
    });
    return lines;
  }

  configuration settings_ = default_configuration();
  std::optional<small_cluster> cluster_;
};

const std::string one_disk_for_two =
    make_node_for("a", 9) + make_class("local", "kubernetes.io/no-provisioner") +
    make_volume("disk", "storageClassName: local, capacity: {storage: 5Gi}") +
    make_claim("one", "storageClassName: local, resources: {requests: {storage: 1Gi}}") +
    make_claim("two", "storageClassName: local, resources: {requests: {storage: 1Gi}}") +
    make_pod("p1", by_claim("one")) + make_pod("p2", by_claim("two"));

TEST_F(cycle_volumes, a_free_volume_is_given_away_once) {
  const std::vector<std::string> placed = place(one_disk_for_two);
  ASSERT_EQ(placed.size(), 2u);
  EXPECT_EQ(placed[0], "p1@a");
  EXPECT_TRUE(placed[1].starts_with(
      "p2: 0/1 nodes are available: 1 node(s) didn't find available persistent volumes to bind."))
      << placed[1];
}

TEST_F(cycle_volumes, a_profile_without_reserve_gives_it_to_all) {
  std::erase_if(settings_.profiles[0].reserve,
                [](const enabled_plugin& each) { return each.name == "VolumeBinding"; });
  EXPECT_EQ(place(one_disk_for_two), (std::vector<std::string>{"p1@a", "p2@a"}));
}

TEST_F(cycle_volumes, a_volume_is_made_where_its_first_pod_goes) {
  const std::vector<std::string> placed =
      place(make_node_for("a", 1) + make_node_for("b", 9) + make_class("made", "csi.example.com") +
            make_claim("shared", "storageClassName: made, resources: {requests: {storage: 1Gi}}") +
            make_pod("p1", by_claim("shared")) + make_pod("p2", by_claim("shared")));
  ASSERT_EQ(placed.size(), 2u);
  EXPECT_EQ(placed[0], "p1@a");
  EXPECT_TRUE(placed[1].starts_with(
      "p2: 0/2 nodes are available: 1 Too many pods, 1 node(s) didn't find available persistent "
      "volumes to bind."))
      << placed[1];
}

}  // namespace
}  // namespace crosstie::schedule
