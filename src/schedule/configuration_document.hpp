// A configuration file as written, and the checks on it that need no plugin.
//
// Promise: the whole file, defaults filled in, plugin sets merged; check() adds the faults that
// upstream's validation finds, in its order.
// Cost: O(text). Thread safety: none.
#pragma once

#include "schedule/configuration.hpp"
#include "schedule/configuration_field.hpp"
#include "schedule/plugin_sets.hpp"

namespace crosstie::schedule {

struct written_arguments {
  std::string plugin;
  problem_list faults;          // what validation has against the arguments
  std::string unread = "null";  // the text of arguments that nobody here knows
};

struct written_profile {
  profile read;  // its plugins still empty
  plugin_sets plugins;
  std::vector<written_arguments> arguments;
  bool named = false;  // does the file say schedulerName?
};

struct written_extender {
  std::string prioritize_verb, bind_verb;
  std::int64_t weight = 0;
  std::vector<std::string> managed_resources;
};

struct written_configuration {
  configuration read;  // its profiles still empty
  std::vector<written_profile> profiles;
  std::vector<written_extender> extenders;
  problem_list connection_faults;  // of clientConnection and leaderElection
};

// What cannot be read becomes a problem of `root`.
written_configuration read_document(configuration_object& root, cluster::name_table& names);

void check(const written_configuration& written, problem_list& faults);

}  // namespace crosstie::schedule
