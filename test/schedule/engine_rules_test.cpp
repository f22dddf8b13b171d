// The engine with spread constraints and pod affinity: bucket_table, pod_counters, pod_rules,
// topology_table and domain_groups together, against the plain evaluation.
#include <gtest/gtest.h>

#include "schedule/allocation_counter.hpp"
#include "schedule/changing_cluster.hpp"
#include "schedule/engine.hpp"
#include "schedule/equal_nodes.hpp"

namespace crosstie::schedule {
namespace {

class engine_rules_property : public testing::TestWithParam<limits> {};

TEST_P(engine_rules_property, agrees_with_the_plain_evaluation) {
  engine_statistics seen;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(seed);
    changing_cluster on(seed, GetParam(), true);
    for (int i = 0; i < 80; ++i) {
      on.change();
      ASSERT_NO_FATAL_FAILURE(expect_equal(on, on.ask(), GetParam().by_name)) << "change " << i;
    }
    const engine_statistics& figures = on.chooser->statistics();
    seen.plain += figures.plain;
    seen.incremental += figures.incremental;
    seen.rebuilt_rows += figures.rebuilt_rows;
    seen.replayed_nodes += figures.replayed_nodes;
    seen.dropped_rows += figures.dropped_rows;
  }
  // Only selectors that do not parse are left to the plain evaluation.
  EXPECT_GT(seen.plain, 0u);
  EXPECT_GT(seen.incremental, 8 * seen.plain);
  if (GetParam().counter_bytes > 1000) {
    EXPECT_LT(seen.rebuilt_rows, seen.incremental);
  }
  EXPECT_GT(seen.replayed_nodes, 0u);
  EXPECT_EQ(seen.dropped_rows > 0, GetParam().rows == 2);
}

INSTANTIATE_TEST_SUITE_P(limits, engine_rules_property,
                         testing::Values(limits{0, 64, false, 16}, limits{0, 4, true, 3},
                                         limits{0, 4, false, 16, 1000}, limits{2, 4, false, 0},
                                         limits{2, 8, true, 5}),
                         [](const auto& param) { return name_of(param.param); });

// One pod of every kind of rule: zones are coarse, hosts are not, and each host is one node.
std::vector<cluster::pod_spec> make_specs(equal_nodes& on) {
  const cluster::name_id zone = on.make.name("zone"), host = on.make.name("host");
  const cluster::label_selector everybody{
      {{on.make.name("app"), cluster::selector_operator::exists, {}}}};
  std::vector<cluster::pod_spec> specs(7, on.objects.spec(on.pod));
  for (const int i : {0, 1, 2, 3}) {
    cluster::topology_spread_constraint rule{};
    rule.max_skew = 2;
    rule.topology_key = i % 2 == 0 ? zone : host;
    rule.when_unsatisfiable = i < 2 ? cluster::unsatisfiable_action::do_not_schedule
                                    : cluster::unsatisfiable_action::schedule_anyway;
    rule.selector = everybody;
    specs[static_cast<std::size_t>(i)].spread = {rule};
  }
  specs[4].pods_far.emplace().preferred = {{5, {everybody, {}, {}, host}}};
  specs[5].pods_near.emplace().required = {{everybody, {}, {}, zone}};
  specs[6].pods_near.emplace().preferred = {{1, {everybody, {}, {}, host}}};
  return specs;
}

TEST(engine_rules, the_steady_state_allocates_nothing) {
  equal_nodes on(300, {});
  std::vector<pod_id> coming;
  for (const cluster::pod_spec& spec : make_specs(on)) {
    cluster::pod object = on.objects[on.pod];
    object.name = on.make.name("coming-", static_cast<std::uint32_t>(coming.size()));
    object.spec = on.objects.intern(spec);
    coming.push_back(on.objects.put(object));
  }
  // A node's list of pods is given back when the last one leaves, so somebody stays on each.
  for (std::uint32_t i = 0; i < 300; ++i) {
    cluster::pod stays = on.objects[on.pod];
    stays.name = on.make.name("stays-", i);
    on.state.bind(on.objects.put(stays), node_id{i});
  }
  on.chooser->reset();
  const auto round = [&] {
    for (const pod_id pod : coming) {
      const node_id node = on.chooser->place(pod).node;
      on.state.bind(pod, node);
      on.chooser->pod_bound(pod, node);
    }
    for (const pod_id pod : coming) {
      const node_id node = *on.state.bindings().node_of(pod);
      on.state.unbind(pod);
      on.chooser->pod_unbound(pod, node);
    }
  };
  for (int i = 0; i < 4000; ++i) round();  // until the rarest coincidence has been
  const std::size_t before = test::allocation_count();
  const engine_statistics warm = on.chooser->statistics();
  for (int i = 0; i < 300; ++i) round();
  EXPECT_EQ(test::allocation_count(), before);
  EXPECT_EQ(on.chooser->statistics().plain, 0u);
  EXPECT_EQ(on.chooser->statistics().rebuilt_rows, warm.rebuilt_rows);
}

}  // namespace
}  // namespace crosstie::schedule
