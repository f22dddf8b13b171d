#include <CLI/CLI.hpp>
#include <memory>
#include <sstream>

#include "cli/workload_choice.hpp"
#include "harness/options.hpp"
#include "harness/plot.hpp"
#include "schedule/placement_bench.hpp"
#include "subcommands.hpp"

namespace crosstie::bench {
namespace {

constexpr const char* named[] = {"SchedulingBasic/5000Nodes_10000Pods",
                                 "TopologySpreading/5000Nodes_5000Pods",
                                 "PreferredTopologySpreading/5000Nodes_5000Pods",
                                 "SchedulingPodAntiAffinity/5000Nodes_2000Pods",
                                 "SchedulingPodAffinity/5000Nodes_5000Pods",
                                 "SchedulingPreferredPodAffinity/5000Nodes_5000Pods",
                                 "Unschedulable/5kNodes/100Init/10kPods",
                                 "PreemptionBasic/5000Nodes",
                                 "Mixed/5000Nodes"};

struct placement_arguments {
  std::string workloads = "named", oracle;
  double seconds = 1;
  std::int64_t oracle_pods = 500;
};

simulate::workload find(const std::string& name) {
  auto found = cli::choose_workload(name);
  if (!found) throw CLI::ValidationError(to_string(found.error()));
  return *std::move(found);
}

// "named", "all", "sweep", or names with commas between.
std::vector<simulate::workload> parse_list(const std::string& text) {
  std::vector<simulate::workload> list;
  if (text == "named") {
    for (const char* each : named) list.push_back(find(each));
  } else if (text == "all") {
    for (const auto& each : simulate::workload_cases()) {
      for (const auto& size : each.sizes) list.push_back({&each, size});
    }
    list.push_back(find("PreemptionBasic/5000Nodes"));
  } else if (text == "sweep") {
    for (const int nodes : {1000, 2000, 5000, 10000, 20000, 50000, 100000}) {
      list.push_back(find("SchedulingBasic/" + std::to_string(nodes) + "Nodes_10000Pods"));
      list.push_back(find("Scale/" + std::to_string(nodes) + "Nodes_20000Bound"));
    }
    for (const int bound : {10000, 40000, 80000, 160000, 320000, 640000}) {
      list.push_back(find("Scale/20000Nodes_" + std::to_string(bound) + "Bound"));
    }
  } else {
    std::istringstream words(text);
    for (std::string word; std::getline(words, word, ',');) list.push_back(find(word));
  }
  return list;
}

}  // namespace

void define_placement(CLI::App& app) {
  const auto given = std::make_shared<placement_arguments>();
  const auto list = std::make_shared<std::vector<simulate::workload>>();
  CLI::App& own = define_bench(
      app, "placement", "workloads placed: pods a second, every node looked at",
      [given, list](const bench_options& options, results& into) {
        placement_setting how{.rounds = options.rounds,
                              .least_ns = static_cast<std::int64_t>(given->seconds * 1e9),
                              .small_only = options.quick,
                              .oracle = given->oracle,
                              .oracle_pods = given->oracle_pods};
        if (list->empty()) *list = parse_list(given->workloads);
        for (const simulate::workload& each : *list) measure_placement(each, how, into);
      });
  own.get_option("--rounds")
      ->default_val(5)
      ->description("timed rounds, of which the median counts (5)");
  own.add_option("--workload", given->workloads,
                 "NAME/SIZE, several with commas between, named (those of the page), all, or sweep "
                 "(from 1,000 to 100,000 nodes); crosstie generate --list-workloads lists them")
      ->each([list](const std::string& text) { *list = parse_list(text); });
  own.add_option("--seconds", given->seconds, "the least that a round takes")
      ->check(CLI::Range(0.0, 3600.0));
  own.add_option("--oracle", given->oracle,
                 "the program that runs the real scheduling algorithm, for its rate beside ours")
      ->check(CLI::ExistingFile);
  own.add_option("--oracle-pods", given->oracle_pods, "that it places")
      ->check(CLI::Range(1, 1'000'000));
}

}  // namespace crosstie::bench
