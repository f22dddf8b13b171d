// The engine about pods with claims, against the plain evaluation.
#include <gtest/gtest.h>

#include "sanitized.hpp"
#include "schedule/changing_volumes.hpp"
#include "schedule/plugins/volume_objects.hpp"
#include "schedule/small_cluster.hpp"

namespace crosstie::schedule {
namespace {

class volumes_property : public testing::TestWithParam<limits> {};

TEST_P(volumes_property, agree_with_the_plain_evaluation) {
  std::uint64_t incremental = 0, plain = 0;
  for (std::uint64_t seed = 1; seed <= 100 / test::few_of_them; ++seed) {
    SCOPED_TRACE(seed);
    changing_volumes on(seed, GetParam(), seed % 2 == 0);
    for (int i = 0; i < 120; ++i) {
      on.change();
      const pod_id pod = on.ask();
      ASSERT_NO_FATAL_FAILURE(expect_equal(on, pod, GetParam().by_name)) << "change " << i;
      on.done(pod);
    }
    incremental += on.chooser->statistics().incremental;
    plain += on.chooser->statistics().plain;
  }
  // Both ways were taken often.
  EXPECT_GT(incremental, 2000u / test::few_of_them);
  EXPECT_GT(plain, 500u / test::few_of_them);
}

INSTANTIATE_TEST_SUITE_P(limits, volumes_property,
                         testing::Values(limits{0, 64, false}, limits{2, 4, true}),
                         [](const auto& param) { return name_of(param.param); });

// The claim of an ephemeral volume comes after its pod is on a node, and after another pod there
// has made its name known.
TEST(engine_volumes, an_ephemeral_claim_that_comes_late_is_counted) {
  small_cluster on(
      plugins::make_node_for("a", 9) + plugins::make_csi_node("a", "driver", 1) +
      plugins::make_volume("held", "csi: {driver: driver, volumeHandle: held}") +
      plugins::make_volume("wanted", "csi: {driver: driver, volumeHandle: wanted}") +
      plugins::make_bound_claim("claim", "wanted") +
      plugins::make_pod("owner", "{name: v, ephemeral: {volumeClaimTemplate: {}}}", "a") +
      plugins::make_pod("asker", plugins::by_claim("claim")));
  cluster::store& objects = on.objects();
  const configuration settings = default_configuration();
  engine chooser(objects, on.state().usage(), on.state(), settings);
  chooser.reset();
  const pod_id asker = on.pod("n/asker");
  ASSERT_EQ(chooser.place(asker).node, on.node("a"));

  cluster::pod_spec spec = objects.spec(asker);
  spec.volumes[0].source = objects.names().intern("owner-v");
  cluster::pod sharer = objects[asker];
  sharer.name = objects.names().intern("sharer");
  sharer.spec = objects.intern(spec);
  const pod_id beside = objects.put(sharer);
  on.state().bind(beside, on.node("a"));
  chooser.pod_bound(beside, on.node("a"));
  cluster::persistent_volume_claim late =
      *objects.persistent_volume_claims.find({objects[asker].ns, *objects.names().find("claim")});
  late.name = *objects.names().find("owner-v");
  late.volume_name = *objects.names().find("held");
  late.controller.uid = objects[on.pod("n/owner")].uid;
  objects.persistent_volume_claims.put(late);
  chooser.object_changed(cluster::refer_to(late));
  EXPECT_EQ(chooser.place(asker).node, cluster::no_node) << "the node takes one volume";

  on.state().unbind(beside);
  chooser.pod_unbound(beside, on.node("a"));
  objects.remove_pod(cluster::key_of(sharer));
  EXPECT_EQ(chooser.place(asker).node, cluster::no_node) << "its owner still has it";
}

}  // namespace
}  // namespace crosstie::schedule
