// crosstie simulate: places the pending pods of a dump, a trace or a made-up cluster.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <memory>
#include <optional>

#include "cli/command.hpp"
#include "cli/configuration_file.hpp"
#include "cli/measurement.hpp"
#include "cli/outcome_print.hpp"
#include "cli/output.hpp"
#include "cli/progress_bar.hpp"
#include "cli/report.hpp"
#include "cluster/input.hpp"
#include "simulate/simulation.hpp"

namespace crosstie::cli {
namespace {

struct simulate_arguments {
  std::vector<std::string> files;
  std::string trace, nodes, pods, generate, events, config;
  std::string rate, pace, tie_break = "seed=1", preemption = "on", format = "summary", report,
                          profile;
  bool generated = false, recorded = false, strict = false, no_timing = false, sample_nodes = false;
};

// ---- stopping ---------------------------------------------------------------------------------

std::atomic<bool> stop_asked{false};
std::atomic<int> stop_signal{0};
static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<int>::is_always_lock_free);

// The first signal asks for a clean end, the second one has its usual effect; of a page that is
// being written then, nothing stays.
void stop_cleanly_on(int signal) {
  struct sigaction action{};
  action.sa_handler = [](int number) {
    stop_signal = number;
    stop_asked = true;
    discard_unfinished_on(number);
  };
  ::sigaction(signal, &action, nullptr);
}

// ---- from the command line to options ---------------------------------------------------------

using refusal = std::unexpected<std::string>;

std::expected<simulate::input, std::string> read_input(const simulate_arguments& given) {
  const int inputs = !given.files.empty() + !given.trace.empty() + given.generated;
  if (inputs != 1) return refusal("expected one input: -f FILE, --trace openb or --generate SPEC");
  if (!given.files.empty()) return simulate::dump_input{given.files};
  if (!given.trace.empty()) {
    if (given.nodes.empty() || given.pods.empty()) {
      return refusal("--trace: expected --nodes FILE and --pods FILE with it");
    }
    return simulate::trace_input{given.nodes, given.pods};
  }
  auto spec = simulate::parse_generate_spec(given.generate);
  if (!spec) return refusal("--generate: " + cluster::to_string(spec.error()));
  return *spec;
}

std::expected<simulate::arrivals, std::string> read_arrivals(const simulate_arguments& given) {
  using mode = simulate::arrivals::mode;
  const int modes = !given.rate.empty() + !given.pace.empty() + given.recorded;
  if (modes > 1) return refusal("expected at most one of --rate, --pace and --recorded");
  if (modes == 0) return simulate::arrivals{};
  if (given.recorded) return simulate::arrivals{mode::recorded, 0};
  const bool paced = given.rate.empty();
  const auto per_second = simulate::parse_rate(paced ? given.pace : given.rate);
  if (!per_second) {
    return refusal((paced ? "--pace: " : "--rate: ") + cluster::to_string(per_second.error()));
  }
  return simulate::arrivals{paced ? mode::pace : mode::rate, *per_second};
}

std::expected<simulate::options, std::string> read_options(const simulate_arguments& given) {
  simulate::options what;
  if (given.trace.empty() && !(given.nodes.empty() && given.pods.empty())) {
    return refusal("--nodes and --pods belong to --trace openb");
  }
  auto from = read_input(given);
  if (!from) return refusal(from.error());
  auto arrive = read_arrivals(given);
  if (!arrive) return refusal(arrive.error());
  const auto ties = simulate::parse_tie_break(given.tie_break);
  if (!ties) return refusal("--tie-break: " + cluster::to_string(ties.error()));
  what.from = std::move(*from);
  what.arrive = *arrive;
  what.ties = *ties;
  what.events_path = given.events;
  what.preemption = given.preemption == "on";
  what.sample_nodes = given.sample_nodes;
  what.strict = given.strict;
  what.profile = !given.profile.empty();
  what.stop = &stop_asked;
  return what;
}

// ---- results ----------------------------------------------------------------------------------

void print(output& to, const simulate::outcome& what, const std::string& format,
           const outcome_style& style) {
  if (format == "json" || format == "yaml") {
    const auto document = make_document(format == "json" ? spelling::json : spelling::yaml, to);
    print_outcome(*document, what, style);
    document->finish();
  } else if (format == "name") {
    print_names(to, what);
  } else if (format == "wide") {
    print_wide(to, what, style);
  } else {
    print_summary(to, what, style);
  }
}

// The input that the path names too, which writing it would destroy.
std::optional<std::string> find_input_at(const std::string& path, const simulate_arguments& given) {
  std::vector<std::string> inputs = given.files;
  inputs.insert(inputs.end(), {given.events, given.config, given.nodes, given.pods});
  for (const std::string& input : inputs) {
    std::error_code none;
    if (std::filesystem::equivalent(path, input, none)) return input;
    if (std::filesystem::is_directory(input, none) && cluster::is_dump_name(path) &&
        std::filesystem::exists(path, none) &&
        std::filesystem::equivalent(std::filesystem::absolute(path).parent_path(), input, none)) {
      return input;
    }
  }
  return std::nullopt;
}

bool is_fit_for_output(const std::string& path, const simulate_arguments& given) {
  if (path.empty()) return true;
  if (path == "-") {
    print_error("-: expected a file, as standard output is for the results");
    return false;
  }
  const auto input = find_input_at(path, given);
  if (input) print_error(fmt::format("{}: would be written over the input {}", path, *input));
  return !input;
}

// Says so where the page could not be written, before a long run rather than after it.
bool may_create(const std::string& path) {
  if (path.empty() || ::access(path.c_str(), W_OK) == 0) return true;
  const std::string parent = std::filesystem::path(path).parent_path().string();
  if (errno == ENOENT && ::access(parent.empty() ? "." : parent.c_str(), W_OK | X_OK) == 0) {
    return true;
  }
  print_error(path + ": " + std::strerror(errno));
  return false;
}

bool write_report(const std::string& path, const simulate::outcome& what,
                  const outcome_style& style) {
  auto file = output::create(path);
  if (file) print_report(*file, what, style);
  const auto written = file ? file->finish() : std::unexpected(file.error());
  if (!written) print_error(fmt::format("{}: {}", path, written.error()));
  return written.has_value();
}

// In the schema of docs/bench.md, for crosstie bench diff.
bool write_profile(const std::string& path, const simulate::outcome& what) {
  std::vector<measurement> results;
  for (const simulate::table_work& one : what.timing.profile) {
    const case_fields of = {{"table", std::string(one.table)},
                            {"operation", std::string(one.operation)}};
    const auto calls = static_cast<double>(one.calls), ns = static_cast<double>(one.ns);
    // Nobody's answers are compared here: that they were given by the run is all there is to check.
    results.push_back({"profile", of, "calls", "count", calls, calls, calls, 1, true});
    results.push_back({"profile", of, "time", "ns", ns, ns, ns, 1, true});
  }
  auto file = output::create(path);
  auto written =
      file ? print_measurements(*file, describe_run(), results) : std::unexpected(file.error());
  if (written) written = file->finish();
  if (!written) print_error(fmt::format("{}: {}", path, written.error()));
  return written.has_value();
}

int run(const simulate_arguments& given) {
  auto what = read_options(given);
  if (!what) {
    print_error(what.error());
    return bad_input;
  }
  auto configuration = read_configuration_file(given.config);
  if (!configuration) return bad_input;
  what->configuration_text = std::move(configuration->text);
  what->configuration_file = given.config;
  if (!given.report.empty() && !given.profile.empty() &&
      are_one_file(given.report, given.profile)) {
    print_error(fmt::format("expected two files for --report and --profile, found {} for both",
                            given.report));
    return bad_input;
  }
  for (const std::string& path : {given.report, given.profile}) {
    if (!is_fit_for_output(path, given)) return bad_input;
    if (!may_create(path)) return failed;
  }
  progress_bar bar;
  what->report = [&bar](const simulate::progress& how_far) { bar.show(how_far); };
  // Until then there is nothing to save, and a signal ends the program as usual.
  what->loaded = [] {
    stop_cleanly_on(SIGINT);
    stop_cleanly_on(SIGTERM);
  };
  const auto outcome = simulate::simulate(*what);
  bar.clear();
  if (!outcome) {
    print_error(cluster::to_string(outcome.error()));
    return bad_input;
  }
  for (const std::string& warning : outcome->warnings) print_warning(warning);

  const outcome_style style{
      .timing = !given.no_timing,
      .wall_clock = what->arrive.when == simulate::arrivals::mode::pace,
  };
  // The page comes first: a reader that closes our standard output must not cost us the file.
  if (!given.report.empty() && !write_report(given.report, *outcome, style)) return failed;
  if (!given.profile.empty() && !write_profile(given.profile, *outcome)) return failed;
  output to(STDOUT_FILENO);
  print(to, *outcome, given.format, style);
  if (auto written = to.finish(); !written) {
    print_error("standard output: " + written.error());
    return failed;
  }
  if (!outcome->summary.stopped) return done;
  print_warning("stopped before the end; these are the results so far");
  return stop_signal == SIGTERM ? terminated : interrupted;
}

void add_input_options(CLI::App& app, simulate_arguments& given) {
  add_value(app, "-f,--filename", given.files, file_type,
            "a dump as kubectl get -o json or -o yaml writes it, also .gz; a directory of them; - "
            "for standard input; may be repeated")
      ->allow_extra_args(false)
      ->group("Input");
  add_choice(app, "--trace", given.trace, {"openb"}, "place a public trace; needs --nodes, --pods")
      ->group("Input");
  add_value(app, "--nodes", given.nodes, file_type, "the trace's node list (CSV)")->group("Input");
  add_value(app, "--pods", given.pods, file_type, "the trace's pod list (CSV)")->group("Input");
  add_value(app, "--generate", given.generate, "SPEC",
            "a made-up cluster; keys nodes, pods, bound, zones, racks and seed, as in "
            "nodes=5000,pods=30000,seed=1")
      ->expected(0, 1)
      ->group("Input");
  add_value(app, "--events", given.events, file_type,
            "replay arrivals, changes and departures: one JSON event a line")
      ->group("Input");
  add_value(app, "--config", given.config, file_type,
            "a KubeSchedulerConfiguration (v1); without it the default profile")
      ->group("Input");
  app.add_flag("--strict", given.strict, "an inconsistent dump is an error, not a warning")
      ->group("Input");
}

void add_run_options(CLI::App& app, simulate_arguments& given) {
  add_value(app, "--rate", given.rate, "RATE",
            "pods arrive so often in virtual time: 1200/s (or 1200), 90/m")
      ->group("Run");
  add_value(app, "--pace", given.pace, "RATE", "pods arrive so often by the wall clock")
      ->group("Run");
  app.add_flag("--recorded", given.recorded, "pods come and go when the trace recorded it")
      ->group("Run");
  add_value(app, "--tie-break", given.tie_break, "seed=N|name",
            "which of the nodes with the highest score: one drawn from a seed (seed=1), or the "
            "smallest name")
      ->group("Run");
  add_choice(app, "--preemption", given.preemption, {"on", "off"},
             "evict pods of lower priority where no node fits (on)")
      ->group("Run");
  app.add_flag("--sample-nodes", given.sample_nodes,
               "look at as many nodes as percentageOfNodesToScore says, in kube-scheduler's order, "
               "instead of all")
      ->group("Run");
}

void add_output_options(CLI::App& app, simulate_arguments& given) {
  add_choice(app, "-o,--output", given.format, {"summary", "wide", "json", "yaml", "name"},
             "how the result is printed (summary)")
      ->group("Output");
  add_value(app, "--report", given.report, file_type, "also write a page with plots (HTML)")
      ->group("Output");
  add_value(app, "--profile", given.profile, file_type,
            "also write calls and time by table and operation (JSON, for crosstie bench diff)")
      ->group("Output");
  app.add_flag("--no-timing", given.no_timing,
               "leave out clock readings: the same input gives the same bytes")
      ->group("Output");
}

}  // namespace

std::function<int()> define_simulate(CLI::App& app) {
  auto given = std::make_shared<simulate_arguments>();
  add_input_options(app, *given);
  add_run_options(app, *given);
  add_output_options(app, *given);
  add_examples(app, R"(crosstie simulate --generate nodes=5000,pods=30000 --report report.html
kubectl get no,po,ns,pc,svc,rs,sts,rc,pdb,pv,pvc,sc,csinodes,csidrivers,csistoragecapacities,volumeattachments,resourceclaims,deviceclasses -A -o json > cluster.json
crosstie simulate -f cluster.json
crosstie simulate -f cluster.json.gz --tie-break name -o json | jq .placements
crosstie simulate -f nodes.yaml -f pods.yaml --events arrivals.jsonl --rate 50/s
crosstie simulate --trace openb --nodes nodes.csv --pods pods.csv)");
  return [given, &app] {
    given->generated = app.count("--generate") > 0;
    return run(*given);
  };
}

}  // namespace crosstie::cli
