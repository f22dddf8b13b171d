// YAML turned into JSON text, object by object, so that there is one decoder.
//
// yaml-cpp's events build a small tree of one object (of one item, in a List), which is written as
// JSON with line breaks so placed that every value stands in the same line as in the YAML. Errors
// of the decoder thus name true lines without knowing of YAML.
#include <fmt/format.h>
#include <simdjson.h>
#include <yaml-cpp/depthguard.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <cstring>
#include <istream>
#include <map>
#include <set>
#include <streambuf>
#include <utility>
#include <vector>

#include "cluster/input.hpp"
#include "cluster/yaml_scalar.hpp"

namespace crosstie::cluster {

namespace {

// Unwinds through yaml-cpp to split_yaml, which hands the error on.
struct yaml_failure {
  error what;
};

struct yaml_node;
using node_pointer = std::shared_ptr<yaml_node>;

struct yaml_node {
  enum class shape : std::uint8_t { scalar, list, map };
  shape form = shape::scalar;
  int line = 0;           // 0-based
  std::size_t bytes = 1;  // of its text, roughly, aliases written out
  yaml_scalar scalar;
  std::vector<node_pointer> elements;
  std::vector<std::pair<std::string, node_pointer>> members;
};

// ---- writing -----------------------------------------------------------------------------------

class json_writer {
 public:
  // The text of the object; its first line is the node's.
  std::string_view write(const yaml_node& root) {
    text_.clear();
    line_ = root.line;
    put(root);
    size_ = text_.size();
    text_.append(json_padding, ' ');
    return std::string_view(text_).substr(0, size_);
  }

 private:
  void put(const yaml_node& node) {
    // What comes by an alias stands in an earlier line; the text never goes back.
    for (; line_ < node.line; ++line_) text_ += '\n';
    switch (node.form) {
      case yaml_node::shape::scalar:
        if (node.scalar.type == scalar_type::text) {
          quote(node.scalar.value);
        } else {
          text_ += node.scalar.value;
        }
        break;
      case yaml_node::shape::list: {
        char before = '[';
        for (const node_pointer& element : node.elements) {
          text_ += std::exchange(before, ',');
          put(*element);
        }
        text_ += before == '[' ? "[]" : "]";
        break;
      }
      case yaml_node::shape::map: {
        char before = '{';
        for (const auto& [key, member] : node.members) {
          text_ += std::exchange(before, ',');
          quote(key);
          text_ += ':';
          put(*member);
        }
        text_ += before == '{' ? "{}" : "}";
        break;
      }
    }
  }

  void quote(std::string_view raw) {
    text_ += '"';
    for (char c : raw) {
      if (c == '"' || c == '\\') {
        text_ += '\\';
        text_ += c;
      } else if (static_cast<unsigned char>(c) < 0x20) {
        fmt::format_to(std::back_inserter(text_), "\\u{:04x}", static_cast<unsigned char>(c));
      } else {
        text_ += c;
      }
    }
    text_ += '"';
  }

  std::string text_;
  std::size_t size_ = 0;
  int line_ = 0;
};

// ---- reading -----------------------------------------------------------------------------------

// What yaml-cpp reads from. A problem ends the text; its reader asks for it afterwards, as nothing
// may be thrown through a stream.
class checked_stream final : public std::streambuf {
 public:
  checked_stream(byte_source& from, const input_limits& limits)
      : from_(from),
        limit_(limits.yaml_lookahead_bytes),
        text_(std::max(limits.window_bytes, 2 * smallest_part)) {}

  // yaml-cpp keeps every token of a "[...]" before it tells the first event of it, a hundred bytes
  // and more for a bracket; so what it reads between two events is limited.
  void event_seen() { silent_bytes_ = 0; }

  const std::string& problem() const { return problem_; }
  std::int64_t problem_line() const { return problem_line_; }  // from 1; 0: of no line

 private:
  static constexpr std::size_t smallest_part = 16;

  int_type underflow() override {
    if (!problem_.empty()) return traits_type::eof();
    // The start of a character that the last part was cut in.
    std::size_t size =
        static_cast<std::size_t>(std::copy_n(cut_, cut_bytes_, text_.data()) - text_.data());
    bool at_end = false;
    // yaml-cpp puts back what it read to tell the encoding, so that no part may be tiny.
    while (size < smallest_part && !at_end) {
      const auto more = from_.read(text_.data() + size, text_.size() - size);
      if (!more) {
        problem_ = more.error();
        return traits_type::eof();
      }
      size += *more;
      at_end = *more == 0;
    }
    const std::size_t whole = at_end ? size : whole_characters(size);
    if (whole == 0) return end_document();
    // A zero byte would make yaml-cpp take the text for UTF-16 or UTF-32.
    if (!simdjson::validate_utf8(text_.data(), whole) ||
        std::memchr(text_.data(), 0, whole) != nullptr) {
      problem_ = "expected text in UTF-8";
      problem_line_ = 1 + lines_ + lines_before_bad_text(whole);
      return traits_type::eof();
    }
    silent_bytes_ += whole;
    if (silent_bytes_ > limit_ + text_.size()) {
      problem_ = fmt::format("expected YAML values of at most {} bytes", limit_);
      return traits_type::eof();
    }
    cut_bytes_ = size - whole;
    std::copy_n(text_.data() + whole, cut_bytes_, cut_);
    return hand_out(whole);
  }

  // A quoted scalar that is cut off after a line passes for a whole one, unless the document is
  // ended in so many words.
  int_type end_document() {
    constexpr std::string_view mark = "...\n";
    if (std::exchange(ended_, true) || last_ != '\n') return traits_type::eof();
    std::ranges::copy(mark, text_.data());
    return hand_out(mark.size());
  }

  std::int64_t lines_before_bad_text(std::size_t size) const {
    std::string_view rest(text_.data(), size);
    for (std::int64_t lines = 0;; ++lines) {
      const std::string_view line = rest.substr(0, rest.find('\n'));
      if (line.size() == rest.size() || line.contains('\0') ||
          !simdjson::validate_utf8(line.data(), line.size())) {
        return lines;
      }
      rest.remove_prefix(line.size() + 1);
    }
  }

  int_type hand_out(std::size_t bytes) {
    last_ = text_[bytes - 1];
    lines_ += std::count(text_.data(), text_.data() + bytes, '\n');
    setg(text_.data(), text_.data(), text_.data() + bytes);
    return traits_type::to_int_type(text_[0]);
  }

  // Without a character at the end that is not complete.
  std::size_t whole_characters(std::size_t size) const {
    for (std::size_t back = 1; back <= 3 && back <= size; ++back) {
      const auto byte = static_cast<unsigned char>(text_[size - back]);
      if (byte < 0x80) return size;
      if (byte >= 0xC0) {
        const std::size_t length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2;
        return length > back ? size - back : size;
      }
    }
    return size;
  }

  byte_source& from_;
  std::size_t limit_, silent_bytes_ = 0;
  std::vector<char> text_;
  char cut_[4] = {};
  char last_ = 0;       // of what was handed out
  bool ended_ = false;  // the end of the document was, too
  std::size_t cut_bytes_ = 0;
  std::int64_t lines_ = 0, problem_line_ = 0;
  std::string problem_;
};

// ---- building ----------------------------------------------------------------------------------

class object_builder final : public YAML::EventHandler {
 public:
  object_builder(std::string_view file, const input_limits& limits, checked_stream& stream,
                 const document_sink& sink)
      : file_(file), limits_(limits), stream_(stream), sink_(sink) {}

  bool any() const { return any_; }

  void OnDocumentStart(const YAML::Mark& mark) override {
    // yaml-cpp tells of empty documents for ever where it stands before a mark it can do nothing
    // with, such as a comma.
    if (std::exchange(start_, mark.pos) == mark.pos) fail(mark.line, "expected a YAML document");
    open_.clear();
    anchors_.clear();
    aliased_bytes_ = 0;
    item_ = -1;
    kind_.clear();
    api_version_.clear();
    is_list_ = empty_list_ = false;
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    add_scalar(mark, anchor, {scalar_type::null, "null"}, false);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    auto scalar = resolve_scalar(tag, value);
    if (!scalar) fail(mark.line, fmt::format("expected a value that JSON has, found {}", value));
    add_scalar(mark, anchor, std::move(*scalar), tag == "?" && value == "<<");
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) fail(mark.line, "expected an alias of something that has ended");
    aliased_bytes_ += found->second->bytes;
    if (aliased_bytes_ > limits_.alias_bytes) {
      fail(mark.line,
           fmt::format("expected aliases that repeat at most {} bytes", limits_.alias_bytes));
    }
    add(mark.line, found->second);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, anchor, yaml_node::shape::list);
  }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, anchor, yaml_node::shape::map);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapEnd() override {
    merge(open_.back());
    close();
  }

  [[noreturn]] void fail(int line, std::string expected) const {
    error e;
    e.file = file_;
    e.line = line + 1;
    e.item = item_;
    e.expected = std::move(expected);
    throw yaml_failure{std::move(e)};
  }

 private:
  // A list or map that has not ended.
  struct frame {
    node_pointer node;
    YAML::anchor_t anchor;
    bool has_key = false, key_merges = false;
    std::string key;
    std::set<std::string, std::less<>> keys;
    std::vector<node_pointer> merged;  // maps named by "<<"
  };

  void add_scalar(const YAML::Mark& mark, YAML::anchor_t anchor, yaml_scalar scalar, bool merges) {
    stream_.event_seen();
    auto node = std::make_shared<yaml_node>();
    node->line = mark.line;
    node->bytes += scalar.value.size();
    node->scalar = std::move(scalar);
    if (anchor != YAML::NullAnchor) anchors_[anchor] = node;
    const bool is_key =
        !open_.empty() && open_.back().node->form == yaml_node::shape::map && !open_.back().has_key;
    add(mark.line, std::move(node));
    if (is_key) open_.back().key_merges = merges;
  }

  void open(const YAML::Mark& mark, YAML::anchor_t anchor, yaml_node::shape form) {
    stream_.event_seen();
    if (open_.size() >= limits_.depth) {
      fail(mark.line, fmt::format("expected at most {} levels", limits_.depth));
    }
    if (open_.size() == 1 && form == yaml_node::shape::list && open_[0].has_key &&
        open_[0].key == "items" && (kind_.empty() || kind_.ends_with("List"))) {
      is_list_ = true;
      item_ = 0;
    }
    auto node = std::make_shared<yaml_node>();
    node->form = form;
    node->line = mark.line;
    open_.push_back(
        {.node = std::move(node), .anchor = anchor, .key = {}, .keys = {}, .merged = {}});
  }

  void close() {
    node_pointer done = std::move(open_.back().node);
    if (open_.back().anchor != YAML::NullAnchor) anchors_[open_.back().anchor] = done;
    open_.pop_back();
    if (item_ >= 0 && open_.size() == 1) item_ = -1;  // the items have ended
    const int line = done->line;                      // before `done` is moved from
    add(line, std::move(done));
  }

  // A finished node goes where it belongs: an object of its own, a key, a member or an element.
  void add(int line, node_pointer node) {
    if (open_.empty()) return finish_document(*node);
    frame& inside = open_.back();
    if (inside.node->form == yaml_node::shape::map) {
      if (!inside.has_key) return take_key(line, inside, *node);
      inside.has_key = false;
      if (inside.key_merges) return inside.merged.push_back(std::move(node));
      if (open_.size() == 1) note_root_member(inside.key, *node);
      grow(line, inside, inside.key.size() + node->bytes);
      inside.node->members.emplace_back(inside.key, std::move(node));
    } else if (item_ >= 0 && open_.size() == 2) {
      hand_on(*node, item_++);
    } else {
      grow(line, inside, node->bytes);
      inside.node->elements.push_back(std::move(node));
    }
  }

  void grow(int line, frame& inside, std::size_t bytes) {
    inside.node->bytes += bytes;
    if (inside.node->bytes > limits_.object_bytes) {
      fail(line, fmt::format("expected an object of at most {} bytes", limits_.object_bytes));
    }
  }

  void take_key(int line, frame& inside, const yaml_node& node) {
    if (node.form != yaml_node::shape::scalar || node.scalar.type == scalar_type::null) {
      fail(line, "expected a text as key");
    }
    inside.has_key = true;
    inside.key_merges = false;
    inside.key = node.scalar.value;
    if (!inside.keys.insert(inside.key).second) {
      fail(line, fmt::format("expected each key once, found \"{}\" again", inside.key));
    }
  }

  // "<<": members of other maps, where the map has none of that name. Earlier maps win.
  void merge(frame& into) {
    into.keys.erase("<<");
    for (const node_pointer& merged : into.merged) {
      if (merged->form == yaml_node::shape::list) {
        for (const node_pointer& one : merged->elements) merge_one(into, *one);
      } else {
        merge_one(into, *merged);
      }
    }
  }
  void merge_one(frame& into, const yaml_node& from) {
    if (from.form != yaml_node::shape::map) fail(from.line, "expected \"<<\" to name a map");
    for (const auto& [key, member] : from.members) {
      if (!into.keys.insert(key).second) continue;
      grow(from.line, into, key.size() + member->bytes);
      into.node->members.emplace_back(key, member);
    }
  }

  void note_root_member(std::string_view key, const yaml_node& node) {
    if (node.form != yaml_node::shape::scalar) return;
    if (key == "kind") kind_ = node.scalar.value;
    if (key == "apiVersion") api_version_ = node.scalar.value;
    if (key == "items") empty_list_ = node.scalar.type == scalar_type::null;
  }

  void finish_document(const yaml_node& root) {
    if (root.form == yaml_node::shape::scalar && root.scalar.type == scalar_type::null) return;
    any_ = true;
    if (is_list_ || (empty_list_ && kind_.ends_with("List"))) return;
    hand_on(root, -1);
  }

  void hand_on(const yaml_node& node, std::int64_t item) {
    // A problem of the stream looks like its end: what came before it may be cut short.
    if (!stream_.problem().empty()) fail(node.line, stream_.problem());
    document found{.json = writer_.write(node), .from = {file_, node.line + 1, item}};
    if (item >= 0 && kind_.ends_with("List") && kind_ != "List") {
      found.kind = std::string_view(kind_).substr(0, kind_.size() - 4);
      found.api_version = api_version_;
    }
    if (auto done = sink_(found); !done) throw yaml_failure{std::move(done.error())};
  }

  std::string_view file_;
  const input_limits& limits_;
  checked_stream& stream_;
  const document_sink& sink_;
  std::vector<frame> open_;
  std::map<YAML::anchor_t, node_pointer> anchors_;
  std::size_t aliased_bytes_ = 0;
  json_writer writer_;
  std::int64_t item_ = -1;
  std::string kind_, api_version_;
  int start_ = -1;  // of the document, in the text
  bool is_list_ = false, empty_list_ = false, any_ = false;
};

error at_line(std::string_view file, std::int64_t line, std::string expected) {
  error e;
  e.file = file;
  e.line = line;
  e.expected = std::move(expected);
  return e;
}

}  // namespace

std::expected<void, error> split_yaml(byte_source& from, std::string_view file,
                                      const input_limits& limits, const document_sink& sink) {
  checked_stream bytes(from, limits);
  std::istream stream(&bytes);
  object_builder builder(file, limits, bytes, sink);
  auto problem = [&] { return at_line(file, bytes.problem_line(), bytes.problem()); };
  try {
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (yaml_failure& failure) {
    if (!bytes.problem().empty()) return std::unexpected(problem());
    return std::unexpected(std::move(failure.what));
  } catch (const YAML::DeepRecursion& exception) {
    if (!bytes.problem().empty()) return std::unexpected(problem());
    return std::unexpected(at_line(file, exception.mark.line + 1,
                                   "expected fewer brackets or levels inside each other"));
  } catch (const YAML::Exception& exception) {
    if (!bytes.problem().empty()) return std::unexpected(problem());
    return std::unexpected(
        at_line(file, exception.mark.line + 1, fmt::format("expected YAML: {}", exception.msg)));
  }
  if (!bytes.problem().empty()) return std::unexpected(problem());
  if (!builder.any()) {
    return std::unexpected(at_line(file, 0, "expected an object, found nothing"));
  }
  return {};
}

}  // namespace crosstie::cluster
