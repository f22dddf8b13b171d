// What Kubernetes has against a name, in its words.
//
// Promise: nothing for a name it takes, else the messages of apimachinery's validation.
// Cost: O(text). Thread safety: pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace crosstie::schedule {

std::vector<std::string> find_label_key_faults(std::string_view key);
std::vector<std::string> find_label_value_faults(std::string_view value);
// A resource that is neither native nor a quota: "example.com/gpu". The name must be a label key.
bool is_extended_resource(std::string_view name);

}  // namespace crosstie::schedule
