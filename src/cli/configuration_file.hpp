// --config FILE: a KubeSchedulerConfiguration for a run, checked before anything is run with it.
// Thread safety: none.
#pragma once

#include <optional>
#include <string>

#include "cluster/names.hpp"
#include "schedule/configuration.hpp"

namespace crosstie::cli {

struct configuration_file {
  std::string path;  // empty: the default configuration
  std::string text;
};

// Prints every mistake in the file; absent where there is one.
std::optional<configuration_file> read_configuration_file(const std::string& path);

// A file that was read above, once the names of the cluster are known.
schedule::configuration parse(const configuration_file& file, cluster::name_table& names);

}  // namespace crosstie::cli
