#include "schedule/status.hpp"

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

}  // namespace crosstie::schedule
