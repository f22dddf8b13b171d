#include "harness/help.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "cli/command.hpp"
#include "cli/help_format.hpp"

namespace crosstie::bench {
namespace {

// CLI11 calls a type "TEXT:{a,b}" or "INT:INT in [1 - 9]"; people read "a|b" and "N".
std::string plain_type(const std::string& type) {
  if (const std::size_t open = type.find('{'); open != std::string::npos) {
    std::string words = type.substr(open + 1, type.find('}') - open - 1);
    std::ranges::replace(words, ',', '|');
    return words;
  }
  if (type.ends_with(cli::file_type)) return std::string(cli::file_type);
  const bool number =
      type.starts_with("INT") || type.starts_with("UINT") || type.starts_with("FLOAT");
  return number ? "N" : type.substr(0, type.find(':'));
}

void polish_option(CLI::Option& option) {
  if (option.get_type_size() == 0 || option.get_items_expected_max() == 0) return;
  const std::string type = plain_type(option.get_type_name());
  // There is no count of them: the one after the last is not found.
  bool more = true;
  for (int i = 0; more; ++i) {
    try {
      option.get_validator(i)->description("");
    } catch (const CLI::OptionNotFound&) {
      more = false;
    }
  }
  option.type_name(type);
}

std::vector<CLI::App*> visible(CLI::App& app) {
  return app.get_subcommands([](const CLI::App* one) { return !one->get_group().empty(); });
}

void print_word(const std::string& name, const std::string& values, const std::string& text) {
  fmt::print("{}\t{}\t{}\n", name, values, text);
}

void print_option(const CLI::Option& option) {
  const std::string values =
      option.get_items_expected_max() == 0 ? std::string("-") : option.get_type_name();
  for (const std::string& name : option.get_lnames()) {
    print_word("--" + name, values, option.get_description());
  }
  for (const std::string& name : option.get_snames()) {
    print_word("-" + name, values, option.get_description());
  }
}

void print_words(CLI::App& app, const std::string& bench) {
  for (CLI::App* one : visible(app)) {
    if (bench.empty()) print_word(one->get_name(), "-", one->get_description());
    if (one->get_name() != bench) continue;
    const auto options = one->get_options();
    // One line for all arguments.
    const auto argument = std::ranges::find_if(options, &CLI::Option::get_positional);
    if (argument != options.end()) {
      print_word("*", (*argument)->get_type_name(), (*argument)->get_description());
    }
    for (const CLI::Option* option : options) print_option(*option);
  }
}

}  // namespace

void polish_help(CLI::App& app) {
  app.formatter(std::make_shared<cli::help_format>());
  app.set_help_flag("-h,--help", "print this help and exit");
  for (CLI::App* one : visible(app)) {
    one->formatter(app.get_formatter());
    one->set_help_flag("-h,--help", "print this help and exit");
    for (CLI::Option* option : one->get_options()) polish_option(*option);
  }
}

void define_words(CLI::App& app) {
  CLI::App& own = *app.add_subcommand("words", "what a shell completes")->group("");
  const auto bench = std::make_shared<std::string>();
  own.add_option("BENCH", *bench);
  own.callback([&app, bench] { print_words(app, *bench); });
}

}  // namespace crosstie::bench
