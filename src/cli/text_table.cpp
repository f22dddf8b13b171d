#include "cli/text_table.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace crosstie::cli {
namespace {

std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

bool is_control(char c) { return (c >= 0 && c < ' ') || c == 0x7F; }

}  // namespace

std::string printable(std::string_view text) {
  std::string shown;
  for (const char c : text) is_control(c) ? shown += fmt::format("\\x{:02x}", c) : shown += c;
  return shown;
}

void text_table::add(std::vector<std::string> row) {
  for (std::string& cell : row) {
    if (std::ranges::any_of(cell, is_control)) cell = printable(cell);
  }
  rows_.push_back(std::move(row));
}

void text_table::print(output& to, std::size_t indent) const {
  std::vector<std::size_t> widths;
  for (const column& one : columns_) widths.push_back(width_of(one.title));
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], width_of(row[i]));
    }
  }
  std::string line;
  const auto print_row = [&](auto&& cell_of) {
    line.assign(indent, ' ');
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const std::string& cell = cell_of(i);
      const std::size_t padding = widths[i] - width_of(cell);
      if (i > 0) line += "  ";
      if (columns_[i].set == side::right) line.append(padding, ' ');
      line += cell;
      if (columns_[i].set == side::left) line.append(padding, ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    to.print("{}\n", line);
  };
  print_row([&](std::size_t i) -> const std::string& { return columns_[i].title; });
  for (const auto& row : rows_) {
    print_row([&](std::size_t i) -> const std::string& { return row[i]; });
  }
}

}  // namespace crosstie::cli
