// A map with a key of two parts: how often each pod restarted on each node. The key is a plain
// aggregate, and a lookup by views builds neither a key nor a string.
#include <cstdio>
#include <string>
#include <string_view>
#include <tuple>

#include <crosstie/crosstie.hpp>

struct place {
  std::string node;
  std::string pod;
  bool operator==(const place&) const = default;
};

int main() {
  crosstie::flat_map<place, int> restarts;
  restarts.try_emplace(place{"node-1", "web-0"}, 3);
  restarts.try_emplace(place{"node-2", "web-0"}, 5);

  const std::string_view node = "node-2";
  const std::string_view pod = "web-0";
  const auto found = restarts.find(std::tuple{node, pod});
  if (found == restarts.end()) return 1;
  std::printf("web-0 restarted %d times on node-2\n", found->second);
  return 0;
}
