// The longest of many insertions: each one timed, the shortest time of every one over all rounds,
// so that the machine's own pauses drop out, and of these the longest.
#include <absl/container/flat_hash_map.h>

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>
#include <chrono>
#include <crosstie/flat_map.hpp>
#include <crosstie/steady_map.hpp>
#include <limits>
#include <random>

#include "harness/progress.hpp"
#include "tables/contender.hpp"

namespace crosstie::bench {
namespace {

using cell = std::pair<std::uint32_t, std::uint32_t>;

template <class Map>
void time_each(const std::vector<cell>& keys, std::vector<float>& shortest) {
  using clock = std::chrono::steady_clock;
  Map map;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const auto start = clock::now();
    map.try_emplace(keys[i], std::uint64_t{i});
    const std::chrono::duration<float, std::micro> taken = clock::now() - start;
    shortest[i] = std::min(shortest[i], taken.count());
  }
  if (map.size() != keys.size()) throw wrong_answer("longest insert: an insertion was lost");
}

template <class Map>
void add(const char* name, const std::vector<cell>& keys, int rounds, results& into) {
  std::vector<float> shortest(keys.size(), std::numeric_limits<float>::max());
  for (int round = 0; round < rounds; ++round) {
    show_progress("longest insert", round, rounds, name);
    time_each<Map>(keys, shortest);
  }
  clear_progress();
  std::ranges::sort(shortest);
  const cli::case_fields of = {{"keys", map_keys},
                               {"entries", static_cast<std::int64_t>(keys.size())},
                               {"layout", name},
                               {"operation", "insert"}};
  const auto record = [&](const char* metric, float value) {
    into.add("longest insert", of, metric, "us", exactly(static_cast<double>(value)));
  };
  record("longest", shortest.back());
  record("99.99 %", shortest[shortest.size() - 1 - shortest.size() / 10'000]);
  record("median", shortest[shortest.size() / 2]);
}

}  // namespace

void race_longest_insert(std::size_t entries, int rounds, results& into) {
  std::vector<cell> keys;
  std::mt19937_64 random(5);
  for (std::uint32_t i = 0; i < entries; ++i) {
    keys.emplace_back(static_cast<std::uint32_t>(random()), i);
  }
  add<boost::unordered_flat_map<cell, std::uint64_t>>("boost flat", keys, rounds, into);
  add<absl::flat_hash_map<cell, std::uint64_t>>("absl flat", keys, rounds, into);
  add<flat_map<cell, std::uint64_t>>("crosstie flat_map", keys, rounds, into);
  add<steady_map<cell, std::uint64_t>>("crosstie steady_map", keys, rounds, into);
}

}  // namespace crosstie::bench
