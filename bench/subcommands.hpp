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

// The lab: the field report's experiments, one file each in lab/.
void define_layouts(CLI::App& app);
void define_recommendations(CLI::App& app);
void define_key_cost(CLI::App& app);
void define_cache(CLI::App& app);
void define_growth(CLI::App& app);
void define_long_keys(CLI::App& app);
void define_matrix(CLI::App& app);
void define_before_after(CLI::App& app);
void define_diff(CLI::App& app);
void define_lab(CLI::App& app);    // all of these, on one page
void define_probe(CLI::App& app);  // hidden: what runs under valgrind

}  // namespace crosstie::bench
