#include <crosstie/flat_set.hpp>
struct key {
  int node;
  const char* pod;
};
int main() { return static_cast<int>(crosstie::flat_set<key>().size()); }
