#include "cli/help_format.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <sstream>
#include <vector>

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

std::vector<const CLI::App*> shown_subcommands(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App* one) { return !one->get_group().empty(); });
}

std::string usage(const CLI::App& app, const std::string& name) {
  if (!shown_subcommands(app).empty()) return fmt::format("Usage: {} COMMAND [OPTION]...\n", name);
  std::string out = fmt::format("Usage: {} [OPTION]...", name);
  for (const CLI::Option* option : app.get_options()) {
    if (!option->get_positional()) continue;
    std::string word = option->get_name(true);
    if (!option->get_required()) word = "[" + word + "]";
    if (option->get_expected_max() > 1) word += "...";
    out += " " + word;
  }
  return out + '\n';
}

std::string option_line(const CLI::Option& option) {
  if (option.get_positional()) return two_columns(option.get_name(true), option.get_description());
  std::string name = option.get_name(false, true);
  if (const std::size_t comma = name.find(','); comma != std::string::npos) {
    name.insert(comma + 1, 1, ' ');
  }
  if (option.get_type_size() != 0 && !option.get_type_name().empty()) {
    const bool optional = option.get_expected_min() == 0;
    name += optional ? fmt::format(" [{}]", option.get_type_name()) : " " + option.get_type_name();
  }
  return two_columns(name, option.get_description());
}

std::string option_group(const CLI::App& app, const std::string& group) {
  std::string lines;
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_group() == group && !option->get_positional()) lines += option_line(*option);
  }
  return lines.empty() ? lines : fmt::format("\n{}:\n{}", group, lines);
}

}  // namespace

std::string help_format::make_help(const CLI::App* app, std::string name,
                                   CLI::AppFormatMode /*mode*/) const {
  std::string out = usage(*app, name) + '\n' + app->get_description() + '\n';
  std::string arguments, commands;
  for (const CLI::Option* option : app->get_options()) {
    if (option->get_positional()) arguments += option_line(*option);
  }
  if (!arguments.empty()) out += "\nArguments:\n" + arguments;
  for (const CLI::App* sub : shown_subcommands(*app)) {
    commands += two_columns(sub->get_name(), sub->get_description());
  }
  if (!commands.empty()) out += "\nCommands:\n" + commands;
  const std::string last = "Options";  // CLI11's name for those without a group, such as --help
  for (const std::string& group : app->get_groups()) {
    if (group != last) out += option_group(*app, group);
  }
  return out + option_group(*app, last) + '\n' + app->get_footer() + '\n';
}

}  // namespace crosstie::cli
