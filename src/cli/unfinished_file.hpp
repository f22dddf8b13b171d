// A file that takes its name only when it is whole: until then it lies beside the place where it
// belongs, as .crosstie-PID-N, and what was there before stays.
//
// Promise: publish() puts the file in its place at once, with the permissions of the one that was
// there, or of a new one (umask). Without publish(), and when a signal ends the process, the file
// is gone. Links are followed. What exists and is no regular file (a terminal, a pipe, /dev/null),
// what this process already writes to (/dev/stdout), and a file in a folder that takes no new ones
// are written directly, since there is nothing to put in their place. Cost: an open and a rename.
// Invariants: the first file installs handlers, in place of the default only, for the signals that
// usually end a process; they remove the files and let the signal have its usual effect.
// Thread safety: none, but signals may come at any time.
#pragma once

#include <expected>
#include <memory>
#include <string>

namespace crosstie::cli {

class unfinished_file {
 public:
  // The error is an errno, as of publish().
  static std::expected<unfinished_file, int> create(const std::string& path);
  unfinished_file(unfinished_file&& other) noexcept;
  unfinished_file& operator=(unfinished_file&&) = delete;
  ~unfinished_file();

  int descriptor() const { return descriptor_; }
  bool is_beside() const { return beside_ != nullptr; }  // false: written directly
  int publish();                                         // 0, or what went wrong

 private:
  explicit unfinished_file(int descriptor) : descriptor_(descriptor) {}
  static std::expected<unfinished_file, int> open_directly(const std::string& path);
  void forget();

  int descriptor_;
  std::unique_ptr<std::string> beside_;  // its name for now; signal handlers read it
  std::string target_;
};

// From now on the signal removes unfinished files and then has its usual effect. May be called in a
// signal handler.
void discard_unfinished_on(int signal);

// Would both names be one regular file, whether it is there already or not?
bool are_one_file(const std::string& a, const std::string& b);

}  // namespace crosstie::cli
