#include <fmt/format.h>

#include "cli/explanation.hpp"
#include "cli/figures.hpp"
#include "cli/pod_choice.hpp"
#include "cli/text_table.hpp"
#include "cluster/state.hpp"
#include "schedule/engine.hpp"
#include "schedule/pod_plugins.hpp"

namespace crosstie::cli {
namespace {

using cluster::pod_id;
using side = text_table::side;

// Judges pods from the engine's rows, which pods that ask the same share.
class summary_printer {
 public:
  summary_printer(cluster::store& objects, const schedule::configuration& settings)
      : objects_(objects), settings_(settings), state_(objects), engine_(make_engine()) {}

  void print(output& to, const std::vector<pod_id>& pods) {
    text_table table({{"POD"},
                      {"ANSWER"},
                      {"FEASIBLE", side::right},
                      {"BEST", side::right},
                      {"TOTAL", side::right},
                      {"EVENT"}});
    for (const pod_id pod : pods) table.add(judge(pod));
    to.print("{}, {}: {} fit, {} do not, {} held back, {}\n\n",
             counted(static_cast<std::int64_t>(pods.size()), "pending pod"),
             counted(objects_.node_count(), "node"), fit_, refused_, gated_,
             counted(static_cast<std::int64_t>(errors_), "error"));
    table.print(to);
  }

 private:
  schedule::engine make_engine() {
    state_.load();
    schedule::engine_options options;
    options.ties.by_name = true;
    return {objects_, state_.usage(), state_, settings_, options};
  }

  std::vector<std::string> judge(pod_id pod) {
    const std::string name = objects_.full_name(pod);
    const schedule::profile& by = *profile_of(objects_, settings_, pod);
    if (const auto gate = schedule::pod_plugins(state_.look(), by, pod).find_gate()) {
      ++gated_;
      return {name, "held back", "", "", "", join_reasons(gate->second)};
    }
    const schedule::placement found = engine_.place(pod);
    if (!found.error.empty()) {
      ++errors_;
      return {name, "error", "", "", "", found.error};
    }
    if (found.node == cluster::no_node) {
      ++refused_;
      return {name, describe_room(pod), "0", "", "", engine_.explain_failure(pod, true)};
    }
    ++fit_;
    return {name,
            std::string(objects_.text(objects_[found.node].name)),
            fmt::format("{}", found.feasible),
            fmt::format("{}", found.ties),
            found.feasible > 1 && !found.nominated ? fmt::format("{}", found.total) : "",
            ""};
  }

  std::string describe_room(pod_id pod) {
    const std::optional<schedule::room> room = engine_.find_room(pod);
    if (!room || room->node == cluster::no_node) return "unschedulable";
    return fmt::format("{} after {} {}", objects_.text(objects_[room->node].name),
                       room->victims.size(), room->victims.size() == 1 ? "eviction" : "evictions");
  }

  cluster::store& objects_;
  const schedule::configuration& settings_;
  cluster::state state_;
  schedule::engine engine_;
  std::size_t fit_ = 0, refused_ = 0, gated_ = 0, errors_ = 0;
};

}  // namespace

void print_summary(output& to, cluster::store& objects, const schedule::configuration& settings,
                   const std::vector<cluster::pod_id>& pods) {
  summary_printer(objects, settings).print(to, pods);
}

}  // namespace crosstie::cli
