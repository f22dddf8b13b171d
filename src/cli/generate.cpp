// crosstie generate: a made-up cluster or a workload as a kubectl-style dump, what comes after it
// as an events file.
#include "simulate/generator.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "cli/command.hpp"
#include "cli/output.hpp"
#include "cli/workload_choice.hpp"
#include "simulate/workload.hpp"

namespace crosstie::cli {
namespace {

struct generate_arguments {
  std::string spec;
  std::string dump = "-";
  std::string events;
  std::string rate;
  std::string workload;
  std::uint64_t seed = 1;
  bool list = false;
};

bool has_arrived(const std::string& path, const std::expected<void, std::string>& written) {
  if (written) return true;
  print_error(fmt::format("{}: {}", path == "-" ? "standard output" : path, written.error()));
  return false;
}

// Writes through `write` to the file named, or to standard output where it is "-"; then and_then()
// says whether the file shall stay.
template <class Write, class Then>
int write_to(const std::string& path, Write write, Then and_then) {
  auto file = path == "-" ? output(STDOUT_FILENO) : output::create(path);
  if (!file) {
    print_error(fmt::format("{}: {}", path, file.error()));
    return failed;
  }
  output_stream stream(*file);
  write(stream);
  // A pipe is closed first: its reader may wait for the end before it reads anything else.
  if (!has_arrived(path, file->is_kept_back() ? file->hand_over() : file->finish())) return failed;
  if (const int code = and_then(); code != done) return code;
  return has_arrived(path, file->finish()) ? done : failed;
}

template <class Write>
int write_to(const std::string& path, Write write) {
  return write_to(path, write, [] { return done; });
}

int refuse(const std::string& option, const cluster::error& why) {
  print_error(fmt::format("{}: {}", option, cluster::to_string(why)));
  return bad_input;
}

int list_workloads() {
  return write_to("-", [](std::ostream& out) { print_workloads(out); });
}

int check_outputs(const generate_arguments& given) {
  if (given.dump == "-" && given.events == "-") {
    print_error("expected --dump FILE where --events is standard output, which takes one of them");
    return bad_input;
  }
  if (given.dump == "-" || given.events == "-" || given.events.empty() ||
      !are_one_file(given.dump, given.events)) {
    return done;
  }
  print_error(
      fmt::format("expected two files for --dump and --events, found {} for both", given.dump));
  return bad_input;
}

int run_workload(const generate_arguments& given) {
  const auto what = choose_workload(given.workload);
  if (!what) return refuse("--workload", what.error());
  if (const int code = check_outputs(given); code != done) return code;
  const simulate::workload_script script = simulate::compose(*what, given.seed);
  const bool arrivals_in_dump = given.events.empty();
  if (const std::size_t beyond = arrivals_in_dump ? simulate::count_beyond_dump(script) : 0) {
    print_warning(fmt::format("{} deletions and updates of {} are left out; --events holds them",
                              beyond, what->name()));
  }
  const auto write_dump = [&](std::ostream& out) {
    simulate::write_workload_dump(script, arrivals_in_dump, out);
  };
  if (arrivals_in_dump) return write_to(given.dump, write_dump);
  return write_to(given.dump, write_dump, [&] {
    return write_to(given.events,
                    [&](std::ostream& out) { simulate::write_workload_events(script, out); });
  });
}

int run_spec(const generate_arguments& given) {
  const auto spec = simulate::parse_generate_spec(given.spec);
  if (!spec) return refuse("SPEC", spec.error());
  double per_second = 0;
  if (!given.rate.empty()) {
    const auto rate = simulate::parse_rate(given.rate);
    if (!rate) return refuse("--rate", rate.error());
    per_second = *rate;
  }
  if (const int code = check_outputs(given); code != done) return code;
  const bool pending_in_dump = given.events.empty();
  const auto write_dump = [&](std::ostream& out) {
    simulate::write_generated_dump(*spec, pending_in_dump, out);
  };
  if (pending_in_dump) return write_to(given.dump, write_dump);
  return write_to(given.dump, write_dump, [&] {
    return write_to(given.events, [&](std::ostream& out) {
      simulate::write_generated_arrivals(*spec, per_second, out);
    });
  });
}

int run(const generate_arguments& given) {
  if (given.list) return list_workloads();
  return given.workload.empty() ? run_spec(given) : run_workload(given);
}

}  // namespace

std::function<int()> define_generate(CLI::App& app) {
  auto given = std::make_shared<generate_arguments>();
  auto* spec =
      add_value(app, "SPEC", given->spec, "TEXT",
                "keys nodes, pods (pending), bound, zones, racks (in each zone), seed, as in "
                "nodes=5000,pods=30000,seed=1; what is left out has its default");
  add_value(app, "--dump", given->dump, file_type, "where the dump goes (-: standard output)");
  auto* events = add_value(app, "--events", given->events, file_type,
                           "write the pods that arrive to this events file, and leave them out of "
                           "the dump");
  auto* rate =
      add_value(app, "--rate", given->rate, "RATE",
                "space the arrivals evenly, such as 1200/s; else they come at their creation times")
          ->needs(events);
  auto* workload =
      add_value(app, "--workload", given->workload, "NAME/SIZE",
                "a workload of kube-scheduler's own performance tests, or Mixed or Scale, in place "
                "of SPEC; a size such as 50Nodes_100Pods need not be listed")
          ->excludes(spec)
          ->excludes(rate);
  add_value(app, "--seed", given->seed, "N", "of the workload's draws")->needs(workload);
  app.add_flag("--list-workloads", given->list,
               "print the workloads with their sizes and parameters, and those left out");
  add_examples(app, R"(crosstie generate nodes=100,pods=1000 > cluster.json
crosstie generate nodes=5000,bound=50000,pods=0,seed=7 --dump cluster.json
crosstie generate nodes=100,pods=1000 --dump cluster.json --events arrivals.jsonl --rate 50/s
crosstie generate nodes=20 | crosstie explain -f - --all
crosstie generate --workload TopologySpreading/50Nodes_100Pods --dump d.json --events e.jsonl)");
  return [given] { return run(*given); };
}

}  // namespace crosstie::cli
