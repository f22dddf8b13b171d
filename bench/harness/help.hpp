// Help texts and shell completion of crosstie-bench, both from the options' own definitions.
//
// Promise: help has crosstie's look; the hidden command `words` prints what a shell may complete:
//   words          each bench: name, -, summary
//   words BENCH    each option: name, values, description
// with tabs between. Values: "-" none, FILE, one|of|these, or the name of a free value; the name
// "*" stands for arguments. Cost: none. Thread safety: none.
#pragma once

#include <CLI/App.hpp>

namespace crosstie::bench {

// Once all subcommands are defined.
void polish_help(CLI::App& app);
void define_words(CLI::App& app);

}  // namespace crosstie::bench
