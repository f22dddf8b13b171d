#include "cluster/byte_source.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

namespace crosstie::cluster {

namespace {

class file_bytes final : public byte_source {
 public:
  file_bytes(int descriptor, bool owned, std::function<void(std::size_t)> on_read)
      : descriptor_(descriptor), owned_(owned), on_read_(std::move(on_read)) {}
  ~file_bytes() override {
    if (owned_) ::close(descriptor_);
  }

  std::expected<std::size_t, std::string> read(char* into, std::size_t room) override {
    for (;;) {
      const ssize_t count = ::read(descriptor_, into, room);
      if (count >= 0) {
        if (on_read_) on_read_(static_cast<std::size_t>(count));
        return static_cast<std::size_t>(count);
      }
      if (errno != EINTR) return std::unexpected(std::string(std::strerror(errno)));
    }
  }

 private:
  int descriptor_;
  bool owned_;
  std::function<void(std::size_t)> on_read_;
};

// Several gzip streams one after another are one text, as `cat a.gz b.gz` makes them.
class gzip_bytes final : public byte_source {
 public:
  explicit gzip_bytes(std::unique_ptr<byte_source> from) : from_(std::move(from)) {
    constexpr int gzip_only = 16 + MAX_WBITS;
    if (inflateInit2(&stream_, gzip_only) != Z_OK) throw std::bad_alloc();
  }
  ~gzip_bytes() override { inflateEnd(&stream_); }
  gzip_bytes(const gzip_bytes&) = delete;
  gzip_bytes& operator=(const gzip_bytes&) = delete;

  std::expected<std::size_t, std::string> read(char* into, std::size_t room) override {
    constexpr std::size_t largest = std::size_t{1} << 30;  // zlib counts in unsigned int
    room = std::min(room, largest);
    stream_.next_out = reinterpret_cast<Bytef*>(into);
    stream_.avail_out = static_cast<uInt>(room);
    while (stream_.avail_out == room) {
      if (stream_.avail_in == 0) {
        const auto count = from_->read(compressed_.data(), compressed_.size());
        if (!count) return count;
        if (*count == 0) {
          if (between_streams_) return 0;
          return std::unexpected("expected more gzip data: the file is cut short");
        }
        stream_.next_in = reinterpret_cast<Bytef*>(compressed_.data());
        stream_.avail_in = static_cast<uInt>(*count);
      }
      if (between_streams_) {
        inflateReset(&stream_);
        between_streams_ = false;
      }
      const int result = inflate(&stream_, Z_NO_FLUSH);
      if (result == Z_STREAM_END) {
        between_streams_ = true;
      } else if (result != Z_OK && result != Z_BUF_ERROR) {
        return std::unexpected(std::string("expected gzip data: ") +
                               (stream_.msg != nullptr ? stream_.msg : "it is damaged"));
      }
    }
    return room - stream_.avail_out;
  }

 private:
  std::unique_ptr<byte_source> from_;
  std::vector<char> compressed_ = std::vector<char>(64 << 10);
  z_stream stream_{};
  bool between_streams_ = false;
};

}  // namespace

std::expected<std::size_t, std::string> memory_bytes::read(char* into, std::size_t room) {
  const std::size_t count = std::min({room, rest_.size(), step_});
  rest_.copy(into, count);
  rest_.remove_prefix(count);
  return count;
}

std::expected<std::string_view, std::string> lookahead_bytes::peek(std::size_t count) {
  head_.erase(0, given_);
  given_ = 0;
  std::size_t known = head_.size();
  while (known < count) {
    head_.resize(count);
    const auto more = from_->read(head_.data() + known, count - known);
    head_.resize(known + more.value_or(0));
    if (!more) return std::unexpected(more.error());
    if (*more == 0) break;
    known += *more;
  }
  return std::string_view(head_).substr(0, count);
}

std::expected<std::size_t, std::string> lookahead_bytes::read(char* into, std::size_t room) {
  if (given_ == head_.size()) return from_->read(into, room);
  const std::size_t count = head_.copy(into, room, given_);
  given_ += count;
  return count;
}

std::expected<std::unique_ptr<lookahead_bytes>, std::string> open_bytes(
    const std::string& path, std::function<void(std::size_t)> on_read) {
  const bool standard_input = path == "-";
  int descriptor = STDIN_FILENO;
  if (!standard_input) {
    descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return std::unexpected(std::string(std::strerror(errno)));
  }
  auto file = std::make_unique<lookahead_bytes>(
      std::make_unique<file_bytes>(descriptor, !standard_input, std::move(on_read)));
  const auto head = file->peek(2);
  if (!head) return std::unexpected(head.error());
  if (*head != "\x1f\x8b") return file;
  return std::make_unique<lookahead_bytes>(std::make_unique<gzip_bytes>(std::move(file)));
}

}  // namespace crosstie::cluster
