#include <array>
#include <crosstie/digest_map.hpp>
#include <string>
int main() {
  crosstie::digest_map<int> map;
  return map.try_emplace(std::array<std::string, 2>{"node", "pod"}, 1).second ? 0 : 1;
}
