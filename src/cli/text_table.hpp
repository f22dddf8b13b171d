// Columns of text for people, as kubectl prints them: upper-case titles, two blanks between.
//
// Promise: every column is as wide as its widest cell, numbers are set right, and no line ends in
// blanks. Width counts code points, not bytes. Control characters are shown as \xNN, so that no
// name or message of a dump can move the cursor or break a row.
// Cost: the whole table is held until print(). Thread safety: none.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cli/output.hpp"

namespace crosstie::cli {

// The text with its control characters shown as \xNN.
std::string printable(std::string_view text);

class text_table {
 public:
  enum class side : std::uint8_t { left, right };
  struct column {
    std::string title;
    side set = side::left;
  };

  explicit text_table(std::vector<column> columns) : columns_(std::move(columns)) {}

  void add(std::vector<std::string> row);
  bool empty() const { return rows_.empty(); }
  void print(output& to, std::size_t indent = 0) const;

 private:
  std::vector<column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace crosstie::cli
