#include "schedule/configuration_reader.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cluster/input.hpp"
#include "schedule/configuration_document.hpp"

namespace crosstie::schedule {
namespace {

// As upstream, the kind is judged before anything else.
void check_kind(configuration_object& root) {
  const std::string version = root.text("apiVersion").value_or("");
  const std::string kind = root.text("kind").value_or("");
  problem_list& problems = root.problems();
  if (!problems.empty()) return;
  if (kind.empty()) {
    problems.add("kind", "missing, expected KubeSchedulerConfiguration");
  } else if (version.empty()) {
    problems.add("apiVersion", "missing, expected kubescheduler.config.k8s.io/v1");
  } else if (kind != "KubeSchedulerConfiguration" || version != "kubescheduler.config.k8s.io/v1") {
    problems.add({}, fmt::format("no kind \"{}\" is registered for version \"{}\": expected "
                                 "KubeSchedulerConfiguration of kubescheduler.config.k8s.io/v1",
                                 kind, version));
  }
}

bool needs(const plugin_sets& plugins, std::string_view name) {
  for (std::size_t i = 0; i < extension_point_count; ++i) {
    const auto& enabled = plugins[static_cast<extension_point>(i)].enabled;
    if (std::ranges::find(enabled, name, &enabled_plugin::name) != enabled.end()) return true;
  }
  return false;
}

// Makes the profile as upstream makes its framework, and fails where that does.
profile make_profile(written_profile written, std::size_t index, problem_list& faults) {
  for (written_arguments& each : written.arguments) {
    if (each.plugin == "NodeResourcesFit" && needs(written.plugins, each.plugin)) {
      faults.append(std::move(each.faults));
    }
  }
  if (const auto enabled = enable_plugins(written.plugins, written.read); !enabled) {
    faults.add(fmt::format("profiles[{}].plugins", index), enabled.error());
  }
  return std::move(written.read);
}

// The text as JSON; as upstream, what does not begin with a brace is YAML.
std::expected<simdjson::padded_string, cluster::error> read_json(std::string_view text,
                                                                 std::string_view file) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first != std::string_view::npos && text[first] == '{') return simdjson::padded_string(text);
  cluster::memory_bytes bytes(text);
  std::optional<std::string> json;
  const auto keep = [&](const cluster::document& found) -> std::expected<void, cluster::error> {
    if (json) {
      return std::unexpected(cluster::error{.file = std::string(file),
                                            .line = found.from.line,
                                            .object = {},
                                            .field = {},
                                            .expected = "expected one document, found another"});
    }
    json = found.json;
    return {};
  };
  if (auto split = cluster::split_yaml(bytes, file, {}, keep); !split) {
    return std::unexpected(std::move(split.error()));
  }
  return simdjson::padded_string(json.value_or("{}"));
}

}  // namespace

std::expected<configuration, std::vector<cluster::error>> read_configuration(
    std::string_view text, std::string_view file, cluster::name_table& names) {
  problem_list problems(file);
  const auto padded = read_json(text, file);
  if (!padded) return std::unexpected(std::vector{padded.error()});
  simdjson::dom::parser parser;
  simdjson::dom::element document;
  if (const auto fault = parser.parse(*padded).get(document)) {
    problems.add({}, fmt::format("expected JSON: {}", simdjson::error_message(fault)));
    return std::unexpected(std::move(problems).take());
  }
  configuration_object root(document, {}, problems);
  check_kind(root);
  if (!problems.empty()) return std::unexpected(std::move(problems).take());

  written_configuration written = read_document(root, names);
  root.close();
  if (problems.empty()) check(written, problems);
  if (!problems.empty()) return std::unexpected(std::move(problems).take());

  for (std::size_t i = 0; i < written.profiles.size(); ++i) {
    written.read.profiles.push_back(make_profile(std::move(written.profiles[i]), i, problems));
  }
  if (problems.empty() && !written.extenders.empty()) {
    problems.add("extenders", "scheduler extenders are not supported yet");
  }
  if (!problems.empty()) return std::unexpected(std::move(problems).take());
  return std::move(written.read);
}

}  // namespace crosstie::schedule
