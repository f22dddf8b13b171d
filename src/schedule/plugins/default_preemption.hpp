// DefaultPreemption as a plugin: it has nothing to say of a single node. What it does after the
// filters have rejected every node is schedule/preemption.hpp.
//
// Cost: none. Thread safety: none.
#pragma once

#include "schedule/plugin.hpp"

namespace crosstie::schedule::plugins {

inline constexpr plugin::points default_preemption_points{.post_filter = true};

inline std::unique_ptr<plugin> make_default_preemption(const cluster::view&, const profile&,
                                                       pod_id) {
  return std::make_unique<plugin>();
}

}  // namespace crosstie::schedule::plugins
