#include "simulate/generator.hpp"

#include "simulate/arrival.hpp"
#include "simulate/event_writer.hpp"
#include "simulate/generator_parts.hpp"
#include "simulate/object_writer.hpp"

namespace crosstie::simulate {

using cluster::store;

std::string zone_name(std::int64_t zone) {
  std::string letters;
  for (std::int64_t left = zone; left >= 0; left = left / 26 - 1) {
    letters.insert(letters.begin(), static_cast<char>('a' + left % 26));
  }
  return "region-" + letters;
}

void generate_namespaces(store& into) {
  const auto add = [&](std::string_view name, std::string_view team) {
    into.namespaces.put(
        {into.names().intern(name),
         make_labels(into, {{"kubernetes.io/metadata.name", name}, {"example.com/team", team}})});
  };
  add("default", "none");
  add(system_namespace, "platform");
  for (std::string_view team : team_namespaces) add(team, team);
}

void generate_priority_classes(store& into) {
  for (const class_choice& choice : generated_classes) {
    into.priority_classes.put({into.names().intern(choice.name), choice.value,
                               choice.global_default, choice.preempts_lower_priority});
  }
  into.priority_classes.put({into.names().intern("system-node-critical"), 2000001000, false, true});
}

void generate(const generate_spec& spec, store& into) {
  generate_namespaces(into);
  generate_priority_classes(into);
  generate_nodes(spec, into);
  generate_pods(spec, into);
}

void write_generated_dump(const generate_spec& spec, bool pending, std::ostream& out) {
  store objects;
  generate(spec, objects);
  write_list(objects, pending, out);
}

void write_generated_arrivals(const generate_spec& spec, double per_second, std::ostream& out) {
  store objects;
  generate(spec, objects);
  event_writer events(out);
  std::int64_t position = 0;
  for (const cluster::pod_id id : waiting_pods(objects)) {
    const cluster::pod& pod = objects[id];
    const std::string time = per_second > 0 ? seconds_text(arrival_offset(position, per_second))
                                            : date_text(pod.created);
    events.write(time, change::add, objects, pod);
    ++position;
  }
}

}  // namespace crosstie::simulate
