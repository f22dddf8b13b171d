#include "simulate/event_reader.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <string_view>
#include <utility>

#include "cluster/timestamp.hpp"

namespace crosstie::simulate {

using cluster::error;

// The raw JSON of the three members that a line must have; empty where it lacks one.
struct event_reader::frame {
  std::string_view time, event, object;
};

class event_reader::frame_parser {
 public:
  // `line` is followed by padding. Absent: not a JSON object; `problem` then says why.
  std::optional<frame> parse(std::string_view line, std::string& problem) {
    frame found;
    simdjson::ondemand::document document;
    auto code = parser_.iterate(line.data(), line.size(), line.size() + cluster::json_padding)
                    .get(document);
    simdjson::ondemand::object members;
    if (!code) code = document.get_object().get(members);
    if (!code) code = read_members(members, found);
    const char* rest = nullptr;
    if (!code && !document.current_location().get(rest)) code = simdjson::TAPE_ERROR;
    if (!code) return found;
    problem = simdjson::error_message(code);
    return std::nullopt;
  }

 private:
  static simdjson::error_code read_members(simdjson::ondemand::object members, frame& found) {
    for (auto member : members) {
      std::string_view key, value;
      if (auto code = member.unescaped_key().get(key)) return code;
      if (auto code = raw_text(member.value(), value)) return code;
      if (key == "time") found.time = value;
      if (key == "event" || key == "type") found.event = value;
      if (key == "object") found.object = value;
    }
    return simdjson::SUCCESS;
  }
  // The text of a value, containers whole.
  static simdjson::error_code raw_text(simdjson::ondemand::value value, std::string_view& text) {
    simdjson::ondemand::json_type type;
    if (auto code = value.type().get(type)) return code;
    if (type == simdjson::ondemand::json_type::object) {
      simdjson::ondemand::object inner;
      if (auto code = value.get_object().get(inner)) return code;
      return inner.raw_json().get(text);
    }
    if (type == simdjson::ondemand::json_type::array) {
      simdjson::ondemand::array inner;
      if (auto code = value.get_array().get(inner)) return code;
      return inner.raw_json().get(text);
    }
    text = value.raw_json_token();
    while (!text.empty() && std::strchr(" \t\r\n", text.back()) != nullptr) text.remove_suffix(1);
    return simdjson::SUCCESS;
  }

  simdjson::ondemand::parser parser_;
};

namespace {

// The texts that matter here need no escapes.
std::optional<std::string_view> unquote(std::string_view json) {
  if (json.size() < 2 || json.front() != '"' || json.back() != '"') return std::nullopt;
  return json.substr(1, json.size() - 2);
}

std::optional<cluster::event_kind> parse_kind(std::string_view text) {
  using cluster::event_kind;
  for (std::string_view put : {"add", "update", "ADDED", "MODIFIED"}) {
    if (text == put) return event_kind::put;
  }
  for (std::string_view remove : {"delete", "DELETED"}) {
    if (text == remove) return event_kind::remove;
  }
  return std::nullopt;
}

// "12.5": decimal digits as nanoseconds, exactly; finer ones are cut.
std::optional<cluster::timestamp> parse_seconds(std::string_view text) {
  constexpr std::int64_t most_seconds = 6'000'000'000;
  const std::size_t point = std::min(text.find('.'), text.size());
  std::int64_t seconds = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + point, seconds);
  if (problem != std::errc{} || end != text.data() + point || seconds < 0 ||
      seconds > most_seconds || text.front() == '-') {
    return std::nullopt;
  }
  std::int64_t nanos = 0;
  std::int64_t unit = 100'000'000;
  for (std::size_t i = point + 1; i < text.size(); ++i, unit /= 10) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    nanos += unit * (text[i] - '0');
  }
  return seconds * 1'000'000'000 + nanos;
}

}  // namespace

event_reader::event_reader(std::string name, std::unique_ptr<cluster::byte_source> from,
                           cluster::timestamp zero, cluster::store& into)
    : name_(std::move(name)),
      from_(std::move(from)),
      zero_(zero),
      objects_(&into),
      frames_(std::make_unique<frame_parser>()),
      objects_decoder_(std::make_unique<cluster::decoder>(into)) {}

event_reader::event_reader(event_reader&&) noexcept = default;
event_reader::~event_reader() = default;

std::expected<event_reader, error> event_reader::open(const std::string& path,
                                                      cluster::timestamp zero,
                                                      cluster::store& into) {
  auto bytes = cluster::open_bytes(path, [](std::size_t) {});
  if (!bytes) {
    error what;
    what.file = path;
    what.expected = std::move(bytes.error());
    return std::unexpected(std::move(what));
  }
  return event_reader(path, std::move(*bytes), zero, into);
}

std::expected<bool, error> event_reader::cut_line() {
  constexpr std::size_t chunk_bytes = std::size_t{256} << 10;
  std::size_t end = read_.find('\n', read_from_);
  while (end == std::string::npos) {
    read_.erase(0, std::exchange(read_from_, 0));
    const std::size_t searched = read_.size();
    read_.resize(searched + chunk_bytes);
    const auto got = from_->read(read_.data() + searched, chunk_bytes);
    read_.resize(searched + got.value_or(0));
    if (!got) return wrong("", got.error());
    if (*got == 0) break;
    end = read_.find('\n', searched);
  }
  if (end == std::string::npos && read_.empty()) return false;
  line_size_ = std::min(end, read_.size()) - read_from_;
  line_.assign(read_, read_from_, line_size_);
  line_.append(cluster::json_padding, ' ');
  read_from_ = std::min(read_.size(), read_from_ + line_size_ + 1);
  if (++line_number_ == 1 && line_.starts_with("\xEF\xBB\xBF")) {
    line_.erase(0, 3);
    line_size_ -= 3;
  }
  return true;
}

std::expected<std::optional<cluster::event>, error> event_reader::next() {
  for (;;) {
    const auto more = cut_line();
    if (!more) return std::unexpected(more.error());
    if (!*more) return std::nullopt;
    if (line_.find_first_not_of(" \t\r") == std::string::npos) continue;
    auto event = read_line();
    if (!event) return std::unexpected(std::move(event.error()));
    if (auto* known = std::get_if<cluster::priority_class>(&event->object)) {
      // Only pods of later lines ask for it, and they are read before its event would be applied.
      if (event->kind == cluster::event_kind::put) {
        objects_->priority_classes.put(std::move(*known));
      } else {
        objects_->priority_classes.remove(cluster::key_of(*known));
      }
      continue;
    }
    if (!std::holds_alternative<cluster::other_object>(event->object)) return std::move(*event);
    ++passed_over_;
  }
}

std::expected<cluster::event, error> event_reader::read_line() {
  std::string problem;
  const auto found = frames_->parse(std::string_view(line_).substr(0, line_size_), problem);
  if (!found) return wrong("", fmt::format("expected a JSON object on one line: {}", problem));

  cluster::event event{};
  if (const auto date = unquote(found->time)) {
    const auto at = cluster::parse_timestamp(*date);
    if (!at) {
      return wrong("time", fmt::format("expected a date such as 2026-01-31T12:00:00Z or seconds, "
                                       "found {}",
                                       found->time));
    }
    event.at = *at;
  } else {
    const auto after = found->time.empty() ? std::nullopt : parse_seconds(found->time);
    if (!after) {
      return wrong("time", fmt::format("expected a date such as 2026-01-31T12:00:00Z or seconds "
                                       "such as 12.5, found {}",
                                       found->time.empty() ? "nothing" : found->time));
    }
    event.at = zero_ + *after;
  }
  if (last_ && event.at < *last_) {
    return wrong("time", fmt::format("expected a time not before that of the line above, found {}",
                                     found->time));
  }
  last_ = event.at;

  const auto kind = parse_kind(unquote(found->event).value_or(""));
  if (!kind) {
    return wrong("event", fmt::format("expected add, update or delete, found {}",
                                      found->event.empty() ? "nothing" : found->event));
  }
  event.kind = *kind;
  if (found->object.empty()) return wrong("object", "expected an object, found nothing");
  auto object =
      objects_decoder_->decode({.json = found->object, .from = {name_, line_number_, -1}});
  if (!object) return std::unexpected(std::move(object.error()));
  if (auto* pod = std::get_if<cluster::pod>(&*object);
      pod != nullptr && event.kind == cluster::event_kind::put &&
      !cluster::resolve_priority(*objects_, *pod, objects_decoder_->last_priority())) {
    ++unknown_classes_;
  }
  event.object = std::move(*object);
  return event;
}

std::unexpected<error> event_reader::wrong(std::string field, std::string expected) const {
  error what;
  what.file = name_;
  what.line = line_number_;
  what.field = std::move(field);
  what.expected = std::move(expected);
  return std::unexpected(std::move(what));
}

}  // namespace crosstie::simulate
