#include "cli/output.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

namespace crosstie::cli {

std::expected<output, std::string> output::create(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (descriptor < 0) return std::unexpected(std::string(std::strerror(errno)));
  output file(descriptor);
  file.owned_ = true;
  return file;
}

output::output(output&& other) noexcept
    : descriptor_(other.descriptor_),
      owned_(std::exchange(other.owned_, false)),
      failure_(other.failure_),
      buffer_(std::move(other.buffer_)) {}

output::~output() {
  if (owned_) ::close(descriptor_);
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

std::expected<void, std::string> output::finish() {
  flush();
  if (owned_) {
    owned_ = false;
    if (::close(descriptor_) != 0 && failure_ == 0) failure_ = errno;
  }
  if (failure_ != 0) return std::unexpected(std::string(std::strerror(failure_)));
  return {};
}

void print_error(std::string_view text) { fmt::print(stderr, "crosstie: error: {}\n", text); }

void print_warning(std::string_view text) { fmt::print(stderr, "crosstie: warning: {}\n", text); }

void print_note(std::string_view text) { fmt::print(stderr, "crosstie: {}\n", text); }

}  // namespace crosstie::cli
