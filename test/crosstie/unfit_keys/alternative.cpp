#include <crosstie/flat_map.hpp>
#include <string>
#include <variant>
struct key {
  int node;
  std::variant<std::string, double> value;
};
int main() { return static_cast<int>(crosstie::flat_map<key, int>().size()); }
