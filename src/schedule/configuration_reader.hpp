// KubeSchedulerConfiguration from a file's text.
//
// Promise: kubescheduler.config.k8s.io/v1 in JSON or YAML, read as strictly as kube-scheduler 1.36
// does, with its defaults, merge rules and validation; every problem of the file is an error of its
// own, in upstream's words where upstream has some. Extenders are checked, then refused.
// Where a file is refused, `names` has gained at most names.
// Cost: O(text). Thread safety: none.
#pragma once

#include <expected>
#include <string_view>
#include <vector>

#include "cluster/error.hpp"
#include "schedule/configuration.hpp"

namespace crosstie::schedule {

// `file` is what errors call it. Names inside the configuration are interned in `names`: use those
// of the store that it is to be used with.
std::expected<configuration, std::vector<cluster::error>> read_configuration(
    std::string_view text, std::string_view file, cluster::name_table& names);

}  // namespace crosstie::schedule
