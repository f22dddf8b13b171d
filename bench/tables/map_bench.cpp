// {u32,u32} -> u64: flat_map beside the flat maps it must keep up with on every operation.
#include <absl/container/flat_hash_map.h>

#include <boost/unordered/unordered_flat_map.hpp>
#include <crosstie/crosstie.hpp>

#include "tables/contender.hpp"

namespace crosstie::bench {
namespace {

using cell = std::pair<std::uint32_t, std::uint32_t>;

questions<cell> make_questions(std::size_t entries) {
  questions<cell> result;
  result.keys = map_keys;
  std::mt19937_64 random(3);
  for (std::uint32_t i = 0; i < entries; ++i) {
    result.inserted.emplace_back(static_cast<std::uint32_t>(random()), i);
  }
  std::ranges::shuffle(result.inserted, random);
  result.asked = result.inserted;
  std::ranges::shuffle(result.asked, random);
  for (const auto& [row, column] : result.asked) {
    result.absent.emplace_back(row, column + static_cast<std::uint32_t>(entries));
  }
  return result;
}

template <class Map>
struct layout {
  Map map;
  bool put(const cell& key) { return map.try_emplace(key, key.second).second; }
  bool has(const cell& key) const {
    const auto at = map.find(key);
    return at != map.end() && at->second == key.second;
  }
  bool drop(const cell& key) { return map.erase(key) != 0; }
  std::uint64_t sum() const {
    std::uint64_t result = 0;
    for (const auto& [key, value] : map) result += key.first + value;
    return result;
  }
  void wipe() { map.clear(); }
};

template <class T>
using element = std::pair<const cell, T>;
using boost_map = boost::unordered_flat_map<cell, std::uint64_t, boost::hash<cell>, std::equal_to<>,
                                            counted<element<std::uint64_t>>>;
using absl_map = absl::flat_hash_map<cell, std::uint64_t, absl::Hash<cell>, std::equal_to<>,
                                     counted<element<std::uint64_t>>>;

struct our_map : layout<flat_map<cell, std::uint64_t, key_hash<cell>, key_equal<cell>,
                                 counted<element<std::uint64_t>>>> {
  std::uint64_t sum() const {
    std::uint64_t result = 0;
    map.for_each([&](const cell& key, std::uint64_t value) { result += key.first + value; });
    return result;
  }
};

}  // namespace

void race_maps(std::size_t entries, int rounds, results& into) {
  const questions<cell> in = make_questions(entries);
  contest<cell> all(in, rounds);
  all.add<layout<boost_map>>("boost flat");
  all.add<layout<absl_map>>("absl flat");
  all.add<our_map>("crosstie flat_map");
  all.run(into);
}

}  // namespace crosstie::bench
