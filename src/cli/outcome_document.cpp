#include "cli/figures.hpp"
#include "cli/outcome_print.hpp"

namespace crosstie::cli {
namespace {

class outcome_document_printer {
 public:
  outcome_document_printer(document& to, const simulate::outcome& what, const outcome_style& style)
      : to_(to), what_(what), style_(style) {}

  void print() {
    to_.begin_object();
    print_placements();
    print_waiting();
    print_decisions();
    print_summary();
    if (style_.timing) print_timing();
    to_.end_object();
  }

 private:
  void print_placements() {
    to_.object("placements");
    for (const auto& one : what_.placements) {
      to_.text(what_.full_name(one.pod), what_.text(one.node));
    }
    to_.end_object();
  }

  void print_waiting() {
    to_.array("waiting");
    for (const auto& one : what_.waiting) {
      to_.begin_object();
      to_.text("pod", what_.full_name(one.pod));
      to_.text("why", to_string(one.why));
      if (one.message != 0) to_.text("message", what_.messages[one.message]);
      to_.end_object();
    }
    to_.end_array();
  }

  void print_decisions() {
    to_.array("decisions");
    for (const auto& one : what_.decisions) {
      to_.begin_object();
      to_.text("pod", what_.full_name(one.pod));
      to_.text("verdict", to_string(one.what));
      if (one.node != cluster::no_name) to_.text("node", what_.text(one.node));
      if (one.what == simulate::verdict::nominated) print_victims(one);
      to_.integer("attempt", one.attempt);
      if (!style_.wall_clock) to_.text("at", rfc3339(one.at));
      if (one.message != 0) to_.text("message", what_.messages[one.message]);
      to_.end_object();
    }
    to_.end_array();
  }

  void print_victims(const simulate::decision& of) {
    to_.array("victims");
    for (const cluster::object_key victim : what_.victims_of(of)) to_.text(what_.full_name(victim));
    to_.end_array();
  }

  void print_summary() {
    const auto& sum = what_.summary;
    to_.object("summary");
    to_.integer("nodes", sum.nodes);
    to_.integer("pods", sum.pods);
    to_.integer("placed", sum.placed);
    to_.integer("placedNow", sum.placed_now);
    to_.integer("unschedulable", sum.unschedulable);
    to_.integer("gated", sum.gated);
    to_.integer("untried", sum.untried);
    to_.integer("departed", sum.departed);
    to_.integer("preempted", sum.preempted);
    to_.integer("alreadyBound", sum.already_bound);
    to_.integer("onGoneNodes", sum.homeless);
    to_.integer("decisions", sum.decisions);
    to_.integer("events", sum.events);
    to_.boolean("stopped", sum.stopped);
    if (!style_.wall_clock) print_span();
    print_reasons();
    print_resources();
    print_nodes();
    to_.end_object();
  }

  void print_span() {
    to_.text("started", rfc3339(what_.summary.started));
    to_.text("ended", rfc3339(what_.summary.ended));
  }

  void print_reasons() {
    to_.array("reasons");
    for (const auto& one : what_.summary.reasons) {
      to_.begin_object();
      to_.text("reason", one.reason);
      to_.integer("pods", one.pods);
      to_.end_object();
    }
    to_.end_array();
  }

  void print_resources() {
    to_.array("resources");
    for (const auto& one : what_.summary.resources) {
      to_.begin_object();
      to_.text("name", one.name);
      to_.integer("allocatable", one.allocatable);
      to_.integer("requested", one.requested);
      to_.number("utilisation", one.utilisation);
      to_.number("fragmentation", one.fragmentation);
      to_.end_object();
    }
    to_.end_array();
  }

  void print_nodes() {
    to_.array("perNode");
    for (const auto& one : what_.summary.per_node) {
      to_.begin_object();
      to_.text("node", what_.text(one.node));
      if (one.zone != cluster::no_name) to_.text("zone", what_.text(one.zone));
      if (one.instance_type != cluster::no_name) {
        to_.text("instanceType", what_.text(one.instance_type));
      }
      if (one.unschedulable) to_.boolean("unschedulable", true);
      print_amounts("allocatable", one.allocatable);
      print_amounts("requested", one.requested);
      to_.end_object();
    }
    to_.end_array();
  }

  void print_amounts(std::string_view key, const std::vector<std::int64_t>& amounts) {
    to_.object(key);
    for (std::size_t i = 0; i < amounts.size(); ++i) {
      to_.integer(what_.summary.resources[i].name, amounts[i]);
    }
    to_.end_object();
  }

  void print_timing() {
    const auto& timing = what_.timing;
    to_.object("timing");
    to_.integer("loadNs", timing.load_ns);
    to_.integer("wallNs", timing.wall_ns);
    to_.integer("explainNs", timing.explain_ns);
    to_.number("decisionsPerSecond", timing.decisions_per_second);
    to_.integer("p50Ns", timing.p50_ns);
    to_.integer("p99Ns", timing.p99_ns);
    to_.integer("maxNs", timing.max_ns);
    to_.integer("peakMemoryBytes", timing.peak_memory_bytes);
    if (style_.wall_clock) {
      print_span();
      to_.array("decidedAt");  // parallel to decisions
      for (const auto& one : what_.decisions) to_.text(rfc3339(one.at));
      to_.end_array();
    }
    to_.end_object();
  }

  document& to_;
  const simulate::outcome& what_;
  outcome_style style_;
};

}  // namespace

std::string_view to_string(simulate::verdict what) {
  switch (what) {
    case simulate::verdict::placed:
      return "placed";
    case simulate::verdict::unschedulable:
      return "unschedulable";
    case simulate::verdict::nominated:
      return "nominated";
    case simulate::verdict::failed:
      break;
  }
  return "failed";
}

std::string_view to_string(simulate::waiting_pod::reason why) {
  switch (why) {
    case simulate::waiting_pod::reason::unschedulable:
      return "unschedulable";
    case simulate::waiting_pod::reason::gated:
      return "gated";
    case simulate::waiting_pod::reason::untried:
      break;
  }
  return "untried";
}

void print_outcome(document& to, const simulate::outcome& what, const outcome_style& style) {
  outcome_document_printer(to, what, style).print();
}

}  // namespace crosstie::cli
