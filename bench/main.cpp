// crosstie-bench: our tables beside their peers, placing pods, and reading dumps, one subcommand
// each. Every answer is checked: a wrong one ends the program with status 1.
#include <CLI/CLI.hpp>
#include <boost/version.hpp>
#include <cstdio>

#include "cluster/reading_bench.hpp"
#include "schedule/placement_bench.hpp"
#include "tables/race.hpp"

namespace {

using namespace crosstie::bench;

void define_tables(CLI::App& app) {
  CLI::App& own = *app.add_subcommand("tables", "our tables beside Boost, Abseil and std");
  static std::size_t entries = 1'000'000;
  static int rounds = 7;
  own.add_option("--entries", entries, "in each table")->check(CLI::Range(1, 1 << 30));
  own.add_option("--rounds", rounds, "of which the median counts")->check(CLI::Range(1, 1000));
  own.callback([] {
    std::printf("compiler %s, Boost %s, Abseil as installed\n", __VERSION__, BOOST_LIB_VERSION);
    race_numbers(entries, rounds);
    race_node_pod(entries, rounds);
  });
}

void define_placement(CLI::App& app) {
  CLI::App& own = *app.add_subcommand("placement", "pods placed a second, every node looked at");
  static placement_setting s;
  static std::string kind = "all";
  own.add_option("--workload", kind,
                 "basic: equal pods; mixed: Zipf-distributed shapes on a full cluster, each "
                 "arrival matched by a departure; twin: mixed, every answer compared with the "
                 "plain evaluation")
      ->check(CLI::IsMember({"basic", "mixed", "twin", "all"}));
  own.add_option("--nodes", s.nodes)->check(CLI::Range(1, 1'000'000));
  own.add_option("--pods", s.pods, "0: 150,000 basic, 240,000 mixed, 2,000 twin")
      ->check(CLI::Range(0, 10'000'000));
  own.add_option("--shapes", s.shapes, "of mixed and twin")->check(CLI::Range(2, 100'000));
  own.callback([] {
    for (const char* each : {"basic", "mixed", "twin"}) {
      if (kind == each || kind == "all") measure_placement(each, s);
    }
  });
}

void define_reading(CLI::App& app) {
  CLI::App& own = *app.add_subcommand("reading", "a dump as kubectl writes it, read on one core");
  static std::size_t pods = 115'000;
  static int rounds = 5;
  own.add_option("--pods", pods, "of about 9 kB each")->check(CLI::Range(1, 10'000'000));
  own.add_option("--rounds", rounds, "of which the median counts")->check(CLI::Range(1, 1000));
  own.callback([] { measure_reading(pods, rounds); });
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Benchmarks of Crosstie, each with its answers checked", "crosstie-bench");
  app.option_defaults()->always_capture_default();
  app.require_subcommand(1);
  define_tables(app);
  define_placement(app);
  define_reading(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& problem) {
    return app.exit(problem) == 0 ? 0 : 2;
  }
  return 0;
}
