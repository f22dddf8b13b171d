#include "simulate/loading.hpp"

#include <algorithm>

#include "cluster/dump.hpp"
#include "simulate/arrival.hpp"
#include "simulate/generator.hpp"

namespace crosstie::simulate {
namespace {

using cluster::error;
using cluster::store;

cluster::timestamp newest_creation(const store& objects) {
  cluster::timestamp newest = 0;
  for (std::uint32_t slot = 0; slot < objects.pod_slots(); ++slot) {
    const cluster::pod_id id{slot};
    if (objects.alive(id)) newest = std::max(newest, objects[id].created);
  }
  return newest;
}

std::expected<loaded_input, error> load_from(const dump_input& dump, bool strict) {
  loaded_input loaded;
  loaded.objects = std::make_unique<store>();
  const auto read =
      cluster::read_dump(dump.paths, *loaded.objects, {.strict = strict, .input = {}});
  if (!read) return std::unexpected(read.error());
  for (const cluster::warning& one : read->warnings) {
    loaded.warnings.push_back(cluster::to_string(one));
  }
  if (std::string others = cluster::describe_other_kinds(*read); !others.empty()) {
    loaded.warnings.push_back(std::move(others));
  }
  loaded.other_kinds = read->other;
  loaded.zero = newest_creation(*loaded.objects);
  return loaded;
}

std::expected<loaded_input, error> load_from(const trace_input& trace, bool) {
  loaded_input loaded;
  loaded.objects = std::make_unique<store>();
  auto departures = read_openb(trace, *loaded.objects);
  if (!departures) return std::unexpected(std::move(departures.error()));
  loaded.departures = std::move(*departures);
  loaded.zero = trace_epoch;
  return loaded;
}

std::expected<loaded_input, error> load_from(const generate_spec& spec, bool) {
  loaded_input loaded;
  loaded.objects = std::make_unique<store>();
  generate(spec, *loaded.objects);
  loaded.zero = newest_creation(*loaded.objects);
  return loaded;
}

error misplaced_recorded() {
  error what;
  what.field = "arrivals";
  what.expected = "expected a trace where pods arrive as recorded; this input has no such times";
  return what;
}

}  // namespace

std::expected<loaded_input, error> load(const options& what) {
  if (what.arrive.when == arrivals::mode::recorded &&
      !std::holds_alternative<trace_input>(what.from)) {
    return std::unexpected(misplaced_recorded());
  }
  auto loaded =
      std::visit([&](const auto& from) { return load_from(from, what.strict); }, what.from);
  if (loaded && what.arrive.when != arrivals::mode::recorded) loaded->departures.clear();
  return loaded;
}

std::vector<arrival> withhold_arrivals(loaded_input& from, const arrivals& when) {
  std::vector<arrival> later;
  if (when.when == arrivals::mode::flat_out) return later;
  for (const cluster::pod_id id : waiting_pods(*from.objects)) {
    const cluster::pod& pod = (*from.objects)[id];
    const auto position = static_cast<std::int64_t>(later.size());
    const cluster::timestamp at = when.when == arrivals::mode::recorded
                                      ? pod.created
                                      : from.zero + arrival_offset(position, when.per_second);
    later.push_back({at, pod});
  }
  for (const arrival& one : later) from.objects->remove_pod(cluster::key_of(one.pod));
  return later;
}

}  // namespace crosstie::simulate
