// Scores brought to 0..100 in the way most plugins do it.
//
// Promise: upstream's DefaultNormalizeScore: the greatest score becomes 100 and the others follow
// in proportion, or, reversed, 0 becomes 100. All zero: all stay 0, or become 100.
// Cost: two passes. Thread safety: pure function.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "schedule/plugin.hpp"

namespace crosstie::schedule::plugins {

inline void normalize_by_maximum(std::span<std::int64_t> scores, bool reversed) {
  std::int64_t greatest = 0;
  for (const std::int64_t score : scores) greatest = std::max(greatest, score);
  for (std::int64_t& score : scores) {
    if (greatest != 0) score = max_node_score * score / greatest;
    if (reversed) score = max_node_score - score;
  }
}

}  // namespace crosstie::schedule::plugins
