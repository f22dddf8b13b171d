// What a plugin says of a pod, alone or on one node: upstream's status codes with their reasons.
// Value types; an empty reason list with code success is the common case and allocates nothing.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace crosstie::schedule {

enum class status_code : std::uint8_t {
  success,
  unschedulable,                   // removing pods may help
  unschedulable_and_unresolvable,  // nothing on that node can help
  skip,                            // the plugin has no say about this pod
  error,                           // the cycle cannot go on: an internal error with a text
  pending                          // an external action is awaited
};

struct status {
  status_code code = status_code::success;
  std::vector<std::string> reasons;

  bool ok() const { return code == status_code::success; }
  bool rejects() const {
    return code == status_code::unschedulable ||
           code == status_code::unschedulable_and_unresolvable || code == status_code::pending;
  }
  bool operator==(const status&) const = default;
};

// The spelling of the golden answers and of upstream: "UnschedulableAndUnresolvable".
std::string_view to_string(status_code code);
// The reasons with ", " between them, as upstream's Status.Message.
std::string join_reasons(const status& status);
// FailedScheduling's text: "0/3 nodes are available: 1 Insufficient cpu, 2 Too many pods."
std::string describe_failure(std::size_t nodes, const std::map<std::string, std::size_t>& counts);

}  // namespace crosstie::schedule
