// The benches' harness: what it refuses, and what its intervals cover.
#include <gtest/gtest.h>

#include <random>

#include "harness/allocation.hpp"
#include "harness/rounds.hpp"

namespace crosstie::bench {
namespace {

entrant answering(const char* name, std::uint64_t answer) {
  return {{{"name", name}}, {}, {{"ask", 1, [answer] { return answer; }}}};
}

// Compilers may leave out a new that is deleted unused, but not what has been looked at.
void* obtain(std::size_t size) {
  void* memory = ::operator new(size);
  asm volatile("" : : "r"(memory) : "memory");
  return memory;
}

TEST(rounds, ends_the_bench_where_answers_differ) {
  rounds to("test", 1);
  to.add(answering("right", 1));
  to.add(answering("wrong", 2));
  results found;
  EXPECT_THROW(to.run(found), wrong_answer);
  EXPECT_TRUE(found.all().empty());
}

TEST(rounds, ends_the_bench_where_all_are_wrong_alike) {
  rounds to("test", 1);
  to.expect("ask", 1);
  to.add(answering("wrong", 2));
  results found;
  EXPECT_THROW(to.run(found), wrong_answer);
}

TEST(rounds, gives_time_and_allocations_of_each_phase) {
  rounds to("test", 3);
  to.add({{{"name", "two"}}, {}, {{"allocate", 2, [] {
                                     for (int i = 0; i < 2; ++i) ::operator delete(obtain(4));
                                     return std::uint64_t{0};
                                   }}}});
  results found;
  to.run(found);
  EXPECT_EQ(found.value("allocations", {{"operation", "allocate"}}), 1);
  EXPECT_EQ(found.find("time", {{"operation", "allocate"}})->samples, 3);
}

TEST(results, what_was_not_checked_is_not_printed) {
  results found;
  found.add("test", {}, "time", "ns", exactly(1), false);
  cli::output nowhere = std::move(*cli::output::create("/dev/null"));
  for (const form how : {form::table, form::json, form::csv}) {
    EXPECT_FALSE(print_results(nowhere, found, how));
  }
}

TEST(summary, its_interval_covers_the_median_as_often_as_it_says) {
  std::mt19937_64 random(1);
  std::exponential_distribution<> skewed(1);
  const double median = std::log(2);
  for (const int size : {7, 20, 101}) {
    int covered = 0;
    for (int trial = 0; trial < 2000; ++trial) {
      std::vector<double> samples(static_cast<std::size_t>(size));
      for (double& one : samples) one = skewed(random);
      const summary found = summarize(samples);
      covered += found.low <= median && median <= found.high;
    }
    EXPECT_GE(covered, 1900 - 30) << size;
    EXPECT_LE(covered, 1990) << size;
  }
}

TEST(summary, few_samples_give_all_there_is) {
  const summary found = summarize({3, 1, 2, 10});
  EXPECT_EQ(found.value, 2.5);
  EXPECT_EQ(found.low, 1);
  EXPECT_EQ(found.high, 10);
}

TEST(allocation_meter, counts_calls_live_and_peak_bytes) {
  const allocation_meter meter;
  void* kept = obtain(1000);
  ::operator delete(obtain(5000));
  EXPECT_EQ(meter.read().calls, 2);
  EXPECT_GE(meter.read().live_bytes, 1000);
  EXPECT_LT(meter.read().live_bytes, 1100);
  EXPECT_GE(meter.read().peak_bytes, 6000);
  ::operator delete(kept);
  EXPECT_EQ(meter.read().live_bytes, 0);
}

}  // namespace
}  // namespace crosstie::bench
