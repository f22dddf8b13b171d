// Where results go: standard output or a file, buffered, and everything else a person should know
// goes to standard error.
//
// Promise: what is written arrives in order, at most 64 KiB late; finish() says whether all of it
// did. A reader that went away (`| head`) ends the process by SIGPIPE, as with any Unix tool. A
// file is there whole or not at all: see unfinished_file.hpp.
// Cost: one write() per 64 KiB, whatever the size of the result.
// Thread safety: none.
#pragma once

#include <fmt/format.h>

#include <cstdio>
#include <expected>
#include <iterator>
#include <optional>
#include <ostream>
#include <streambuf>
#include <string>
#include <string_view>

#include "cli/unfinished_file.hpp"

namespace crosstie::cli {

class output {
 public:
  using Ch = char;  // with Put and Flush: RapidJSON's notion of an output stream

  explicit output(int descriptor) : descriptor_(descriptor) {}
  static std::expected<output, std::string> create(const std::string& path);
  output(output&&) noexcept = default;
  output& operator=(output&&) = delete;

  void Put(char byte) {
    buffer_.push_back(byte);
    if (buffer_.size() >= capacity) flush();
  }
  void Flush() {}  // RapidJSON asks after every document; finish() is what ends one here

  void write(std::string_view text) {
    buffer_.append(text.data(), text.data() + text.size());
    if (buffer_.size() >= capacity) flush();
  }
  template <class... Values>
  void print(fmt::format_string<Values...> format, Values&&... values) {
    fmt::format_to(std::back_inserter(buffer_), format, std::forward<Values>(values)...);
    if (buffer_.size() >= capacity) flush();
  }

  // Does the file appear with finish() only? Else its reader sees what is written before.
  bool is_kept_back() const { return file_ && file_->is_beside(); }
  // Hands over what is buffered; the error is the system's text for the first write that failed.
  std::expected<void, std::string> hand_over();
  // The same at the end: closes a file and gives it its name, but removes it after an error.
  std::expected<void, std::string> finish();

 private:
  static constexpr std::size_t capacity = 64 * 1024;
  void flush();

  int descriptor_;
  std::optional<unfinished_file> file_;
  int failure_ = 0;  // errno of the first write that failed; later writes are dropped
  fmt::basic_memory_buffer<char, capacity + 4096> buffer_;
};

// The same destination for writers that ask for a std::ostream.
class output_stream final : private std::streambuf, public std::ostream {
 public:
  explicit output_stream(output& to) : std::ostream(static_cast<std::streambuf*>(this)), to_(&to) {}

 private:
  int overflow(int byte) override {
    if (byte != EOF) to_->Put(static_cast<char>(byte));
    return byte;
  }
  std::streamsize xsputn(const char* bytes, std::streamsize size) override {
    to_->write({bytes, static_cast<std::size_t>(size)});
    return size;
  }
  output* to_;
};

// "crosstie: error: TEXT", "crosstie: warning: TEXT" and "crosstie: TEXT" on standard error, one
// line each.
void print_error(std::string_view text);
void print_warning(std::string_view text);
void print_note(std::string_view text);

}  // namespace crosstie::cli
