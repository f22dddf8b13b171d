// What before-after runs, and how its figures are told: the report's beside ours.
//
// Promise: sentences and rows follow from results alone. Thread safety: pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lab/experiments.hpp"

namespace crosstie::bench {

// One scheduler: the plain one with the layout it asks, by names or by ids, or, without a layout,
// Crosstie's engine.
struct scheduler_way {
  std::string_view name, layout, library;
  bool ids = false;
};
inline constexpr scheduler_way scheduler_ways[] = {
    {"nested map", "nested map", "std"},
    {"concatenated string", "concatenated string", "std"},
    {"struct key", "struct key", "std"},
    {"16-byte digest", "16-byte digest", "crosstie"},
    {"ours: interned assignment", "interned assignment", "crosstie"},
    {"nested map of ids", "nested map", "std", true},
    {"struct key of ids", "struct key", "std", true},
    {"ours: assignment of ids", "assignment", "crosstie", true},
    {"Crosstie's engine", "", ""}};

// The report's table: metric, before, after, change; its figures, and below them ours. Rows of
// texts, the first of which has the titles.
std::vector<std::vector<std::string>> compare_with_report(const results& found);

// The same as lines for a terminal, after what has to be known to read it.
std::vector<std::string> tell_before_after(const results& found, double pace);
std::vector<std::string> explain_before_after(const results& found, double pace);

}  // namespace crosstie::bench
