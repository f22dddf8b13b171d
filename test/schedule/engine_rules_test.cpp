// The engine with spread constraints and pod affinity: bucket_table, pod_counters, pod_rules,
// topology_table and domain_groups together, against the plain evaluation.
#include <gtest/gtest.h>

#include "schedule/allocation_counter.hpp"
#include "schedule/changing_cluster.hpp"
#include "schedule/engine.hpp"

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
  EXPECT_LT(seen.rebuilt_rows, seen.incremental);
  EXPECT_GT(seen.replayed_nodes, 0u);
  EXPECT_EQ(seen.dropped_rows > 0, GetParam().rows == 2);
}

INSTANTIATE_TEST_SUITE_P(limits, engine_rules_property,
                         testing::Values(limits{0, 64, false, 16}, limits{0, 4, true, 3},
                                         limits{2, 4, false, 0}, limits{2, 8, true, 5}),
                         [](const auto& param) { return name_of(param.param); });

}  // namespace
}  // namespace crosstie::schedule
