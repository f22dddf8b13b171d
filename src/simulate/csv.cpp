#include "simulate/csv.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <fstream>
#include <iterator>

namespace crosstie::simulate {

using cluster::error;

std::expected<csv_reader, error> csv_reader::open(const std::string& path,
                                                  const std::vector<std::string_view>& required) {
  csv_reader reader;
  reader.path_ = path;
  std::ifstream file(path, std::ios::binary);
  if (!file)
    return std::unexpected(reader.wrong("", fmt::format("cannot read: {}", std::strerror(errno))));
  reader.content_.assign(std::istreambuf_iterator<char>(file), {});
  if (file.bad() || (file.fail() && !file.eof())) {
    return std::unexpected(reader.wrong("", "cannot read to its end"));
  }
  if (!reader.cut_line()) {
    return std::unexpected(reader.wrong("", "expected a header line, found an empty file"));
  }
  reader.columns_.assign(reader.fields_.begin(), reader.fields_.end());
  for (std::string_view column : required) {
    if (!reader.has(column)) {
      return std::unexpected(reader.wrong(column, "expected this column in the header"));
    }
  }
  for (const std::string& column : reader.columns_) {
    if (std::ranges::count(reader.columns_, column) > 1) {
      return std::unexpected(reader.wrong(column, "expected this column once in the header"));
    }
  }
  return reader;
}

bool csv_reader::cut_line() {
  while (at_ < content_.size()) {
    const std::size_t end = std::min(content_.find('\n', at_), content_.size());
    std::string_view line(content_.data() + at_, end - at_);
    at_ = end + 1;
    ++line_;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) continue;
    fields_.clear();
    for (;;) {
      const std::size_t comma = line.find(',');
      fields_.push_back(line.substr(0, comma));
      if (comma == std::string_view::npos) return true;
      line.remove_prefix(comma + 1);
    }
  }
  return false;
}

std::expected<bool, error> csv_reader::next() {
  if (!cut_line()) return false;
  if (fields_.size() != columns_.size()) {
    return std::unexpected(
        wrong("", fmt::format("expected {} fields, found {}", columns_.size(), fields_.size())));
  }
  return true;
}

std::optional<std::size_t> csv_reader::position(std::string_view column) const {
  const auto found = std::ranges::find(columns_, column);
  if (found == columns_.end()) return std::nullopt;
  return static_cast<std::size_t>(found - columns_.begin());
}

std::string_view csv_reader::text(std::string_view column) const {
  const auto found = position(column);
  return found ? fields_[*found] : std::string_view{};
}

std::expected<std::int64_t, error> csv_reader::number(std::string_view column, std::int64_t lowest,
                                                      std::int64_t highest) const {
  const std::string_view field = text(column);
  std::int64_t value = 0;
  const auto [end, problem] = std::from_chars(field.data(), field.data() + field.size(), value);
  if (problem != std::errc{} || end != field.data() + field.size() || value < lowest ||
      value > highest) {
    return std::unexpected(
        wrong(column, fmt::format("expected a whole number from {} to {}, found \"{}\"", lowest,
                                  highest, field)));
  }
  return value;
}

error csv_reader::wrong(std::string_view column, std::string expected) const {
  error what;
  what.file = path_;
  what.line = line_;
  what.field = column;
  what.expected = std::move(expected);
  return what;
}

}  // namespace crosstie::simulate
