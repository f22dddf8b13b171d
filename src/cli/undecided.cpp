#include "cli/undecided.hpp"

#include <fmt/format.h>

namespace crosstie::cli {

std::optional<std::string> describe_undecided(const cluster::store& objects) {
  std::size_t count = 0;
  std::string first;
  for (std::uint32_t slot = 0; slot < objects.pod_slots(); ++slot) {
    const cluster::pod_id id{slot};
    if (!objects.alive(id) || objects[id].finished()) continue;
    if (objects[id].node != cluster::no_name || objects.spec(id).resource_claims.empty()) continue;
    if (count++ == 0) first = objects.full_name(id);
  }
  if (count == 0) return std::nullopt;
  return fmt::format(
      "{} pods on no node claim devices (spec.resourceClaims), which this version does not "
      "allocate: they are not placed (the first is {})",
      count, first);
}

}  // namespace crosstie::cli
