// A CSV file with a header line, as the openb traces are: commas, no quoting.
//
// Promise: a field is found by its column's name, whatever the order; an error names file, line,
// column and what was expected. A line ending in CR LF is read as one in LF; empty lines are
// passed over.
// Cost: the file is in memory once, lines are cut one after another. Thread safety: none.
#pragma once

#include <cstdint>
#include <expected>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cluster/error.hpp"

namespace crosstie::simulate {

class csv_reader {
 public:
  // Reads the file and its header; `required` columns must be there, each column once.
  static std::expected<csv_reader, cluster::error> open(
      const std::string& path, const std::vector<std::string_view>& required);

  // Goes to the next line. False at the end; an error where the line has too few or many fields.
  std::expected<bool, cluster::error> next();

  bool has(std::string_view column) const { return position(column).has_value(); }
  // The field of this line; empty where there is no such column.
  std::string_view text(std::string_view column) const;
  // A whole number in [lowest, highest].
  std::expected<std::int64_t, cluster::error> number(
      std::string_view column, std::int64_t lowest,
      std::int64_t highest = std::numeric_limits<std::int64_t>::max()) const;
  cluster::error wrong(std::string_view column, std::string expected) const;

 private:
  std::optional<std::size_t> position(std::string_view column) const;
  bool cut_line();

  std::string path_, content_;
  std::size_t at_ = 0;
  std::int64_t line_ = 0;
  std::vector<std::string> columns_;
  std::vector<std::string_view> fields_;  // of content_
};

}  // namespace crosstie::simulate
