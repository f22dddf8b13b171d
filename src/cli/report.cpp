#include "cli/report.hpp"

#include "cli/figures.hpp"
#include "cli/report_page.hpp"

namespace crosstie::cli {
namespace {

class report_printer {
 public:
  report_printer(document& to, const simulate::outcome& what, const outcome_style& style)
      : to_(to), what_(what), style_(style) {}

  // The object that plots.js reads; keys are short where they repeat per node.
  void print() {
    to_.begin_object();
    to_.text("version", "crosstie " CROSSTIE_VERSION);
    print_counts();
    print_reasons();
    print_resources();
    print_evicted();
    print_nodes();
    print_series();
    if (style_.timing) print_timing();
    to_.end_object();
  }

 private:
  void print_counts() {
    const auto& sum = what_.summary;
    to_.integer("nodeCount", sum.nodes);
    to_.integer("pods", sum.pods);
    to_.integer("placed", sum.placed);
    to_.integer("unschedulable", sum.unschedulable);
    to_.integer("gated", sum.gated);
    to_.integer("untried", sum.untried);
    to_.integer("departed", sum.departed);
    to_.integer("preempted", sum.preempted);
    to_.integer("alreadyBound", sum.already_bound);
    to_.integer("decisions", sum.decisions);
    to_.boolean("stopped", sum.stopped);
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
      to_.text("allocatable", amount(one.name, one.allocatable));
      to_.text("requested", amount(one.name, one.requested));
      to_.number("utilisation", one.utilisation);
      // Texts, so that the page and the terminal round once and alike.
      to_.text("used", percent(one.utilisation));
      to_.text("fragmented", percent(one.fragmentation));
      to_.end_object();
    }
    to_.end_array();
  }

  // [pod, the node that it was on, for which pod] of the first; their number is "preempted"
  void print_evicted() {
    constexpr int most = 500;
    int left = most;
    to_.array("evicted");
    for (const auto& one : what_.decisions) {
      for (const cluster::object_key victim : what_.victims_of(one)) {
        if (left-- == 0) return to_.end_array();
        to_.begin_array();
        to_.text(what_.full_name(victim));
        to_.text(what_.text(one.node));
        to_.text(what_.full_name(one.pod));
        to_.end_array();
      }
    }
    to_.end_array();
  }

  // [name, zone, instance type, cordoned, requested and allocatable of each resource]
  void print_nodes() {
    to_.array("nodes");
    for (const auto& one : what_.summary.per_node) {
      to_.begin_array();
      to_.text(what_.text(one.node));
      to_.text(what_.text(one.zone));
      to_.text(what_.text(one.instance_type));
      to_.integer(one.unschedulable ? 1 : 0);
      for (std::size_t i = 0; i < one.allocatable.size(); ++i) {
        to_.integer(one.requested[i]);
        to_.integer(one.allocatable[i]);
      }
      to_.end_array();
    }
    to_.end_array();
  }

  void print_series() {
    // Timestamps of a paced run are clock readings.
    const bool timed = style_.timing || !style_.wall_clock;
    to_.array("series");
    for (std::size_t i = 0; i < what_.series.size(); ++i) {
      const auto& one = what_.series[i];
      to_.begin_array();
      to_.integer(one.decisions);
      to_.integer(one.placed);
      to_.integer(one.waiting);
      to_.integer(timed ? one.at - what_.summary.started : 0);
      to_.integer(style_.timing && i < what_.timing.sample_wall_ns.size()
                      ? what_.timing.sample_wall_ns[i]
                      : 0);
      to_.end_array();
    }
    to_.end_array();
  }

  void print_timing() {
    const auto& timing = what_.timing;
    to_.object("timing");
    to_.integer("loadNs", timing.load_ns);
    to_.integer("wallNs", timing.wall_ns);
    to_.number("decisionsPerSecond", timing.decisions_per_second);
    to_.integer("p50Ns", timing.p50_ns);
    to_.integer("p99Ns", timing.p99_ns);
    to_.integer("maxNs", timing.max_ns);
    to_.text("peakMemory", bytes(timing.peak_memory_bytes));
    to_.array("latency");  // [lowest, highest, count] of each bucket that counts something
    for (std::uint32_t i = 0; i < simulate::latency_histogram::bucket_count; ++i) {
      const std::int64_t count = timing.decision_ns.count(i);
      if (count == 0) continue;
      to_.begin_array();
      to_.integer(simulate::latency_histogram::lowest(i));
      to_.integer(simulate::latency_histogram::highest(i));
      to_.integer(count);
      to_.end_array();
    }
    to_.end_array();
    to_.end_object();
  }

  document& to_;
  const simulate::outcome& what_;
  outcome_style style_;
};

}  // namespace

void print_report(output& to, const simulate::outcome& what, const outcome_style& style) {
  to.write(report_page_head);
  const auto data = make_document(spelling::script, to);
  report_printer(*data, what, style).print();
  data->finish();
  to.write(report_page_tail);
}

}  // namespace crosstie::cli
