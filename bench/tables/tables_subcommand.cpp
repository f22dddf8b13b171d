#include <CLI/CLI.hpp>
#include <boost/version.hpp>
#include <cstdio>

#include "subcommands.hpp"
#include "tables/race.hpp"

namespace crosstie::bench {

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

}  // namespace crosstie::bench
