#include <CLI/CLI.hpp>

#include "schedule/placement_bench.hpp"
#include "subcommands.hpp"

namespace crosstie::bench {

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

}  // namespace crosstie::bench
