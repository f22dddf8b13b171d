// A race: the same operations on several layouts, interleaved round by round, answers checked.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "harness/allocation.hpp"

namespace crosstie::bench {

// One layout in a race. Each operation returns a checksum that must agree among all layouts.
struct contender {
  std::string name;
  std::function<void()> reset;             // to empty, without memory; not timed
  std::function<std::uint64_t()> insert;   // from empty
  std::function<std::uint64_t()> hit;      // every key, in an order of its own
  std::function<std::uint64_t()> miss;     // as many absent keys
  std::function<std::uint64_t()> iterate;  // every element
  std::function<std::uint64_t()> erase;    // every key, until empty
};

class race {
 public:
  race(std::string title, std::size_t entries, int rounds)
      : title_(std::move(title)), entries_(entries), rounds_(rounds) {}

  void add(contender layout) { layouts_.push_back(std::move(layout)); }

  // Runs all rounds and prints medians, with ratios to the best of the `peers` first layouts.
  // Ends the program where answers differ.
  void run(std::size_t peers) {
    results_.assign(layouts_.size(), {});
    for (int round = 0; round < rounds_; ++round) {
      for (std::size_t i = 0; i < layouts_.size(); ++i) {
        // Another first one each round, so that no layout always runs in the same wake.
        const std::size_t at = (i + static_cast<std::size_t>(round)) % layouts_.size();
        run_one(layouts_[at], results_[at]);
      }
    }
    print(peers);
  }

 private:
  static constexpr std::size_t operations = 5;
  struct result {
    std::vector<double> ns[operations];
    double bytes = 0;
  };

  void run_one(contender& layout, result& into) {
    layout.reset();
    const std::size_t before = live_bytes;
    into.ns[0].push_back(time("insert", layout.insert));
    into.bytes = static_cast<double>(live_bytes - before) / static_cast<double>(entries_);
    into.ns[1].push_back(time("hit", layout.hit));
    into.ns[2].push_back(time("miss", layout.miss));
    into.ns[3].push_back(time("iterate", layout.iterate));
    into.ns[4].push_back(time("erase", layout.erase));
    layout.reset();
  }

  double time(const std::string& operation, const std::function<std::uint64_t()>& run) {
    const auto start = std::chrono::steady_clock::now();
    const std::uint64_t answer = run();
    const std::chrono::duration<double, std::nano> taken = std::chrono::steady_clock::now() - start;
    const auto [at, first] = answers_.try_emplace(operation, answer);
    if (!first && at->second != answer) {
      std::fprintf(stderr, "crosstie-bench: %s: %s: a wrong answer\n", title_.c_str(),
                   operation.c_str());
      std::exit(1);
    }
    return taken.count() / static_cast<double>(entries_);
  }

  static double median(std::vector<double> values) {
    std::ranges::sort(values);
    return values[values.size() / 2];
  }

  void print(std::size_t peers) {
    std::printf("\n%s, %zu entries, median of %d rounds, ns an operation (x best peer)\n",
                title_.c_str(), entries_, rounds_);
    std::printf("%-28s %14s %14s %14s %14s %14s %14s\n", "layout", "insert", "hit", "miss",
                "iterate", "erase", "bytes/entry");
    double best[operations + 1];
    std::ranges::fill(best, 1e300);
    for (std::size_t i = 0; i < peers; ++i) {
      for (std::size_t o = 0; o < operations; ++o) {
        best[o] = std::min(best[o], median(results_[i].ns[o]));
      }
      best[operations] = std::min(best[operations], results_[i].bytes);
    }
    for (std::size_t i = 0; i < layouts_.size(); ++i) {
      std::printf("%-28s", layouts_[i].name.c_str());
      for (std::size_t o = 0; o < operations; ++o) {
        const double ns = median(results_[i].ns[o]);
        std::printf(" %7.1f (%4.2f)", ns, ns / best[o]);
      }
      std::printf(" %7.1f (%4.2f)\n", results_[i].bytes, results_[i].bytes / best[operations]);
    }
  }

  std::string title_;
  std::size_t entries_;
  int rounds_;
  std::vector<contender> layouts_;
  std::vector<result> results_;
  std::map<std::string, std::uint64_t> answers_;
};

void race_numbers(std::size_t entries, int rounds);
void race_node_pod(std::size_t entries, int rounds);

}  // namespace crosstie::bench
