// What somebody who mistyped a word may have meant.
//
// Promise: the candidates whose edit distance to the word (insertions, deletions, replacements and
// swaps of neighbours) is at most a third of its length, and at least one edit; nearest first, then
// in byte order; also those that contain the word, after them.
// Cost: O(candidates x length^2). Thread safety: pure.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace crosstie::cli {

std::vector<std::string_view> nearest(std::string_view word,
                                      std::span<const std::string_view> candidates,
                                      std::size_t limit);

// "; did you mean a, b or c?", or nothing where there is no candidate near enough.
std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace crosstie::cli
