// Every table, used where there are neither exceptions nor run-time types: it must compile and run.
#include <crosstie/crosstie.hpp>
#include <crosstie/serialise.hpp>

#include <string>
#include <tuple>

struct binding {
  std::string node, pod;
};

int main() {
  crosstie::flat_map<binding, int> map;
  map["n", "p"] = 1;
  map.at("n", "p") += 1;
  crosstie::flat_set<int> set{1, 2};
  crosstie::relation<> pairs;
  pairs.insert(1, 2);
  crosstie::assignment<> bound;
  bound.assign(3, 1);
  crosstie::interner<std::string> names;
  names.intern("a");
  crosstie::matrix<int> cells(2, 2);
  crosstie::lru_map<int, int> recent(2);
  recent.try_emplace(1, 1);
  crosstie::lru_rows<int, int, int> rows(2);
  rows.try_emplace(1, 1, 1);
  crosstie::concurrent_map<int, int> shared;
  shared.update(1, [](int& n) { ++n; });
  crosstie::digest_map<int, crosstie::digest_policy::keep_text> digests;
  digests.try_emplace(std::tuple{"n", "p"}, 1);
  crosstie::flat_set<int> again;
  const bool same =
      crosstie::from_bytes(crosstie::to_bytes(set), again) == crosstie::byte_fault::none &&
      again == set;
  return same && map.find_value("n", "p") != nullptr && bound.contains(1, 3) ? 0 : 1;
}
