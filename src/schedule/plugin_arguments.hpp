// The arguments of the plugins that have some: defaults, reading and validation.
//
// Promise: each `args` of kubescheduler.config.k8s.io/v1 with upstream's defaults and checks. What
// cannot be read goes to the object's problems, what must not be said to `faults`.
// Cost: O(text). Thread safety: none.
#pragma once

#include "schedule/configuration.hpp"
#include "schedule/configuration_field.hpp"

namespace crosstie::schedule {

struct argument_kind {
  std::string_view plugin;
  void (*read)(configuration_object& args, profile& into, cluster::name_table& names,
               problem_list& faults);
};

// Null for a plugin without arguments, also one that is not built in.
const argument_kind* find_argument_kind(std::string_view plugin);

}  // namespace crosstie::schedule
