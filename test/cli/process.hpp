// The real binary as a child process: its exit status and all that it printed.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace crosstie::cli::test {

struct result {
  int exit_code = -1;  // -1: ended by a signal
  int signal = 0;
  std::string out, err;
};

// A folder of its own for each test, gone with it.
class scratch {
 public:
  scratch();
  ~scratch();
  scratch(const scratch&) = delete;
  scratch& operator=(const scratch&) = delete;

  std::string path(std::string_view name) const { return (folder_ / name).string(); }
  std::string write(std::string_view name, std::string_view text) const;  // the file's path

 private:
  std::filesystem::path folder_;
};

std::string read_file(const std::string& path);

class process {
 public:
  // `input` is what the child reads from standard input. With `out` not negative the child's
  // standard output is that descriptor, and result::out stays empty.
  process(const std::string& program, std::vector<std::string> arguments,
          std::string_view input = {}, int out = -1);
  process(const process&) = delete;
  process& operator=(const process&) = delete;

  bool catches(int signal) const;  // has it a handler of its own by now?
  bool alive() const;
  void send(int signal) const;
  result wait();

 private:
  scratch files_;
  pid_t id_ = -1;
};

// Runs crosstie, the one built together with the tests.
result run(std::vector<std::string> arguments, std::string_view input = {});
// Runs a bash script with $crosstie set to the binary.
result run_bash(const std::string& script);

// A mistake: exit code 2, the text on standard error, nothing that looks like a result.
void expect_refused(const result& got, const std::string& why);

// Where the shared reference data lies; empty where it is absent.
std::string shared_folder();

}  // namespace crosstie::cli::test
