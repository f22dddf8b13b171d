// The engine about pods with claims, against the plain evaluation.
#include <gtest/gtest.h>

#include "schedule/changing_volumes.hpp"

namespace crosstie::schedule {
namespace {

class volumes_property : public testing::TestWithParam<limits> {};

TEST_P(volumes_property, agree_with_the_plain_evaluation) {
  std::uint64_t incremental = 0, plain = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    SCOPED_TRACE(seed);
    changing_volumes on(seed, GetParam());
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
  EXPECT_GT(incremental, 2000u);
  EXPECT_GT(plain, 500u);
}

INSTANTIATE_TEST_SUITE_P(limits, volumes_property,
                         testing::Values(limits{0, 64, false}, limits{2, 4, true}),
                         [](const auto& param) { return name_of(param.param); });

}  // namespace
}  // namespace crosstie::schedule
