#include <crosstie/flat_set.hpp>

struct base {
  int x;
};
struct key : base {
  int y;
};

int main() {
  crosstie::flat_set<key> set;
  set.insert(key{{1}, 2});
}
