#include "cluster/operation_meter.hpp"

#include <gtest/gtest.h>

namespace crosstie::cluster {
namespace {

// Every reading is one later than the one before.
std::int64_t count_readings() {
  static std::int64_t readings = 0;
  return ++readings;
}

TEST(operation_meter, charges_a_call_without_what_it_calls) {
  const operation_meter meter(count_readings);
  {
    const timed outer(metered::score_rows, operation::find);
    for (int i = 0; i < 2; ++i) const timed inner(metered::queue, operation::add);
  }
  EXPECT_EQ(meter.of(metered::queue, operation::add).calls, 2);
  EXPECT_EQ(meter.of(metered::queue, operation::add).ns, 2);
  EXPECT_EQ(meter.of(metered::score_rows, operation::find).calls, 1);
  EXPECT_EQ(meter.of(metered::score_rows, operation::find).ns, 5 - 2);
  EXPECT_EQ(meter.of(metered::objects, operation::find).calls, 0);
}

TEST(operation_meter, counts_while_it_lives_and_then_the_one_before) {
  const operation_meter first(count_readings);
  {
    const operation_meter second(count_readings);
    const timed watch(metered::queue, operation::pop);
  }
  {
    const timed watch(metered::queue, operation::pop);
  }
  EXPECT_EQ(first.of(metered::queue, operation::pop).calls, 1);
}

TEST(operation_meter, nothing_is_read_where_nobody_meters) {
  const std::int64_t before = count_readings();
  {
    const timed watch(metered::queue, operation::pop);
  }
  EXPECT_EQ(count_readings(), before + 1);
}

}  // namespace
}  // namespace crosstie::cluster
