// Choosing a workload by name, with a suggestion where the name is not known, and the list of them.
//
// Thread safety: none needed.
#pragma once

#include <expected>
#include <ostream>
#include <string_view>

#include "cluster/error.hpp"
#include "simulate/workload.hpp"

namespace crosstie::cli {

std::expected<simulate::workload, cluster::error> choose_workload(std::string_view text);

// A line for each size: name, parameters, what upstream demands; then those that are left out.
void print_workloads(std::ostream& to);

}  // namespace crosstie::cli
