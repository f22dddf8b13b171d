// Built by the same rule as the unfit keys beside it, so that they fail for their keys alone.
#include <crosstie/flat_set.hpp>
#include <crosstie/interner.hpp>
#include <string>
#include <variant>
struct key {
  int node;
  crosstie::exact_float<double> weight;
  std::variant<std::string, int, std::monostate> value;
};
int main() {
  return static_cast<int>(crosstie::flat_set<key>().size() + crosstie::interner<key>().size());
}
