#include "lab/selection.hpp"

#include <algorithm>
#include <cmath>

namespace crosstie::bench {
namespace {

std::vector<std::string> split(std::string_view text, char at) {
  std::vector<std::string> parts;
  while (true) {
    const std::size_t end = text.find(at);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

}  // namespace

std::expected<selection, std::string> selection::parse(std::string_view text,
                                                       const std::vector<std::string>& fields) {
  selection made;
  if (text.empty()) return made;
  std::string known;
  for (const std::string& field : fields) known += (known.empty() ? "" : ", ") + field;
  for (const std::string& term : split(text, ',')) {
    const std::size_t equals = term.find('=');
    const std::string field = term.substr(0, equals);
    if (equals == std::string::npos || std::ranges::find(fields, field) == fields.end()) {
      return std::unexpected("--select: '" + term +
                             "': expected field=value|value with one of: " + known);
    }
    for (std::string& value : split(std::string_view(term).substr(equals + 1), '|')) {
      made.wanted_[field].push_back(std::move(value));
    }
  }
  return made;
}

bool selection::admits(const std::string& field, std::string_view value) const {
  const auto at = wanted_.find(field);
  return at == wanted_.end() || std::ranges::find(at->second, value) != at->second.end();
}

std::vector<std::string> selection::values(const std::string& field,
                                           std::vector<std::string> otherwise) const {
  const auto at = wanted_.find(field);
  return at == wanted_.end() ? std::move(otherwise) : at->second;
}

std::size_t to_count(std::string_view text) {
  try {
    std::size_t used = 0;
    double value = std::stod(std::string(text), &used);
    const std::string_view unit = text.substr(used);
    if (unit == "k") value *= 1e3;
    if (unit == "M") value *= 1e6;
    if ((!unit.empty() && unit != "k" && unit != "M") || !(value >= 1 && value <= 1e9)) return 0;
    return static_cast<std::size_t>(std::llround(value));
  } catch (const std::exception&) {
    return 0;
  }
}

}  // namespace crosstie::bench
