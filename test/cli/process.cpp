#include "cli/process.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

extern char** environ;

namespace crosstie::cli::test {

scratch::scratch() {
  std::string name = (std::filesystem::temp_directory_path() / "crosstie-test-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
  folder_ = name;
}

scratch::~scratch() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::string scratch::write(std::string_view name, std::string_view text) const {
  std::ofstream(path(name), std::ios::binary) << text;
  return path(name);
}

std::string read_file(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

process::process(const std::string& program, std::vector<std::string> arguments,
                 std::string_view input, int out) {
  const std::string in = files_.write("in", input);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, in.c_str(), O_RDONLY, 0);
  const std::string out_path = files_.path("out"), err_path = files_.path("err");
  if (out >= 0) {
    posix_spawn_file_actions_adddup2(&actions, out, 1);
  } else {
    posix_spawn_file_actions_addopen(&actions, 1, out_path.c_str(), O_WRONLY | O_CREAT, 0600);
  }
  posix_spawn_file_actions_addopen(&actions, 2, err_path.c_str(), O_WRONLY | O_CREAT, 0600);
  std::vector<char*> argv{const_cast<char*>(program.c_str())};
  for (std::string& one : arguments) argv.push_back(one.data());
  argv.push_back(nullptr);
  const int failure = posix_spawnp(&id_, program.c_str(), &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failure != 0) throw std::runtime_error("cannot start " + program);
}

bool process::catches(int signal) const {
  std::ifstream status("/proc/" + std::to_string(id_) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (!line.starts_with("SigCgt:")) continue;
    return (std::stoull(line.substr(7), nullptr, 16) >> (signal - 1) & 1) != 0;
  }
  return false;
}

bool process::alive() const {
  siginfo_t ended{};
  return ::waitid(P_PID, static_cast<id_t>(id_), &ended, WEXITED | WNOHANG | WNOWAIT) == 0 &&
         ended.si_pid == 0;
}

void process::send(int signal) const { ::kill(id_, signal); }

result process::wait() {
  int status = 0;
  while (::waitpid(id_, &status, 0) < 0 && errno == EINTR) continue;
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, WIFSIGNALED(status) ? WTERMSIG(status) : 0,
          read_file(files_.path("out")), read_file(files_.path("err"))};
}

result run(std::vector<std::string> arguments, std::string_view input) {
  return process(CROSSTIE_BINARY, std::move(arguments), input).wait();
}

result run_bash(const std::string& script) {
  return process("bash", {"-c", std::string("crosstie=" CROSSTIE_BINARY "\n") + script}).wait();
}

void expect_refused(const result& got, const std::string& why) {
  EXPECT_EQ(got.exit_code, 2) << got.err;
  EXPECT_EQ(got.out, "");
  EXPECT_THAT(got.err, testing::HasSubstr(why));
  EXPECT_THAT(got.err, testing::StartsWith("crosstie: error: "));
}

std::string shared_folder() {
  const char* told = std::getenv("CROSSTIE_SHARED");
  const std::string folder = told != nullptr ? told : CROSSTIE_SHARED;
  return std::filesystem::is_directory(folder) ? folder : "";
}

}  // namespace crosstie::cli::test
