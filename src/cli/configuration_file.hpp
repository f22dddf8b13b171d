// --config FILE: a KubeSchedulerConfiguration for a run, checked before anything is run with it.
// Thread safety: none.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "cluster/names.hpp"
#include "schedule/configuration.hpp"

namespace crosstie::cli {

struct configuration_file {
  std::string path;  // empty: the default configuration
  std::string text;

  // The error says why the file cannot be read.
  static std::expected<configuration_file, std::string> read(const std::string& path);
};

// The names in the configuration are those of `names`. Each error is one line.
std::expected<schedule::configuration, std::vector<std::string>> parse(
    const configuration_file& file, cluster::name_table& names);

}  // namespace crosstie::cli
