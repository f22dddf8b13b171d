#include "cluster/error.hpp"

#include <fmt/format.h>

#include <iterator>

namespace crosstie::cluster {

std::string to_string(const error& e) {
  std::string text = e.file;
  auto out = std::back_inserter(text);
  if (e.line > 0) fmt::format_to(out, "{}{}", text.empty() ? "line " : ":", e.line);
  auto part = [&](std::string_view what) {
    if (what.empty()) return;
    if (!text.empty()) text += ": ";
    text += what;
  };
  if (e.item >= 0) part(fmt::format("item {}", e.item));
  part(e.object);
  part(e.field);
  part(e.expected);
  return text;
}

}  // namespace crosstie::cluster
