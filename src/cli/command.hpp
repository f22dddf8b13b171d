// The subcommands of crosstie: one table, one file each, one function that defines its options.
//
// Exit codes, the same for all: see exit_code. "Unschedulable" is a decision and never a failure.
// Thread safety: none.
#pragma once

#include <CLI/App.hpp>

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace crosstie::cli {

enum exit_code : int {
  done = 0,           // the answer is complete, also where pods stay unschedulable
  failed = 1,         // the answer could not be given or written: a full disk, a missing program
  bad_input = 2,      // the command line or an input file is wrong; nothing was printed
  interrupted = 130,  // SIGINT: what was done so far has been printed
  terminated = 143    // SIGTERM: likewise
};

struct command {
  std::string_view name, summary;
  // Adds options and examples to `app`; what it returns runs after they have been parsed.
  std::function<int()> (*define)(CLI::App& app);
};

std::span<const command> commands();  // in the order of the help text

std::function<int()> define_simulate(CLI::App& app);
std::function<int()> define_explain(CLI::App& app);
std::function<int()> define_generate(CLI::App& app);
std::function<int()> define_bench(CLI::App& app);
std::function<int()> define_completion(CLI::App& app);

// Becomes crosstie-bench with these arguments, none of which is ours to read.
int run_bench(const std::vector<std::string>& arguments);

// The whole command line as CLI11 sees it; `ran` receives the chosen subcommand's runner.
void define_all(CLI::App& app, std::function<int()>& ran);

// ---- what options are made of ----------------------------------------------------------------
// The type name of an option is what the help text shows and what shell completion offers: words
// joined by '|', or FILE, DIR, or free text.

inline constexpr std::string_view file_type = "FILE";

// An option that takes one of `words`; anything else is refused with the nearest one.
CLI::Option* add_choice(CLI::App& app, const std::string& names, std::string& value,
                        std::vector<std::string> words, const std::string& description);

// An option with a free value, shown as `type`.
template <class T>
CLI::Option* add_value(CLI::App& app, const std::string& names, T& value, std::string_view type,
                       const std::string& description) {
  return app.add_option(names, value, description)->type_name(std::string(type));
}

// The examples under a subcommand's help text, each line as one would type it.
void add_examples(CLI::App& app, std::string_view examples);

}  // namespace crosstie::cli
