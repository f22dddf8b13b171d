#include "tables/probe_contest.hpp"

#include <algorithm>
#include <crosstie/flat_map.hpp>
#include <random>
#include <vector>

#include "harness/rounds.hpp"
#include "tables/contender.hpp"

std::unique_ptr<bench_probes::layout> bench_probes::make_with_probes() {
  return std::make_unique<layout_of<crosstie::flat_map<cell, std::uint64_t>>>();
}

namespace crosstie::bench {

void race_probes(std::size_t entries, int count, results& into) {
  std::vector<bench_probes::cell> keys;
  std::mt19937_64 random(4);
  for (std::uint32_t i = 0; i < entries; ++i) {
    keys.emplace_back(static_cast<std::uint32_t>(random()), i);
  }
  rounds race("probes", count);
  const auto add = [&](const char* name, auto make) {
    const auto table = std::make_shared<std::unique_ptr<bench_probes::layout>>();
    entrant one;
    one.of = {{"keys", "{u32,u32} -> u64"},
              {"entries", static_cast<std::int64_t>(entries)},
              {"layout", name}};
    one.prepare = [=] { *table = make(); };
    const auto n = static_cast<double>(entries);
    one.phases.push_back(
        {"insert", n, [=, &keys] { return (*table)->insert_all(keys.data(), keys.size()); }});
    one.phases.push_back(
        {"erase", n, [=, &keys] { return (*table)->erase_all(keys.data(), keys.size()); }});
    // Into memory that is there: nothing but the insertion itself.
    one.phases.push_back({"insert again", n,
                          [=, &keys] { return (*table)->insert_all(keys.data(), keys.size()); },
                          "insert"});
    race.add(std::move(one));
  };
  add("flat_map, probes unwatched", bench_probes::make_with_probes);
  add("flat_map without probes", bench_probes::make_without_probes);
  race.run(into);
}

}  // namespace crosstie::bench
