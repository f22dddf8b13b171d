// The subcommands of crosstie-bench: each defined in a file of its own, in this order in main.cpp.
// Thread safety: none.
#pragma once

namespace CLI {
class App;
}

namespace crosstie::bench {

void define_tables(CLI::App& app);     // tables/tables_subcommand.cpp
void define_placement(CLI::App& app);  // schedule/placement_subcommand.cpp
void define_reading(CLI::App& app);    // cluster/reading_subcommand.cpp

}  // namespace crosstie::bench
