// crosstie-bench: what Crosstie's parts cost, and the experiments of the lab, one subcommand each.
// Every answer is checked: a wrong one ends the program with status 1.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <exception>

#include "harness/progress.hpp"
#include "subcommands.hpp"

int main(int argc, char** argv) {
  using namespace crosstie::bench;
  CLI::App app("Benchmarks of Crosstie, each with its answers checked", "crosstie-bench");
  app.option_defaults()->always_capture_default();
  app.require_subcommand(1);
  for (const auto define :
       {define_tables, define_placement, define_reading, define_layouts, define_key_cost,
        define_cache, define_growth, define_long_keys, define_matrix, define_before_after,
        define_diff, define_lab, define_probe})
    define(app);
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
