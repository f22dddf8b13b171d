#include "schedule/plugins/domain_counts.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

namespace crosstie::schedule::plugins {
namespace {

using cluster::name_id;

TEST(domain_counts, no_domain_reads_as_infinitely_full) {
  const domain_counts counts;
  EXPECT_EQ(counts.size(), 0u);
  EXPECT_EQ(counts.minimum(), 2147483647);
  EXPECT_EQ(counts.count(name_id{1}), 0);
}

TEST(domain_counts, a_domain_without_pods_counts_as_a_domain) {
  domain_counts counts;
  counts.add(name_id{1}, 0);
  counts.add(name_id{2}, 3);
  EXPECT_EQ(counts.size(), 2u);
  EXPECT_EQ(counts.minimum(), 0);
}

TEST(domain_counts, agrees_with_a_plain_map_under_random_changes) {
  std::mt19937 random(7);
  for (int run = 0; run < 50; ++run) {
    domain_counts counts;
    std::map<std::uint32_t, std::int64_t> naive;
    for (int step = 0; step < 200; ++step) {
      const std::uint32_t domain = random() % 5;
      const std::int64_t change = static_cast<std::int64_t>(random() % 5) - 2;
      counts.add(name_id{domain}, change);
      naive[domain] += change;
      std::int64_t lowest = naive.begin()->second;
      for (const auto& [each, count] : naive) {
        lowest = std::min(lowest, count);
        ASSERT_EQ(counts.count(name_id{each}), count);
      }
      ASSERT_EQ(counts.minimum(), lowest);
      ASSERT_EQ(counts.size(), naive.size());
    }
  }
}

}  // namespace
}  // namespace crosstie::schedule::plugins
