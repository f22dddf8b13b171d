// Where text comes from: a file, standard input, either of them gzipped.
//
// Promise: the bytes in order, as much at a time as there is; a gzip stream that ends early or
// whose checksum is wrong is a problem and not an end.
// Cost: one read(2) a call for plain files; gzip inflates into the caller's buffer.
// Thread safety: none.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace crosstie::cluster {

class byte_source {
 public:
  virtual ~byte_source() = default;
  // Fills `into` from the front; 0 bytes only at the end. The problem is a text for people.
  virtual std::expected<std::size_t, std::string> read(char* into, std::size_t room) = 0;
};

// A text in memory, given out at most `step` bytes at a time.
class memory_bytes final : public byte_source {
 public:
  explicit memory_bytes(std::string_view text, std::size_t step = SIZE_MAX)
      : rest_(text), step_(step) {}
  std::expected<std::size_t, std::string> read(char* into, std::size_t room) override;

 private:
  std::string_view rest_;
  std::size_t step_;
};

// Lets its reader look at what comes next.
class lookahead_bytes final : public byte_source {
 public:
  explicit lookahead_bytes(std::unique_ptr<byte_source> from) : from_(std::move(from)) {}
  // The next `count` bytes, or all where fewer are left; valid until the next call.
  std::expected<std::string_view, std::string> peek(std::size_t count);
  std::expected<std::size_t, std::string> read(char* into, std::size_t room) override;

 private:
  std::unique_ptr<byte_source> from_;
  std::string head_;
  std::size_t given_ = 0;  // of head_
};

// Opens a file ("-": standard input) and inflates it where it begins as a gzip stream does.
// `on_read` hears the number of bytes of each read from the file itself.
std::expected<std::unique_ptr<lookahead_bytes>, std::string> open_bytes(
    const std::string& path, std::function<void(std::size_t)> on_read);

}  // namespace crosstie::cluster
