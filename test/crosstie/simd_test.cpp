// The tables that compare several slots or ids at once, against their twins. Built by each of the
// ways that are chosen when a program is compiled: a loop, AVX2, AVX-512.
#include <gtest/gtest.h>

#include "crosstie/dense_twins.hpp"
#include "crosstie/flat_twins.hpp"
#include "crosstie/table_twins.hpp"

namespace crosstie::test {
namespace {

class simd : public testing::TestWithParam<std::uint64_t> {
 protected:
  random_choices choices_{GetParam(), 4000};
};
INSTANTIATE_TEST_SUITE_P(seeds, simd, testing::Range<std::uint64_t>(1, 5));

TEST_P(simd, flat_set) { run_flat_set<flat_set<cell_key>>(choices_); }
TEST_P(simd, flat_set_of_crowded_hashes) {
  run_flat_set<flat_set<cell_key, crowded_hash>>(choices_);
}
TEST_P(simd, interner) { run_interner(choices_); }
TEST_P(simd, relation) { run_relation<relation_index::both_ways>(choices_); }
TEST_P(simd, table) { run_table<relation_index::by_row>(choices_); }
TEST_P(simd, uuid_assignment) { run_uuid_assignment(choices_); }

// Which way this program was built, so that a wrong flag is noticed.
TEST(simd, is_the_way_that_was_asked_for) {
#ifdef CROSSTIE_EXPECT_AVX512
  EXPECT_EQ(CROSSTIE_AVX512, 1);
#else
  EXPECT_EQ(CROSSTIE_AVX512, 0);
#endif
#ifdef CROSSTIE_EXPECT_AVX2
  EXPECT_EQ(CROSSTIE_AVX2, 1);
#endif
#ifdef CROSSTIE_NO_SIMD
  EXPECT_EQ(CROSSTIE_SSE2, 0);
#else
  EXPECT_EQ(CROSSTIE_SSE2, 1);
#endif
}

}  // namespace
}  // namespace crosstie::test
