#include "schedule/configuration_document.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>

#include "schedule/duration.hpp"
#include "schedule/name_rules.hpp"
#include "schedule/plugin_arguments.hpp"

namespace crosstie::schedule {
namespace {

constexpr std::string_view api_version = "kubescheduler.config.k8s.io/v1";

// Members that are checked for their type and then of no more use.
void skip_texts(configuration_object& from, std::initializer_list<std::string_view> members) {
  for (const std::string_view each : members) from.text(each);
}

// ---- clientConnection, leaderElection
// ------------------------------------------------------------

void read_client_connection(configuration_object& from, problem_list& faults) {
  skip_texts(from, {"kubeconfig", "acceptContentTypes", "contentType"});
  from.number("qps");
  const std::int32_t burst = from.int32("burst").value_or(0);
  if (burst < 0) {
    faults.invalid(from.path_of("burst"), std::to_string(burst), "must be non-negative");
  }
}

std::int64_t read_duration(configuration_object& from, std::string_view name,
                           std::int64_t otherwise) {
  const std::int64_t read = from.duration_ns(name).value_or(0);
  return read == 0 ? otherwise : read;
}

void read_leader_election(configuration_object& from, problem_list& faults) {
  const bool elects = from.boolean("leaderElect").value_or(true);
  skip_texts(from, {"resourceName", "resourceNamespace"});
  const std::string lock = from.text("resourceLock").value_or("");
  const std::int64_t lease = read_duration(from, "leaseDuration", 15 * second_ns);
  const std::int64_t renew = read_duration(from, "renewDeadline", 10 * second_ns);
  const std::int64_t retry = read_duration(from, "retryPeriod", 2 * second_ns);
  if (!elects) return;
  const auto check_positive = [&](std::string_view name, std::int64_t value) {
    if (value > 0) return;
    faults.invalid(from.path_of(name), quote(format_duration(value)), "must be greater than zero");
  };
  check_positive("leaseDuration", lease);
  check_positive("renewDeadline", renew);
  check_positive("retryPeriod", retry);
  if (lease <= renew) {
    faults.invalid(from.path_of("leaseDuration"), quote(format_duration(renew)),
                   "must be greater than `RenewDeadline`");
  }
  if (!lock.empty() && lock != "leases") {
    faults.invalid(from.path_of("resourceLock"), quote(lock),
                   "resourceLock value must be \"leases\"");
  }
}

// ---- profiles
// ------------------------------------------------------------------------------------

plugin_set read_plugin_set(configuration_object& from) {
  plugin_set set;
  from.objects("enabled", [&](configuration_object& each) {
    std::string name = each.text("name").value_or("");
    set.enabled.push_back({std::move(name), each.int32("weight").value_or(0)});
  });
  from.objects("disabled", [&](configuration_object& each) {
    set.disabled.push_back(each.text("name").value_or(""));
    each.int32("weight");
  });
  return set;
}

void read_plugins(configuration_object& from, plugin_sets& plugins) {
  for (std::size_t i = 0; i < extension_point_count; ++i) {
    const auto point = static_cast<extension_point>(i);
    from.object(to_string(point),
                [&](configuration_object& set) { plugins[point] = read_plugin_set(set); });
  }
}

// Arguments may name their type; they must then be of the plugin's.
void check_type(configuration_object& arguments, std::string_view plugin) {
  const std::string kind = arguments.text("kind").value_or("");
  const std::string version = arguments.text("apiVersion").value_or("");
  if (!version.empty() && version != api_version) {
    arguments.problems().add(
        arguments.path(),
        fmt::format("no kind \"{}\" is registered for version \"{}\"",
                    kind.empty() ? fmt::format("{}Args", plugin) : kind, version));
  } else if (!kind.empty() && kind != fmt::format("{}Args", plugin)) {
    arguments.problems().add(
        arguments.path(),
        fmt::format("args for plugin {0} were not of type {0}Args, got {1}", plugin, kind));
  }
}

void read_arguments(configuration_object& from, written_profile& into, cluster::name_table& names) {
  const std::string plugin = from.text("name").value_or("");
  written_arguments& written =
      into.arguments.emplace_back(plugin, problem_list(from.problems().file()));
  const argument_kind* kind = find_argument_kind(plugin);
  if (!kind) {
    // Of a plugin that has none, or is not built in.
    if (const auto unread = from.value("args")) written.unread = to_json(*unread);
    return;
  }
  from.object("args", [&](configuration_object& arguments) {
    check_type(arguments, plugin);
    kind->read(arguments, into.read, names, written.faults);
  });
}

written_profile read_profile(configuration_object& from, cluster::name_table& names) {
  written_profile written;
  const auto name = from.text("schedulerName");
  written.named = name.has_value();
  written.read.scheduler_name = name.value_or("");
  written.read.percentage_of_nodes_to_score = from.int32("percentageOfNodesToScore");
  from.object("plugins", [&](configuration_object& each) { read_plugins(each, written.plugins); });
  from.objects("pluginConfig",
               [&](configuration_object& each) { read_arguments(each, written, names); });
  written.plugins = merge_with_defaults(written.plugins);
  return written;
}

// ---- extenders
// -----------------------------------------------------------------------------------

written_extender read_extender(configuration_object& from) {
  written_extender written;
  skip_texts(from, {"urlPrefix", "filterVerb", "preemptVerb"});
  written.prioritize_verb = from.text("prioritizeVerb").value_or("");
  written.weight = from.int64("weight").value_or(0);
  written.bind_verb = from.text("bindVerb").value_or("");
  for (const std::string_view each : {"enableHTTPS", "nodeCacheCapable", "ignorable"}) {
    from.boolean(each);
  }
  from.object("tlsConfig", [](configuration_object& tls) {
    tls.boolean("insecure");
    skip_texts(tls,
               {"serverName", "certFile", "keyFile", "caFile", "certData", "keyData", "caData"});
  });
  from.duration_ns("httpTimeout");
  from.objects("managedResources", [&](configuration_object& each) {
    written.managed_resources.push_back(each.text("name").value_or(""));
    each.boolean("ignoredByScheduler");
  });
  return written;
}

void check_resource_name(std::string_view name, const std::string& path, problem_list& faults) {
  const auto found = find_label_key_faults(name);
  for (const std::string& fault : found) faults.invalid(path, quote(name), fault);
  if (found.empty() && !is_extended_resource(name)) {
    faults.invalid(path, quote(name), "is an invalid extended resource name");
  }
}

void check_extenders(const std::vector<written_extender>& extenders, problem_list& faults) {
  std::vector<std::string> managed;
  std::size_t binders = 0;
  for (std::size_t i = 0; i < extenders.size(); ++i) {
    const written_extender& each = extenders[i];
    if (!each.prioritize_verb.empty() && each.weight <= 0) {
      faults.invalid(fmt::format("extenders[{}].weight", i), std::to_string(each.weight),
                     "must have a positive weight applied to it");
    }
    if (!each.bind_verb.empty()) ++binders;
    for (std::size_t j = 0; j < each.managed_resources.size(); ++j) {
      const std::string& name = each.managed_resources[j];
      const std::string path = fmt::format("extenders[{}].managedResources[{}].name", i, j);
      check_resource_name(name, path, faults);
      if (std::ranges::find(managed, name) != managed.end()) {
        faults.invalid(path, quote(name), "duplicate extender managed resource name");
      }
      managed.push_back(name);
    }
  }
  if (binders > 1) {
    faults.invalid("extenders", quote(fmt::format("found {} extenders implementing bind", binders)),
                   "only one extender can implement bind");
  }
}

// ---- checks on profiles
// --------------------------------------------------------------------------

void check_percentage(const std::optional<std::int32_t>& percentage, std::string path,
                      problem_list& faults) {
  if (!percentage || (*percentage >= 0 && *percentage <= 100)) return;
  faults.invalid(std::move(path), std::to_string(*percentage), "not in valid range [0-100]");
}

// Plugins of older versions, which volume limits of CSI have replaced.
bool is_removed(std::string_view plugin) {
  return plugin == "AzureDiskLimits" || plugin == "CinderLimits" || plugin == "EBSLimits" ||
         plugin == "GCEPDLimits";
}

void refuse_removed(std::string_view plugin, std::string path, problem_list& faults) {
  faults.invalid(std::move(path), quote(plugin),
                 fmt::format("was invalid in version \"v1\" (KubeSchedulerConfiguration is version "
                             "\"{}\")",
                             api_version));
}

void check_plugin_sets(const plugin_sets& plugins, const std::string& path, problem_list& faults) {
  for (std::size_t i = 0; i < extension_point_count; ++i) {
    const auto point = static_cast<extension_point>(i);
    if (point == extension_point::multi_point) continue;
    const auto& enabled = plugins[point].enabled;
    for (std::size_t j = 0; j < enabled.size(); ++j) {
      if (!is_removed(enabled[j].name)) continue;
      refuse_removed(enabled[j].name,
                     fmt::format("{}.plugins.{}.enabled[{}]", path, to_string(point), j), faults);
    }
  }
}

void check_arguments(const std::vector<written_arguments>& arguments, const std::string& path,
                     problem_list& faults) {
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& plugin = arguments[i].plugin;
    const std::string here = fmt::format("{}.pluginConfig[{}]", path, i);
    const auto first = std::ranges::find(arguments, plugin, &written_arguments::plugin);
    if (first != arguments.begin() + static_cast<std::ptrdiff_t>(i)) {
      faults.duplicate(here, quote(plugin));
    }
    if (is_removed(plugin)) {
      refuse_removed(plugin, here, faults);
    } else if (plugin != "NodeResourcesFit") {  // checked where the plugin is made, if it is
      faults.append(arguments[i].faults);
    }
  }
}

// A plugin set as upstream's messages have it.
std::string describe(const plugin_set& set) {
  const auto list = [](const auto& entries, auto&& describe_one) {
    if (entries.empty()) return std::string("null");
    std::vector<std::string> texts;
    for (const auto& each : entries) texts.push_back(describe_one(each));
    return fmt::format("[{}]", fmt::join(texts, ","));
  };
  const auto entry = [](std::string_view name, std::int32_t weight) {
    return fmt::format("{{\"Name\":{},\"Weight\":{}}}", quote(name), weight);
  };
  return fmt::format(
      "{{\"Enabled\":{},\"Disabled\":{}}}",
      list(set.enabled, [&](const enabled_plugin& each) { return entry(each.name, each.weight); }),
      list(set.disabled, [&](const std::string& each) { return entry(each, 0); }));
}

bool equal(const plugin_set& a, const plugin_set& b) { return describe(a) == describe(b); }

// The last that the profile says of the plugin; as upstream keeps what it cannot read.
std::string_view find_unread(const written_profile& in, std::string_view plugin) {
  std::string_view found = "null";
  for (const written_arguments& each : in.arguments) {
    if (each.plugin == plugin) found = each.unread;
  }
  return found;
}

void check_queue_sort(const std::vector<written_profile>& profiles, problem_list& faults) {
  const plugin_set& first = profiles.front().plugins[extension_point::queue_sort];
  if (first.enabled.size() > 1) {
    faults.invalid("profiles[0].plugins.queueSort.Enabled", std::to_string(first.enabled.size()),
                   "only one queue sort plugin can be enabled");
  }
  const std::string plugin = first.enabled.empty() ? "" : first.enabled.front().name;
  const std::string_view arguments =
      plugin.empty() ? "null" : find_unread(profiles.front(), plugin);
  for (std::size_t i = 1; i < profiles.size(); ++i) {
    const plugin_set& other = profiles[i].plugins[extension_point::queue_sort];
    if (!equal(first, other)) {
      faults.invalid(fmt::format("profiles[{}].plugins.queueSort", i), describe(other),
                     "must be the same for all profiles");
    }
    for (const written_arguments& each : profiles[i].arguments) {
      if (each.plugin != plugin || each.unread == arguments) continue;
      faults.invalid(fmt::format("profiles[{}].pluginConfig.args", i), each.unread,
                     "queueSort must be the same for all profiles");
    }
  }
}

void check_profiles(const std::vector<written_profile>& profiles, problem_list& faults) {
  for (std::size_t i = 0; i < profiles.size(); ++i) {
    const written_profile& each = profiles[i];
    const std::string path = fmt::format("profiles[{}]", i);
    if (each.read.scheduler_name.empty()) faults.required(path + ".schedulerName");
    check_percentage(each.read.percentage_of_nodes_to_score, path + ".percentageOfNodesToScore",
                     faults);
    check_plugin_sets(each.plugins, path, faults);
    check_arguments(each.arguments, path, faults);
    const auto same_name = [&](const written_profile& other) {
      return other.read.scheduler_name == each.read.scheduler_name;
    };
    if (std::find_if(profiles.begin(), profiles.end(), same_name) !=
        profiles.begin() + static_cast<std::ptrdiff_t>(i)) {
      // Upstream prints a path here, which has no JSON form.
      faults.duplicate(path + ".schedulerName", "{}");
    }
  }
  check_queue_sort(profiles, faults);
}

}  // namespace

written_configuration read_document(configuration_object& root, cluster::name_table& names) {
  written_configuration written{{}, {}, {}, problem_list(root.problems().file())};
  skip_texts(root, {"apiVersion", "kind"});
  written.read.parallelism = root.int32("parallelism").value_or(16);
  root.object("clientConnection", [&](configuration_object& each) {
    read_client_connection(each, written.connection_faults);
  });
  root.object("leaderElection", [&](configuration_object& each) {
    read_leader_election(each, written.connection_faults);
  });
  for (const std::string_view each :
       {"enableProfiling", "enableContentionProfiling", "delayCacheUntilActive"}) {
    root.boolean(each);
  }
  written.read.percentage_of_nodes_to_score = root.int32("percentageOfNodesToScore");
  written.read.pod_initial_backoff_seconds = root.int64("podInitialBackoffSeconds").value_or(1);
  written.read.pod_max_backoff_seconds = root.int64("podMaxBackoffSeconds").value_or(10);
  root.objects("profiles", [&](configuration_object& each) {
    written.profiles.push_back(read_profile(each, names));
  });
  if (written.profiles.empty())
    written.profiles.push_back({{}, merge_with_defaults({}), {}, false});
  // Only a profile that is alone is given a name.
  if (written.profiles.size() == 1 && !written.profiles.front().named) {
    written.profiles.front().read.scheduler_name = "default-scheduler";
  }
  root.objects("extenders", [&](configuration_object& each) {
    written.extenders.push_back(read_extender(each));
  });
  return written;
}

void check(const written_configuration& written, problem_list& faults) {
  const configuration& read = written.read;
  faults.append(written.connection_faults);
  if (read.parallelism <= 0) {
    faults.invalid("parallelism", std::to_string(read.parallelism),
                   "should be an integer value greater than zero");
  }
  check_profiles(written.profiles, faults);
  check_percentage(read.percentage_of_nodes_to_score, "percentageOfNodesToScore", faults);
  if (read.pod_initial_backoff_seconds <= 0) {
    faults.invalid("podInitialBackoffSeconds", std::to_string(read.pod_initial_backoff_seconds),
                   "must be greater than 0");
  }
  if (read.pod_max_backoff_seconds < read.pod_initial_backoff_seconds) {
    faults.invalid("podMaxBackoffSeconds", std::to_string(read.pod_max_backoff_seconds),
                   "must be greater than or equal to PodInitialBackoffSeconds");
  }
  check_extenders(written.extenders, faults);
}

}  // namespace crosstie::schedule
