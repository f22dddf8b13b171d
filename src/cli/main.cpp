// crosstie: reads the command line, runs the chosen subcommand, and turns mistakes into exit codes.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <exception>
#include <new>
#include <optional>
#include <sstream>
#include <string_view>
#include <vector>

#include "cli/command.hpp"
#include "cli/output.hpp"
#include "cli/suggestion.hpp"

namespace crosstie::cli {
namespace {

int refuse(const std::string& what, const CLI::App& app) {
  print_error(what);
  fmt::print(stderr, "Try '{} --help'.\n",
             app.get_parent() == nullptr ? "crosstie" : "crosstie " + app.get_name());
  return bad_input;
}

std::string explain_unknown(const std::string& word, const CLI::App& app) {
  std::vector<std::string> known;
  for (const CLI::Option* option : app.get_options()) {
    for (const auto& name : option->get_lnames()) known.push_back("--" + name);
  }
  const std::string name = word.substr(0, word.find('='));
  const std::vector<std::string_view> views(known.begin(), known.end());
  return word.starts_with('-') ? "unknown option " + name + did_you_mean(name, views)
                               : "unexpected argument \"" + word + "\"";
}

std::string explain_unknown_command(const std::string& word) {
  std::vector<std::string_view> names;
  for (const command& one : commands()) names.push_back(one.name);
  return "unknown command \"" + word + "\"" + did_you_mean(word, names);
}

const CLI::App& chosen(const CLI::App& app) {
  const auto picked = app.get_subcommands();
  return picked.empty() ? app : *picked.front();
}

// What stands behind "bench" belongs to crosstie-bench, but for a question about `bench` itself.
std::optional<std::vector<std::string>> arguments_of_bench(int argc, char** argv) {
  if (argc < 3 || std::string_view(argv[1]) != "bench") return std::nullopt;
  const std::string_view first = argv[2];
  if (first == "--help" || first == "-h") return std::nullopt;
  return std::vector<std::string>(argv + (first == "--" ? 3 : 2), argv + argc);
}

// --help and --version.
int print_answer(const CLI::App& app, const CLI::Success& asked) {
  std::ostringstream text;
  app.exit(asked, text);
  output to(STDOUT_FILENO);
  to.write(text.view());
  if (const auto written = to.finish(); !written) {
    print_error("standard output: " + written.error());
    return failed;
  }
  return done;
}

int parse_and_run(int argc, char** argv) {
  if (const auto arguments = arguments_of_bench(argc, argv)) return run_bench(*arguments);
  CLI::App app("", "crosstie");
  std::function<int()> run;
  define_all(app, run);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& asked) {  // --help, --version
    return print_answer(app, asked);
  } catch (const CLI::ParseError& mistake) {
    const CLI::App& where = chosen(app);
    const auto extra = where.remaining();
    if (argc < 2) return refuse("expected a command", app);
    if (&where == &app && argv[1][0] != '-') return refuse(explain_unknown_command(argv[1]), app);
    if (!extra.empty()) return refuse(explain_unknown(extra.front(), where), where);
    return refuse(mistake.what(), where);
  }
  return run();
}

}  // namespace
}  // namespace crosstie::cli

int main(int argc, char** argv) {
  // A parent may have left SIGPIPE ignored; `crosstie ... | head` should end without a word.
  std::signal(SIGPIPE, SIG_DFL);
  try {
    return crosstie::cli::parse_and_run(argc, argv);
  } catch (const std::bad_alloc&) {
    crosstie::cli::print_error("out of memory");
  } catch (const std::exception& unexpected) {
    crosstie::cli::print_error(unexpected.what());
  }
  return crosstie::cli::failed;
}
