// crosstie bench: hands over to crosstie-bench, which lies beside this program where it was built.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "cli/command.hpp"
#include "cli/output.hpp"

namespace crosstie::cli {
namespace {

constexpr const char* program = "crosstie-bench";

}  // namespace

int run_bench(const std::vector<std::string>& arguments) {
  std::error_code unknown;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", unknown);
  const std::string path = (self.parent_path() / program).string();
  if (unknown || ::access(path.c_str(), X_OK) != 0) {
    print_error(
        fmt::format("{} is not there; it is built apart: cmake -DCROSSTIE_BUILD_BENCH=ON, "
                    "target {}",
                    path, program));
    return failed;
  }
  std::vector<char*> argv{const_cast<char*>(path.c_str())};
  for (const std::string& one : arguments) argv.push_back(const_cast<char*>(one.c_str()));
  argv.push_back(nullptr);
  ::execv(path.c_str(), argv.data());
  print_error(fmt::format("{}: {}", path, std::strerror(errno)));
  return failed;
}

std::function<int()> define_bench(CLI::App& app) {
  add_examples(app, R"(crosstie bench lab --html lab.html         a field report's claims, repeated
crosstie bench layouts --keys FILE --recommend   the best layout for your keys
crosstie bench tables                      our tables beside Boost, Abseil and std
crosstie bench placement                   pods placed a second
crosstie bench -- --help                   all benches
crosstie bench BENCH --help                the options of one)");
  return [] { return run_bench({}); };
}

}  // namespace crosstie::cli
