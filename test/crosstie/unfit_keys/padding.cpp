#include <crosstie/flat_set.hpp>
struct key {
  char zone;
  int node;
  bool operator==(const key&) const = default;
};
template <>
inline constexpr bool crosstie::hashed_as_bytes<key> = true;
int main() { return static_cast<int>(crosstie::flat_set<key>().size()); }
