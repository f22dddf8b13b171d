// crosstie-bench: what Crosstie's parts cost, and the experiments of the lab, one subcommand each.
// Every answer is checked: a wrong one ends the program with status 1.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <exception>

#include "cli/command.hpp"
#include "harness/help.hpp"
#include "harness/progress.hpp"
#include "subcommands.hpp"

namespace crosstie::bench {
namespace {

struct shown {
  const char *bench, *lines;
};
constexpr shown examples[] = {
    {"lab", R"(crosstie bench lab --html lab.html
crosstie bench lab --quick                 is everything there?
crosstie bench lab -o json > mine.json)"},
    {"layouts", R"(crosstie bench layouts --quick
crosstie bench layouts --keys keys.tsv --recommend
crosstie bench layouts --keys keys.tsv --recommend --mix "hit=50,row scan=40,insert=10"
crosstie bench layouts --select "keys=text 64,entries=1e6,operation=hit|batched hit")"},
    {"recommendations", "crosstie bench recommendations --entries 100000"},
    {"key-cost", "crosstie bench key-cost --html key-cost.html"},
    {"cache", "crosstie bench cache --html cache.html"},
    {"growth", "crosstie bench growth --html growth.html"},
    {"long-keys", "crosstie bench long-keys -o csv > long-keys.csv"},
    {"matrix", "crosstie bench matrix --rounds 15"},
    {"before-after", R"(crosstie bench before-after --html before-after.html
crosstie bench before-after --nodes 1000 --pace 500 --seconds 60)"},
    {"diff", R"(crosstie bench layouts -o json > a.json; (another build) > b.json
crosstie bench diff a.json b.json --threshold 10
crosstie simulate --generate nodes=5000,pods=30000 --profile a.json; (another) b.json
crosstie bench diff a.json b.json --html heat.html)"},
    {"tables", R"(crosstie bench tables --keys names
crosstie bench tables --keys numbers --entries 1000000)"},
    {"placement", R"(crosstie bench placement
crosstie bench placement --workload sweep -o json)"},
    {"reading", "crosstie bench reading --pods 10000"}};

void add_all_examples(CLI::App& app) {
  for (const shown& one : examples) cli::add_examples(*app.get_subcommand(one.bench), one.lines);
  cli::add_examples(app, "crosstie bench lab --html lab.html\ncrosstie bench BENCH --help");
}

}  // namespace
}  // namespace crosstie::bench

int main(int argc, char** argv) {
  using namespace crosstie::bench;
  CLI::App app("Measures Crosstie's parts and its peers, each with its answers checked.",
               "crosstie bench");
  app.require_subcommand(1);
  for (const auto define :
       {define_tables, define_placement, define_reading, define_layouts, define_key_cost,
        define_cache, define_growth, define_long_keys, define_matrix, define_before_after,
        define_diff, define_lab, define_recommendations, define_probe, define_words})
    define(app);
  add_all_examples(app);
  polish_help(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& problem) {
    return app.exit(problem) == 0 ? 0 : 2;
  } catch (const std::exception& problem) {
    clear_progress();
    fmt::print(stderr, "crosstie-bench: {}\n", problem.what());
    return 1;
  }
  return 0;
}
