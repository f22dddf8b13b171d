#include "cli/help_format.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <sstream>

namespace crosstie::cli {
namespace {

constexpr std::size_t left_width = 30, line_width = 80;

// "  NAME   description", the description wrapped into its column.
std::string two_columns(const std::string& name, const std::string& description) {
  std::string out = "  " + name;
  std::size_t column = out.size();
  if (column + 2 > left_width) {
    out += '\n';
    column = 0;
  }
  out.append(left_width - column, ' ');
  column = left_width;
  std::istringstream words(description);
  for (std::string word; words >> word;) {
    if (column > left_width && column + 1 + word.size() > line_width) {
      out += '\n';
      out.append(left_width, ' ');
      column = left_width;
    }
    if (column > left_width) out += ' ', ++column;
    out += word;
    column += word.size();
  }
  return out + '\n';
}

}  // namespace

std::string help_format::make_usage(const CLI::App* app, std::string name) const {
  std::string out = fmt::format("Usage: {}", name);
  if (!app->get_subcommands([](const CLI::App*) { return true; }).empty()) {
    return out + " COMMAND [OPTION...]\n";
  }
  out += " [OPTION...]";
  for (const CLI::Option* option : app->get_options()) {
    if (!option->get_positional()) continue;
    const std::string text = option->get_name(true) + (option->get_expected_max() > 1 ? "..." : "");
    out += option->get_required() ? " " + text : " [" + text + "]";
  }
  return out + '\n';
}

std::string help_format::make_option_opts(const CLI::Option* option) const {
  return option->get_type_size() == 0 || option->get_type_name().empty()
             ? ""
             : " " + option->get_type_name();
}

std::string help_format::make_option(const CLI::Option* option, bool positional) const {
  const std::string name = positional ? option->get_name(true) : option->get_name(false, true);
  return two_columns(name + (positional ? "" : make_option_opts(option)),
                     option->get_description());
}

std::string help_format::make_subcommand(const CLI::App* app) const {
  return two_columns(app->get_name(), app->get_description());
}

}  // namespace crosstie::cli
