#include "schedule/status.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace crosstie::schedule {

std::string_view to_string(status_code code) {
  switch (code) {
    case status_code::success:
      return "Success";
    case status_code::unschedulable:
      return "Unschedulable";
    case status_code::unschedulable_and_unresolvable:
      return "UnschedulableAndUnresolvable";
    case status_code::skip:
      return "Skip";
    case status_code::error:
      return "Error";
    case status_code::pending:
      return "Pending";
  }
  return "";
}

std::string join_reasons(const status& status) {
  std::string text;
  for (const std::string& reason : status.reasons) {
    if (!text.empty()) text += ", ";
    text += reason;
  }
  return text;
}

std::string describe_failure(std::size_t nodes, const std::map<std::string, std::size_t>& counts) {
  std::vector<std::string> texts;
  for (const auto& [reason, count] : counts) texts.push_back(fmt::format("{} {}", count, reason));
  std::ranges::sort(texts);
  std::string message = fmt::format("0/{} nodes are available:", nodes);
  if (!texts.empty()) message += fmt::format(" {}.", fmt::join(texts, ", "));
  return message;
}

}  // namespace crosstie::schedule
