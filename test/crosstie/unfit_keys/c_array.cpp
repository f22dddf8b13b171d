#include <crosstie/flat_set.hpp>

struct key {
  int x[2];
};

int main() {
  crosstie::flat_set<key> set;
  set.insert(key{{1, 2}});
}
