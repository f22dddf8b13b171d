#include "cli/configuration_file.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <expected>
#include <memory>

#include "cli/output.hpp"
#include "cluster/error.hpp"
#include "schedule/configuration_reader.hpp"

namespace crosstie::cli {
namespace {

std::expected<std::string, std::string> read_text(const std::string& path) {
  const bool standard_input = path == "-";
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(
      standard_input ? stdin : std::fopen(path.c_str(), "rb"),
      [](std::FILE* one) { return one == stdin ? 0 : std::fclose(one); });
  if (!file) return std::unexpected(path + ": " + std::strerror(errno));
  std::string text;
  char part[4096];
  while (const std::size_t size = std::fread(part, 1, sizeof part, file.get())) {
    text.append(part, size);
  }
  if (std::ferror(file.get())) return std::unexpected(path + ": " + std::strerror(errno));
  return text;
}

}  // namespace

std::optional<configuration_file> read_configuration_file(const std::string& path) {
  if (path.empty()) return configuration_file{};
  auto text = read_text(path);
  if (!text) {
    print_error(text.error());
    return std::nullopt;
  }
  cluster::name_table names;
  if (const auto read = schedule::read_configuration(*text, path, names); !read) {
    for (const cluster::error& one : read.error()) print_error(cluster::to_string(one));
    return std::nullopt;
  }
  return configuration_file{path, std::move(*text)};
}

schedule::configuration parse(const configuration_file& file, cluster::name_table& names) {
  if (file.path.empty()) return schedule::default_configuration();
  return schedule::read_configuration(file.text, file.path, names).value();
}

}  // namespace crosstie::cli
