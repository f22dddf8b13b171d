#include "cli/configuration_file.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "cluster/error.hpp"
#include "schedule/configuration_reader.hpp"

namespace crosstie::cli {

std::expected<configuration_file, std::string> configuration_file::read(const std::string& path) {
  configuration_file out{path, {}};
  if (path.empty()) return out;
  const bool standard_input = path == "-";
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(
      standard_input ? stdin : std::fopen(path.c_str(), "rb"),
      [](std::FILE* one) { return one == nullptr || one == stdin ? 0 : std::fclose(one); });
  if (!file) return std::unexpected(path + ": " + std::strerror(errno));
  char part[4096];
  while (const std::size_t size = std::fread(part, 1, sizeof part, file.get())) {
    out.text.append(part, size);
  }
  if (std::ferror(file.get())) return std::unexpected(path + ": " + std::strerror(errno));
  return out;
}

std::expected<schedule::configuration, std::vector<std::string>> parse(
    const configuration_file& file, cluster::name_table& names) {
  if (file.path.empty()) return schedule::default_configuration();
  auto settings = schedule::read_configuration(file.text, file.path, names);
  if (settings) return std::move(*settings);
  std::vector<std::string> lines;
  for (const cluster::error& one : settings.error()) lines.push_back(cluster::to_string(one));
  return std::unexpected(std::move(lines));
}

}  // namespace crosstie::cli
