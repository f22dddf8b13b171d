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
  crosstie::interner<std::string> names;
  names.intern("worker");
  names.intern(std::string(130, 'x'));
  crosstie::matrix<int> cells(2, 3, 8);
  crosstie::lru_map<int, int> recent(4);
  recent.try_emplace(1, 10);
  recent.try_emplace(2, 20);
  crosstie::concurrent_map<int, int> shared(8);
  crosstie::digest128 digest{0x0706050403020100, 0x0f0e0d0c0b0a0908};
  stop_here();
  return static_cast<int>(digest.low & 0) + static_cast<int>(nothing.size() + shared.size());
}
