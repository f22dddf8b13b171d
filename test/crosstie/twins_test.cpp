// Every table against its naive twin, over random operations with fixed seeds.
#include <gtest/gtest.h>

#include "crosstie/dense_twins.hpp"
#include "crosstie/flat_twins.hpp"
#include "crosstie/table_twins.hpp"

namespace crosstie::test {
namespace {

constexpr std::size_t steps = 4000;

class twins : public testing::TestWithParam<std::uint64_t> {
 protected:
  random_choices choices_{GetParam(), steps};
};
INSTANTIATE_TEST_SUITE_P(seeds, twins, testing::Range<std::uint64_t>(1, 9));

TEST_P(twins, flat_map_of_numbers) { run_flat_map<flat_map<cell_key, int>>(choices_); }
TEST_P(twins, flat_map_of_names) { run_flat_map<flat_map<name_key, int>>(choices_); }
TEST_P(twins, flat_map_of_crowded_hashes) {
  run_flat_map<flat_map<cell_key, int, crowded_hash>>(choices_);
}
TEST_P(twins, flat_set_of_numbers) { run_flat_set<flat_set<cell_key>>(choices_); }
TEST_P(twins, flat_set_of_names) { run_flat_set<flat_set<name_key>>(choices_); }
TEST_P(twins, flat_set_of_crowded_hashes) {
  run_flat_set<flat_set<cell_key, crowded_hash>>(choices_);
}
TEST_P(twins, interner_of_text) { run_interner(choices_); }
TEST_P(twins, assignment) {
  random_choices longer(GetParam(), 4 * steps);
  run_assignment(longer);
}
TEST_P(twins, relation_both_ways) { run_relation<relation_index::both_ways>(choices_); }
TEST_P(twins, relation_by_row) { run_relation<relation_index::by_row>(choices_); }
TEST_P(twins, matrix) { run_matrix(choices_); }
TEST_P(twins, table_both_ways) { run_table<relation_index::both_ways>(choices_); }
TEST_P(twins, table_by_row) { run_table<relation_index::by_row>(choices_); }
TEST_P(twins, steady_map) { run_steady_map(choices_); }
TEST_P(twins, uuid_assignment) { run_uuid_assignment(choices_); }

}  // namespace
}  // namespace crosstie::test
