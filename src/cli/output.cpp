#include "cli/output.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

namespace crosstie::cli {

std::expected<output, std::string> output::create(const std::string& path) {
  auto file = unfinished_file::create(path);
  if (!file) return std::unexpected(std::string(std::strerror(file.error())));
  output made(file->descriptor());
  made.file_.emplace(std::move(*file));
  return made;
}

void output::flush() {
  const char* next = buffer_.data();
  std::size_t left = buffer_.size();
  while (left > 0 && failure_ == 0) {
    const ssize_t written = ::write(descriptor_, next, left);
    if (written < 0) {
      if (errno != EINTR) failure_ = errno;
      continue;
    }
    next += written;
    left -= static_cast<std::size_t>(written);
  }
  buffer_.clear();
}

std::expected<void, std::string> output::hand_over() {
  flush();
  if (failure_ != 0) return std::unexpected(std::string(std::strerror(failure_)));
  return {};
}

std::expected<void, std::string> output::finish() {
  flush();
  if (file_ && failure_ == 0) failure_ = file_->publish();
  file_.reset();
  return hand_over();
}

void print_error(std::string_view text) { fmt::print(stderr, "crosstie: error: {}\n", text); }

void print_warning(std::string_view text) { fmt::print(stderr, "crosstie: warning: {}\n", text); }

void print_note(std::string_view text) { fmt::print(stderr, "crosstie: {}\n", text); }

}  // namespace crosstie::cli
