#include "simulate/workload.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <functional>
#include <optional>
#include <ostream>
#include <set>
#include <utility>

#include "schedule/cycle.hpp"
#include "simulate/event_writer.hpp"
#include "simulate/object_parts.hpp"
#include "simulate/object_writer.hpp"
#include "simulate/workload_store.hpp"
#include "simulate/worlds.hpp"

namespace crosstie::simulate {
namespace {

using cluster::error;

std::unexpected<error> wrong(std::string field, std::string expected) {
  error what;
  what.field = std::move(field);
  what.expected = std::move(expected);
  return std::unexpected(std::move(what));
}

// Upstream's twins under feature gates, which change nothing here.
std::string_view without_gates(std::string_view size) {
  for (const std::string_view suffix :
       {"_QueueingHintsEnabled", "_AsyncAPICallsEnabled", "_AsyncPreemptionEnabled",
        "_NodeDeclaredFeaturesDisabled"}) {
    if (size.ends_with(suffix)) return size.substr(0, size.size() - suffix.size());
  }
  return size;
}

// "7Nodes", "1Node_9Pods", "9Pods", "7Nodes_70Bound_9Pods".
struct asked_size {
  std::int64_t nodes = 0, bound = 0, pods = 0;  // 0: not given
};

// A number with one of the words behind it.
bool take(std::string_view& text, std::string_view word, std::int64_t& number) {
  std::int64_t read = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), read);
  const std::size_t digits = static_cast<std::size_t>(end - text.data());
  if (problem != std::errc{} || read < 1 || read > 10'000'000) return false;
  std::string_view rest = text.substr(digits);
  if (!rest.starts_with(word)) return false;
  rest.remove_prefix(word.size());
  if (word != "Bound" && rest.starts_with('s')) rest.remove_prefix(1);
  if (rest.starts_with('_')) {
    rest.remove_prefix(1);
    if (rest.empty()) return false;
  } else if (!rest.empty()) {
    return false;
  }
  number = read;
  text = rest;
  return true;
}

std::optional<asked_size> parse_size(std::string_view text) {
  asked_size asked;
  const std::size_t all = text.size();
  take(text, "Node", asked.nodes);
  take(text, "Bound", asked.bound);
  take(text, "Pod", asked.pods);
  if (!text.empty() || all == 0) return std::nullopt;
  return asked;
}

// The first size of the case in proportion to the nodes, or to the pods where the case has a fixed
// number of nodes; pods that are asked for by number are so many.
workload_size scaled(const workload_case& what, const asked_size& asked, std::string_view name) {
  workload_size size = what.sizes.front();
  std::int64_t nodes = 0;
  for (const std::string_view each : what.nodes) nodes += size.get(each);
  const bool by_nodes = nodes > 0 && asked.nodes > 0;
  const bool by_pods = nodes == 0 && asked.pods > 0;
  const std::int64_t from = by_nodes ? nodes : by_pods ? size.get(what.pods) : 1;
  const std::int64_t to = by_nodes ? asked.nodes : by_pods ? asked.pods : 1;
  for (workload_parameter& each : size.parameters) {
    if (each.scales) each.value = (each.value * to + from - 1) / from;
    if (asked.pods > 0 && each.name == what.pods) each.value = asked.pods;
    if (asked.bound > 0 && each.name == what.bound) each.value = asked.bound;
  }
  size.name = name;
  return size;
}

void schedule_all(cluster::store& objects) {
  cluster::state state(objects);
  state.load();
  event_feed feed({}, {});
  virtual_world world(feed, objects, one_second, 0, nullptr);
  schedule::cycle_options options;
  options.preemption = false;
  options.retry_unschedulable_ns = 0;
  schedule::cycle cycle(world, objects, state, schedule::default_configuration(), options);
  cycle.run([](const schedule::decision&) {});
}

}  // namespace

std::string workload::name() const { return fmt::format("{}/{}", what->name, size.name); }

std::expected<workload, error> parse_workload(std::string_view text) {
  const std::size_t slash = std::min(text.find('/'), text.size());
  const std::string_view name = text.substr(0, slash);
  const auto cases = workload_cases();
  const auto found = std::ranges::find(cases, name, &workload_case::name);
  if (found == cases.end()) {
    return wrong("NAME", fmt::format("expected a workload, found \"{}\"", name));
  }
  if (slash == text.size()) return workload{&*found, found->sizes.front()};
  const std::string_view size = without_gates(text.substr(slash + 1));
  const auto listed = std::ranges::find(found->sizes, size, &workload_size::name);
  if (listed != found->sizes.end()) return workload{&*found, *listed};
  const auto asked = parse_size(size);
  if (!asked || (asked->bound > 0 && found->bound.empty())) {
    return wrong("SIZE", fmt::format("expected a size such as {} or 50Nodes_100Pods, found \"{}\"",
                                     found->sizes.front().name, size));
  }
  return workload{&*found, scaled(*found, *asked, size)};
}

workload_script compose(const workload& what, std::uint64_t seed) {
  workload_composer composer(seed);
  what.what->compose(composer, what.size);
  return std::move(composer).finish();
}

std::vector<std::string> place_early(const workload_script& script) {
  std::vector<std::string> places(script.early.size());
  bool all = true;
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (script.early[i].node == early_pod::unplaced) {
      all = false;
    } else {
      places[i] = script.name_of({script.node_part, script.early[i].node});
    }
  }
  if (all) return places;
  cluster::store objects;
  script_reader(script, objects).load(places);
  schedule_all(objects);
  for (std::size_t i = 0; i < places.size(); ++i) {
    const workload_object object = script.early[i].object;
    const auto ns = objects.names().find(script.parts[object.part].ns);
    const auto name = objects.names().find(script.name_of(object));
    const auto pod = objects.find_pod({*ns, *name});
    places[i] = objects.text(objects[*pod].node);
  }
  return places;
}

namespace {

// What a dump with arrivals holds of the events: what is added and not removed again.
class lasting {
 public:
  explicit lasting(const workload_script& script) {
    for (const workload_event& each : script.events) {
      if (each.what == change::remove) removed_.insert(key(each.object));
    }
  }
  bool operator()(const workload_event& each) const {
    return each.what == change::add && !removed_.contains(key(each.object));
  }

 private:
  static std::pair<std::uint32_t, std::uint32_t> key(workload_object object) {
    return {object.part, object.number};
  }
  std::set<std::pair<std::uint32_t, std::uint32_t>> removed_;
};

}  // namespace

void write_workload_dump(const workload_script& script, bool arrivals, std::ostream& out) {
  list_writer list(out);
  for_each_dumped(script, place_early(script), [&](std::string_view text) { list.add(text); });
  if (arrivals) {
    const lasting stays(script);
    std::string text;
    for (const workload_event& each : script.events) {
      if (!stays(each)) continue;
      text.clear();
      script.append_text(each.object, {}, text);
      list.add(text);
    }
  }
  list.finish();
}

std::size_t count_beyond_dump(const workload_script& script) {
  return static_cast<std::size_t>(
      std::ranges::count_if(script.events, std::not_fn(lasting(script))));
}

void write_workload_events(const workload_script& script, std::ostream& out) {
  event_writer events(out);
  std::string text;
  for (const workload_event& each : script.events) {
    text.clear();
    script.append_text(each.object, {}, text);
    events.write(seconds_text(each.at), each.what, text);
  }
}

}  // namespace crosstie::simulate
