// stats() of every table: what it counts must be what is there. Built once more with
// CROSSTIE_COUNTERS, where tables also count how often their elements have moved.
#include <gtest/gtest.h>
#include <crosstie/crosstie.hpp>

#include <cmath>
#include <numeric>
#include <string>

namespace crosstie::test {
namespace {

// What must hold of any table that hashes, with `size` elements.
template <class Table>
void check_hashed(const Table& table, std::size_t size) {
  const flat_stats stats = table.stats();
  EXPECT_EQ(stats.size, size);
  EXPECT_EQ(stats.memory_bytes, table.memory_bytes());
  EXPECT_GE(stats.capacity, size);
  EXPECT_DOUBLE_EQ(stats.load_factor,
                   static_cast<double>(size) / static_cast<double>(stats.capacity));
  EXPECT_EQ(std::accumulate(stats.probes.begin(), stats.probes.end(), std::size_t{0}), size);
  EXPECT_GT(stats.probes[0], size * 6 / 10);
  EXPECT_GE(stats.longest_probe, 1U);
  EXPECT_GE(stats.mean_probe, 1.0);
  EXPECT_LT(stats.mean_probe, 2.0);
  EXPECT_LT(stats.worst_bit_bias, 6 / std::sqrt(static_cast<double>(size)));
  EXPECT_EQ(stats.mean_probe > 1.0, stats.overflowed_groups != 0);
#ifdef CROSSTIE_COUNTERS
  EXPECT_GT(stats.rebuilds, 2U);
#endif
}

constexpr std::uint32_t many = 4000;

std::string uuid_text(std::uint32_t number) {
  const auto text = format_uuid({number * std::uint64_t{0x9e3779b97f4a7c15}, number});
  return {text.data(), text.size()};
}

TEST(stats, of_flat_tables) {
  flat_map<std::uint32_t, int> map;
  EXPECT_EQ(map.stats().load_factor, 0.0);
  for (std::uint32_t i = 0; i < many; ++i) map[i] = 1;
  check_hashed(map, many);
  map.erase(7U);
  check_hashed(map, many - 1);
}

TEST(stats, of_tables_made_of_several) {
  steady_map<std::uint32_t, int> steady;
  concurrent_map<std::uint32_t, int> shared(4);
  EXPECT_EQ(steady.stats().size + shared.stats().size, 0U);
  for (std::uint32_t i = 0; i < many; ++i) {
    steady[i] = 1;
    shared.try_emplace(i, 1);
  }
  check_hashed(steady, many);
  check_hashed(shared, many);
}

TEST(stats, of_bounded_tables) {
  lru_map<std::uint32_t, int> recent(many);
  lru_rows<std::uint32_t, std::uint32_t, int> rows(many);
  for (std::uint32_t i = 0; i < 2 * many; ++i) {
    recent.try_emplace(i, 1);
    if (i < many) rows.try_emplace(i % 3, i, 1);
  }
  check_hashed(recent, many);
  check_hashed(rows, many);
}

TEST(stats, of_tables_with_names) {
  interner<std::string> names;
  uuid_assignment<> bound;
  digest_map<int, digest_policy::keep_text> digests;
  for (std::uint32_t i = 0; i < many; ++i) {
    names.intern(std::to_string(i));
    bound.assign("a row", uuid_text(i));
    digests.try_emplace(std::to_string(i), 1);
  }
  check_hashed(names, many);
  check_hashed(bound, many);
  check_hashed(digests, many);
}

TEST(stats, of_tables_with_rows) {
  assignment<> bound;
  EXPECT_EQ(bound.stats().rows, 0U);
  for (std::uint32_t c = 0; c < 10; ++c) bound.assign(c, c < 7 ? 3 : 5);
  bound.unassign(9);
  const cell_stats stats = bound.stats();
  EXPECT_EQ(stats.size, 9U);
  EXPECT_EQ(stats.rows, 2U);
  EXPECT_EQ(stats.longest_row, 7U);
  EXPECT_DOUBLE_EQ(stats.mean_row, 4.5);
  EXPECT_DOUBLE_EQ(stats.load_factor, 0.9);
  EXPECT_EQ(stats.memory_bytes, bound.memory_bytes());

  const cell_stats dense = matrix<std::uint32_t>(3, 12).stats();
  EXPECT_EQ(dense.size, 36U);
  EXPECT_EQ(dense.rows, 3U);
  EXPECT_DOUBLE_EQ(dense.load_factor, 0.75);
}

TEST(stats, of_digests_that_collide_count_every_key) {
  struct same_digest {
    digest128 operator()(std::string_view) const { return {1, 1}; }
  };
  digest_map<int, digest_policy::keep_text, same_digest> map;
  for (const char* key : {"a", "b", "c"}) map.try_emplace(key, 1);
  EXPECT_EQ(map.stats().size, 3U);
  std::size_t visited = 0;
  map.for_each([&](const digest128&, int) { ++visited; });
  EXPECT_EQ(visited, 3U);
}

}  // namespace
}  // namespace crosstie::test
