#include <crosstie/flat_set.hpp>

struct key {
  unsigned x : 4, y : 28;
};

int main() {
  crosstie::flat_set<key> set;
  set.insert(key{1, 2});
}
