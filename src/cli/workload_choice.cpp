#include "cli/workload_choice.hpp"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>
#include <vector>

#include "cli/suggestion.hpp"

namespace crosstie::cli {

std::expected<simulate::workload, cluster::error> choose_workload(std::string_view text) {
  auto chosen = simulate::parse_workload(text);
  if (chosen || chosen.error().field != "NAME") return chosen;
  std::vector<std::string_view> names;
  for (const auto& each : simulate::workload_cases()) names.push_back(each.name);
  const std::string_view name = text.substr(0, text.find('/'));
  cluster::error& what = chosen.error();
  const auto missing = simulate::missing_workloads();
  const auto left_out = std::ranges::find(missing, name, &simulate::missing_workload::name);
  if (left_out != missing.end()) {
    what.expected = fmt::format("{} is left out: {}", name, left_out->why);
  } else {
    what.expected += did_you_mean(name, names);
  }
  return chosen;
}

void print_workloads(std::ostream& to) {
  for (const auto& each : simulate::workload_cases()) {
    for (const auto& size : each.sizes) {
      fmt::print(to, "{}/{}", each.name, size.name);
      for (const auto& parameter : size.parameters) {
        fmt::print(to, " {}={}", parameter.name, parameter.value);
      }
      if (size.floor > 0) fmt::print(to, " floor={}/s", size.floor);
      fmt::print(to, "\n");
    }
  }
  fmt::print(to, "\nfloor: what upstream's tests demand of kube-scheduler. Left out:\n");
  for (const auto& each : simulate::missing_workloads()) {
    fmt::print(to, "{}: {}\n", each.name, each.why);
  }
}

}  // namespace crosstie::cli
