#include "simulate/openb.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "simulate/csv.hpp"
#include "simulate/object_parts.hpp"

namespace crosstie::simulate {
namespace {

using cluster::error;
using cluster::store;

constexpr std::int64_t most_milli_cpu = 1'000'000'000;
constexpr std::int64_t most_memory_mib = std::int64_t{1} << 40;
constexpr std::int64_t most_gpus = 1'000'000;
constexpr std::int64_t most_seconds = 6'000'000'000;  // int64 nanoseconds end in 2262
// The limit of the simulator that the trace was published with.
constexpr std::int64_t pods_on_a_node = 1001;
constexpr std::string_view trace_namespace = "default";

std::expected<cluster::name_id, error> read_name(const csv_reader& csv, std::string_view column,
                                                 store& into) {
  const std::string_view name = csv.text(column);
  if (name.empty()) return std::unexpected(csv.wrong(column, "expected a name, found nothing"));
  return into.names().intern(name);
}

std::expected<cluster::node, error> read_node(const csv_reader& csv, store& into) {
  const auto name = read_name(csv, "sn", into);
  const auto cpu = csv.number("cpu_milli", 0, most_milli_cpu);
  const auto memory = csv.number("memory_mib", 0, most_memory_mib);
  const auto gpus = csv.number("gpu", 0, most_gpus);
  if (!name) return std::unexpected(name.error());
  for (const auto* number : {&cpu, &memory, &gpus}) {
    if (!*number) return std::unexpected(number->error());
  }
  if (into.find_node(*name)) {
    return std::unexpected(csv.wrong(
        "sn", fmt::format("expected each node once, found \"{}\" again", csv.text("sn"))));
  }
  cluster::node node{};
  node.name = *name;
  std::vector<text_pair> labels{{"kubernetes.io/hostname", csv.text("sn")}};
  if (!csv.text("model").empty()) labels.push_back({gpu_model_label, csv.text("model")});
  node.labels = make_labels(into, labels);
  std::vector<text_amount> amounts{
      {"cpu", milli(*cpu)}, {"memory", units(*memory * mebibyte)}, {"pods", units(pods_on_a_node)}};
  if (*gpus > 0) amounts.push_back({gpu_milli_resource, units(*gpus * 1000)});
  node.allocatable = make_resources(into, amounts);
  return node;
}

// "G2|T4": nodes of one of these models. Empty parts say nothing.
std::optional<cluster::node_affinity> model_affinity(std::string_view spec, store& into) {
  cluster::requirement wanted{
      into.names().intern(gpu_model_label), cluster::selector_operator::in, {}};
  while (!spec.empty()) {
    const std::string_view model = spec.substr(0, spec.find('|'));
    spec.remove_prefix(std::min(spec.size(), model.size() + 1));
    if (!model.empty()) wanted.values.push_back(into.names().intern(model));
  }
  if (wanted.values.empty()) return std::nullopt;
  cluster::node_affinity affinity;
  affinity.required = {{{{std::move(wanted)}, {}}}};
  return affinity;
}

std::expected<cluster::spec_id, error> read_spec(const csv_reader& csv, store& into) {
  const auto cpu = csv.number("cpu_milli", 0, most_milli_cpu);
  const auto memory = csv.number("memory_mib", 0, most_memory_mib);
  const auto gpus = csv.number("num_gpu", 0, most_gpus);
  const auto gpu_milli = csv.number("gpu_milli", 0, 1000);
  for (const auto* number : {&cpu, &memory, &gpus, &gpu_milli}) {
    if (!*number) return std::unexpected(number->error());
  }
  cluster::pod_spec spec{};
  spec.scheduler_name = into.names().intern("default-scheduler");
  std::vector<text_amount> amounts{{"cpu", milli(*cpu)}, {"memory", units(*memory * mebibyte)}};
  if (*gpus > 0) {
    amounts.push_back({gpu_milli_resource, units(*gpus * *gpu_milli)});
    spec.affinity = model_affinity(csv.text("gpu_spec"), into);
  }
  cluster::container task{};
  task.name = into.names().intern("task");
  task.image = into.names().intern("registry.example.com/openb/task:v1");
  task.requests = make_resources(into, amounts);
  spec.containers.push_back(std::move(task));
  return into.intern(spec);
}

struct lifetime {
  cluster::timestamp created = trace_epoch;
  std::optional<cluster::timestamp> deleted;
};

// Traces made for packing alone have no times: all arrive at 0 and none leaves.
std::expected<lifetime, error> read_lifetime(const csv_reader& csv) {
  lifetime life;
  if (csv.text("creation_time").empty()) return life;
  const auto created = csv.number("creation_time", 0, most_seconds);
  if (!created) return std::unexpected(created.error());
  life.created += *created * one_second;
  if (csv.text("deletion_time").empty()) return life;
  const auto deleted = csv.number("deletion_time", *created, most_seconds);
  if (!deleted) return std::unexpected(deleted.error());
  // Whoever comes and goes in one second has come before it goes.
  life.deleted = std::max(trace_epoch + *deleted * one_second, life.created + 1);
  return life;
}

std::expected<void, error> read_nodes(const std::string& path, store& into) {
  auto csv = csv_reader::open(path, {"sn", "cpu_milli", "memory_mib", "gpu", "model"});
  if (!csv) return std::unexpected(csv.error());
  for (;;) {
    const auto more = csv->next();
    if (!more) return std::unexpected(more.error());
    if (!*more) return {};
    auto node = read_node(*csv, into);
    if (!node) return std::unexpected(node.error());
    into.put(std::move(*node));
  }
}

}  // namespace

std::expected<std::vector<departure>, error> read_openb(const trace_input& from, store& into) {
  if (auto nodes = read_nodes(from.nodes_path, into); !nodes) {
    return std::unexpected(nodes.error());
  }
  auto csv =
      csv_reader::open(from.pods_path, {"name", "cpu_milli", "memory_mib", "num_gpu", "gpu_milli"});
  if (!csv) return std::unexpected(csv.error());
  const cluster::name_id ns = into.names().intern(trace_namespace);
  into.namespaces.put({ns, make_labels(into, {{"kubernetes.io/metadata.name", trace_namespace}})});
  std::vector<departure> departures;
  for (;;) {
    const auto more = csv->next();
    if (!more) return std::unexpected(more.error());
    if (!*more) break;
    const auto name = read_name(*csv, "name", into);
    if (!name) return std::unexpected(name.error());
    const auto spec = read_spec(*csv, into);
    if (!spec) return std::unexpected(spec.error());
    const auto life = read_lifetime(*csv);
    if (!life) return std::unexpected(life.error());
    if (into.find_pod({ns, *name})) {
      return std::unexpected(csv->wrong(
          "name", fmt::format("expected each pod once, found \"{}\" again", csv->text("name"))));
    }
    cluster::pod pod{};
    pod.ns = ns;
    pod.name = *name;
    pod.uid = *name;
    pod.spec = *spec;
    pod.created = life->created;
    into.put(pod);
    if (life->deleted) departures.push_back({{ns, *name}, *life->deleted});
  }
  std::ranges::sort(departures, {}, [](const departure& one) {
    return std::pair(one.at, one.pod.name);  // ids grow with the lines of the trace
  });
  return departures;
}

}  // namespace crosstie::simulate
