// A simulation from its input to its outcome: load, run the scheduling cycle in a simulated world,
// sum up. What the time model is, what the fields mean and how figures are computed:
// docs/simulate.md.
//
// Promise: an outcome, or an error that names the place in the input; never half of one. Without a
// pace and a stop, equal options give equal outcomes, `timing` aside.
// Cost: the cycle's, plus O(nodes x typical pods) once for the summary.
// Thread safety: runs on the calling thread alone; only `options::stop` may be set from outside.
#pragma once

#include <expected>

#include "simulate/options.hpp"
#include "simulate/outcome.hpp"

namespace crosstie::simulate {

std::expected<outcome, cluster::error> simulate(const options& what);

}  // namespace crosstie::simulate
