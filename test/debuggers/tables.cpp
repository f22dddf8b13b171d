// A program that stops with one table of each kind in sight, for the test of the debugger scripts.
#include <crosstie/crosstie.hpp>

#include <string>

struct binding {
  std::string node;
  int number;
};

[[gnu::noinline]] void stop_here() { asm volatile(""); }

int main() {
  crosstie::flat_map<binding, int> map;
  map.try_emplace(binding{"node-1", 7}, 42);
  crosstie::flat_set<int> set{5};
  crosstie::flat_set<int> nothing;
  crosstie::assignment<> bound;
  bound.assign(2, 9);
  crosstie::relation<> pairs;
  pairs.insert(3, 1);
  crosstie::relation<> long_rows;
  for (std::uint32_t column = 0; column < 40; ++column) long_rows.insert(1, column);
  for (std::uint32_t column = 0; column < 300; ++column) long_rows.insert(2, column);
  crosstie::table<std::uint32_t, std::uint32_t, double> values;
  values.try_emplace(2, 5, 1.5);
  values.try_emplace(0, 7, 2.5);
  crosstie::table<std::uint32_t, std::uint32_t, short> many_values;
  for (std::uint32_t column = 0; column < 20; ++column) {
    many_values.try_emplace(0, column, static_cast<short>(column));
  }
  crosstie::interner<std::string> names;
  names.intern("worker");
  names.intern(std::string(130, 'x'));
  crosstie::matrix<int> cells(2, 3, 8);
  crosstie::lru_map<int, int> recent(4);
  recent.try_emplace(1, 10);
  recent.try_emplace(2, 20);
  crosstie::lru_rows<int, int, int> rows(2);
  rows.try_emplace(1, 2, 3);
  crosstie::steady_map<int, int> steady;
  for (int i = 0; i < 500; ++i) steady.try_emplace(i, -i);
  crosstie::concurrent_map<int, int> shared(8);
  shared.try_emplace(1, 11);
  crosstie::digest_map<int, crosstie::digest_policy::keep_text> digests(
      crosstie::digester(crosstie::digest128{0x0706050403020100, 0x0f0e0d0c0b0a0908}));
  digests.try_emplace("", 4);
  crosstie::uuid_assignment<> nodes_of;
  nodes_of.assign("node-1", "123e4567-e89b-42d3-a456-426614174000");
  crosstie::uuid_assignment<> other_keys;
  other_keys.assign("node-2", "no-uuid");
  crosstie::digest128 digest{0x0706050403020100, 0x0f0e0d0c0b0a0908};
  stop_here();
  return static_cast<int>(digest.low & 0) + static_cast<int>(nothing.size() + shared.size());
}
