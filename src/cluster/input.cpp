#include "cluster/input.hpp"

#include <algorithm>
#include <filesystem>
#include <vector>

namespace crosstie::cluster {

namespace {

namespace fs = std::filesystem;

error at_file(std::string_view file, std::string expected) {
  error e;
  e.file = file;
  e.expected = std::move(expected);
  return e;
}

// A link that leads nowhere is one: opening it says so, and passing it over would lose what it
// meant.
bool may_hold_objects(const fs::directory_entry& entry) {
  std::error_code none;
  const fs::file_type type = entry.status(none).type();
  return type == fs::file_type::regular ||
         ((type == fs::file_type::not_found || type == fs::file_type::none) &&
          entry.is_symlink(none));
}

std::expected<std::vector<std::string>, error> list_directory(const std::string& path) {
  std::vector<std::string> files;
  std::error_code problem;
  for (fs::directory_iterator entry(path, problem), end; !problem && entry != end;
       entry.increment(problem)) {
    if (is_dump_name(entry->path().string()) && may_hold_objects(*entry)) {
      files.push_back(entry->path().string());
    }
  }
  if (problem) return std::unexpected(at_file(path, problem.message()));
  if (files.empty()) {
    return std::unexpected(
        at_file(path, "expected files that end in .json, .yaml, .yml or .gz, found none"));
  }
  std::sort(files.begin(), files.end());
  return files;
}

struct file_list {
  std::vector<std::string> files;
  std::uint64_t bytes = 0;  // in all; 0 where unknown
};

std::expected<file_list, error> list_files(std::span<const std::string> paths) {
  file_list list;
  bool standard_input = false;
  for (const std::string& path : paths) {
    std::error_code problem;
    if (path.empty()) {
      return std::unexpected(at_file({}, "expected a file, a directory or -, found \"\""));
    }
    if (path == "-") {
      if (standard_input) {
        return std::unexpected(at_file(path, "expected standard input to be named once"));
      }
      standard_input = true;
      list.files.push_back(path);
    } else if (fs::is_directory(path, problem)) {
      auto files = list_directory(path);
      if (!files) return std::unexpected(std::move(files.error()));
      list.files.insert(list.files.end(), files->begin(), files->end());
    } else {
      list.files.push_back(path);
    }
  }
  for (const std::string& file : list.files) {
    std::error_code problem;
    const std::uintmax_t size = file == "-" ? 0 : fs::file_size(file, problem);
    if (!problem) list.bytes += size;
  }
  if (standard_input) list.bytes = 0;
  return list;
}

// As kubectl tells them apart: JSON begins with a bracket.
bool looks_like_json(std::string_view head) {
  if (head.starts_with("\xEF\xBB\xBF")) head.remove_prefix(3);
  const std::size_t first = head.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && (head[first] == '{' || head[first] == '[');
}

}  // namespace

bool is_dump_name(const std::string& path) {
  const std::string ending = fs::path(path).extension().string();
  return ending == ".json" || ending == ".yaml" || ending == ".yml" || ending == ".gz";
}

std::expected<void, error> read_documents(std::span<const std::string> paths,
                                          const input_options& options, const document_sink& sink) {
  auto list = list_files(paths);
  if (!list) return std::unexpected(std::move(list.error()));
  std::uint64_t bytes_read = 0;
  auto on_read = [&](std::size_t count) {
    bytes_read += count;
    if (options.progress) options.progress(bytes_read, list->bytes);
  };
  for (const std::string& file : list->files) {
    auto source = open_bytes(file, on_read);
    if (!source) return std::unexpected(at_file(file, std::move(source.error())));
    constexpr std::size_t enough_to_tell = 4096;
    const auto head = (*source)->peek(enough_to_tell);
    if (!head) return std::unexpected(at_file(file, head.error()));
    const auto split = looks_like_json(*head) ? split_json : split_yaml;
    if (auto done = split(**source, file, options.limits, sink); !done) return done;
  }
  return {};
}

}  // namespace crosstie::cluster
