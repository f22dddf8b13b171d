// Cuts JSON text into objects without reading them: the skeleton around the objects is read byte
// by byte, the objects themselves are passed over by bracket_scan.
#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <vector>

#include "cluster/input.hpp"
#include "cluster/json_scan.hpp"

namespace crosstie::cluster {

namespace {

// Unwinds to split_json, which hands the error on.
struct split_failure {
  error what;
};

// A part of the text in memory; offsets count from the first byte of the text.
// Invariants: [kept, end) is in memory, followed by json_padding readable bytes.
class window {
 public:
  window(byte_source& from, const input_limits& limits)
      : from_(from),
        limit_(limits.object_bytes),
        bytes_(std::max<std::size_t>(limits.window_bytes, 2 * bracket_scan::block_bytes) +
               json_padding) {}

  std::uint64_t end() const { return base_ + size_; }
  const char* at(std::uint64_t offset) const { return bytes_.data() + (offset - base_); }
  // What is before `offset` will not be asked for again.
  void keep_from(std::uint64_t offset) { kept_ = offset; }
  std::uint64_t kept() const { return kept_; }

  enum class more : std::uint8_t { some, none, too_large, failed };
  more read_more(std::string& problem) {
    make_room();
    if (end() - kept_ > limit_) return more::too_large;
    const std::size_t room = bytes_.size() - json_padding - size_;
    const auto count = from_.read(bytes_.data() + size_, room);
    if (!count) {
      problem = count.error();
      return more::failed;
    }
    size_ += *count;
    return *count == 0 ? more::none : more::some;
  }

 private:
  void make_room() {
    const std::size_t capacity = bytes_.size() - json_padding;
    if (size_ < capacity) return;
    const auto passed = static_cast<std::size_t>(kept_ - base_);
    std::memmove(bytes_.data(), bytes_.data() + passed, size_ - passed);
    base_ += passed;
    size_ -= passed;
    if (size_ > capacity / 2) bytes_.resize(capacity * 2 + json_padding);
  }

  byte_source& from_;
  std::size_t limit_;
  std::vector<char> bytes_;
  std::uint64_t base_ = 0, kept_ = 0;  // offsets of bytes_[0] and of what must stay
  std::size_t size_ = 0;
};

class json_splitter {
 public:
  json_splitter(byte_source& from, std::string_view file, const input_limits& limits,
                const document_sink& sink)
      : window_(from, limits), file_(file), limits_(limits), sink_(sink) {}

  void run() {
    skip_byte_order_mark();
    while (skip_blanks()) {
      window_.keep_from(at_);
      kind_.clear();
      api_version_.clear();
      if (peek() == '{') {
        read_object();
      } else if (peek() == '[') {
        read_items();
      } else {
        fail("expected an object");
      }
      any_ = true;
    }
    if (!any_) fail_plainly("expected an object, found nothing");
  }

 private:
  // ---- bytes ----

  bool has(std::size_t count) {
    while (window_.end() - at_ < count) {
      std::string problem;
      switch (window_.read_more(problem)) {
        case window::more::some:
          break;
        case window::more::none:
          return false;
        case window::more::too_large:
          fail_plainly(fmt::format("expected an object of at most {} bytes", limits_.object_bytes));
        case window::more::failed:
          fail_plainly(std::move(problem));
      }
    }
    return true;
  }
  char peek() { return *window_.at(at_); }  // after has(1)
  std::string_view text(std::uint64_t first, std::uint64_t last) const {
    return {window_.at(first), static_cast<std::size_t>(last - first)};
  }

  void skip_byte_order_mark() {
    if (has(3) && text(0, 3) == "\xEF\xBB\xBF") at_ = 3;
  }
  // Returns whether anything but blanks follows.
  bool skip_blanks() {
    for (;; ++at_) {
      if (!has(1)) return false;
      const char c = peek();
      if (c == '\n') {
        ++line_;
      } else if (c != ' ' && c != '\t' && c != '\r') {
        return true;
      }
    }
  }
  void need_more(std::string_view expected) {
    if (!skip_blanks()) fail_plainly(fmt::format("expected {}, found the end", expected));
  }
  void take(char c) {
    need_more(fmt::format("'{}'", c));
    if (peek() != c) fail(fmt::format("expected '{}'", c));
    ++at_;
  }

  // ---- values ----

  // Passes over a text; returns what stands between its quotes, escapes as they are.
  std::string_view skip_text() {
    const std::uint64_t first = ++at_;
    bool escaped = false;
    for (;; ++at_) {
      if (!has(1)) fail_plainly("expected '\"', found the end inside a string");
      if (peek() == '"' && !escaped) return text(first, at_++);
      escaped = peek() == '\\' && !escaped;
    }
  }

  void skip_brackets() {
    const std::int64_t first_line = line_;
    bracket_scan scan;
    for (;;) {
      const auto known = static_cast<std::size_t>(window_.end() - at_);
      if (known < bracket_scan::block_bytes && !has(bracket_scan::block_bytes)) break;
      const char* place = window_.at(at_);
      const auto found = scan.scan(
          place, static_cast<std::size_t>(window_.end() - at_) / bracket_scan::block_bytes,
          static_cast<std::int64_t>(limits_.depth));
      at_ += static_cast<std::uint64_t>(place - window_.at(at_));
      line_ = first_line + scan.newlines;
      if (settle(found)) return;
    }
    // The text ends in less than a block; blanks stand for the rest.
    const std::string_view rest = text(at_, window_.end());
    char block[bracket_scan::block_bytes];
    std::memset(block, ' ', sizeof block);
    rest.copy(block, rest.size());
    const char* place = block;
    const auto found = scan.scan(place, 1, static_cast<std::int64_t>(limits_.depth));
    line_ = first_line + scan.newlines;
    if (found != bracket_scan::result::open) at_ += static_cast<std::uint64_t>(place - block);
    if (!settle(found)) fail_plainly("expected '}', found the end inside an object");
  }
  bool settle(bracket_scan::result found) {
    if (found == bracket_scan::result::too_deep) {
      fail_plainly(fmt::format("expected at most {} brackets inside each other", limits_.depth));
    }
    return found == bracket_scan::result::closed;
  }

  void skip_value() {
    const char first = peek();
    if (first == '{' || first == '[') return skip_brackets();
    if (first == '"') {
      skip_text();
      return;
    }
    const std::uint64_t start = at_;
    while (has(1) && std::string_view(",]} \t\r\n").find(peek()) == std::string_view::npos) ++at_;
    const std::string_view word = text(start, at_);
    const bool number = !word.empty() && (word[0] == '-' || (word[0] >= '0' && word[0] <= '9'));
    if (!number && word != "true" && word != "false" && word != "null") {
      at_ = start;
      fail("expected a JSON value");
    }
  }

  // ---- objects and lists ----

  void read_object() {
    const std::uint64_t first = at_;
    const std::int64_t first_line = line_;
    ++at_;
    bool is_list = false, empty_list = false;
    need_more("'}'");
    if (peek() == '}') {
      ++at_;
    } else {
      do {
        need_more("'\"'");
        if (peek() != '"') fail("expected '\"'");
        const std::string key(skip_text());
        take(':');
        need_more("a value");
        if (key == "items" && may_be_list()) {
          if (peek() == '[') {
            check_utf8();
            is_list = true;
            read_items();
          } else {
            empty_list = peek() == 'n';
            skip_value();
          }
        } else {
          read_member(key);
        }
        if (is_list) check_utf8();
        need_more("',' or '}'");
      } while (take_comma('}'));
    }
    if (!is_list && !(empty_list && kind_.ends_with("List"))) {
      hand_on(first, first_line, -1);
    }
    window_.keep_from(at_);
  }

  // Whatever else is named "items", it is no list of objects in an object of another kind.
  bool may_be_list() const { return kind_.empty() || kind_.ends_with("List"); }

  void read_member(std::string_view key) {
    if (peek() != '"' || (key != "kind" && key != "apiVersion")) return skip_value();
    (key == "kind" ? kind_ : api_version_) = skip_text();
  }

  // After a value: is another to come? Otherwise `closing` is taken.
  bool take_comma(char closing) {
    const char c = peek();
    if (c != ',' && c != closing) fail(fmt::format("expected ',' or '{}'", closing));
    ++at_;
    return c == ',';
  }

  void read_items() {
    ++at_;
    need_more("an object or ']'");
    if (peek() == ']') {
      ++at_;
      return;
    }
    item_ = 0;
    do {
      need_more("an object");
      if (peek() != '{') fail("expected an object");
      window_.keep_from(at_);
      const std::uint64_t first = at_;
      const std::int64_t first_line = line_;
      skip_brackets();
      hand_on(first, first_line, item_);
      window_.keep_from(at_);
      ++item_;
      need_more("',' or ']'");
    } while (take_comma(']'));
    item_ = -1;
  }

  void hand_on(std::uint64_t first, std::int64_t line, std::int64_t item) {
    document found{.json = text(first, at_), .from = {file_, line, item}};
    if (item >= 0 && kind_.ends_with("List") && kind_ != "List") {
      found.kind = std::string_view(kind_).substr(0, kind_.size() - 4);
      found.api_version = api_version_;
    }
    if (auto done = sink_(found); !done) throw split_failure{std::move(done.error())};
  }

  // The skeleton's texts; the objects' are checked by their decoder.
  void check_utf8() {
    const std::string_view passed = text(window_.kept(), at_);
    if (!simdjson::validate_utf8(passed.data(), passed.size())) {
      fail_plainly("expected text in UTF-8");
    }
    window_.keep_from(at_);
  }

  // ---- errors ----

  [[noreturn]] void fail_plainly(std::string expected) {
    error e;
    e.file = file_;
    e.line = line_;
    e.item = item_;
    e.expected = std::move(expected);
    throw split_failure{std::move(e)};
  }
  // With the byte found here.
  [[noreturn]] void fail(std::string expected) {
    const auto c = static_cast<unsigned char>(peek());
    fail_plainly(c > ' ' && c < 0x7F ? fmt::format("{}, found '{}'", expected, char(c))
                                     : fmt::format("{}, found byte 0x{:02x}", expected, c));
  }

  window window_;
  std::string_view file_;
  const input_limits& limits_;
  const document_sink& sink_;
  std::uint64_t at_ = 0;
  std::int64_t line_ = 1;
  std::int64_t item_ = -1;
  std::string kind_, api_version_;
  bool any_ = false;
};

}  // namespace

std::expected<void, error> split_json(byte_source& from, std::string_view file,
                                      const input_limits& limits, const document_sink& sink) {
  try {
    json_splitter(from, file, limits, sink).run();
  } catch (split_failure& failure) {
    return std::unexpected(std::move(failure.what));
  }
  return {};
}

}  // namespace crosstie::cluster
