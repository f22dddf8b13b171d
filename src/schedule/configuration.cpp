#include "schedule/configuration.hpp"

#include <cassert>

#include "schedule/plugin_sets.hpp"

namespace crosstie::schedule {

configuration default_configuration() {
  configuration made;
  profile& usual = made.profiles.emplace_back();
  [[maybe_unused]] const auto enabled = enable_plugins(merge_with_defaults({}), usual);
  assert(enabled);
  return made;
}

}  // namespace crosstie::schedule
