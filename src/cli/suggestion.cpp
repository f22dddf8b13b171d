#include "cli/suggestion.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace crosstie::cli {
namespace {

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({change, last[j] + 1, row[j - 1] + 1});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

}  // namespace

std::vector<std::string_view> nearest(std::string_view word,
                                      std::span<const std::string_view> candidates,
                                      std::size_t limit) {
  const std::size_t reach = std::max<std::size_t>(1, word.size() / 3);
  std::vector<std::pair<std::size_t, std::string_view>> near;  // with the distance
  for (const std::string_view candidate : candidates) {
    const std::size_t apart = candidate.size() > word.size() ? candidate.size() - word.size()
                                                             : word.size() - candidate.size();
    const std::size_t distance = apart > reach ? reach + 1 : edit_distance(word, candidate);
    if (distance <= reach) {
      near.emplace_back(distance, candidate);
    } else if (word.size() >= 3 && candidate.find(word) != std::string_view::npos) {
      near.emplace_back(reach + apart, candidate);
    }
  }
  const std::size_t kept = std::min(limit, near.size());
  std::ranges::partial_sort(near, near.begin() + static_cast<std::ptrdiff_t>(kept));
  std::vector<std::string_view> out;
  for (std::size_t i = 0; i < kept; ++i) out.push_back(near[i].second);
  return out;
}

std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates) {
  const auto near = nearest(word, candidates, 3);
  if (near.empty()) return {};
  std::string out = "; did you mean ";
  for (std::size_t i = 0; i < near.size(); ++i) {
    if (i > 0) out += i + 1 == near.size() ? " or " : ", ";
    out += near[i];
  }
  return out + "?";
}

}  // namespace crosstie::cli
