#include <crosstie/flat_map.hpp>
struct key {
  int node;
  double weight;
};
int main() { return static_cast<int>(crosstie::flat_map<key, int>().size()); }
