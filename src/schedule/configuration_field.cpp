#include "schedule/configuration_field.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <limits>

#include "schedule/duration.hpp"

namespace crosstie::schedule {
namespace {

std::string_view describe(simdjson::dom::element found) {
  using simdjson::dom::element_type;
  switch (found.type()) {
    case element_type::ARRAY:
      return "a list";
    case element_type::OBJECT:
      return "an object";
    case element_type::INT64:
    case element_type::UINT64:
    case element_type::DOUBLE:
      return "a number";
    case element_type::STRING:
      return "a string";
    case element_type::BOOL:
      return "a boolean";
    case element_type::NULL_VALUE:
      break;
  }
  return "null";
}

}  // namespace

void problem_list::add(std::string field, std::string text) {
  errors_.push_back(
      {.file = file_, .object = {}, .field = std::move(field), .expected = std::move(text)});
}

void problem_list::invalid(std::string field, std::string_view value, std::string_view detail) {
  add(std::move(field), fmt::format("Invalid value: {}: {}", value, detail));
}

void problem_list::required(std::string field, std::string_view detail) {
  add(std::move(field), fmt::format("Required value{}{}", detail.empty() ? "" : ": ", detail));
}

void problem_list::duplicate(std::string field, std::string_view value) {
  add(std::move(field), fmt::format("Duplicate value: {}", value));
}

void problem_list::forbidden(std::string field, std::string_view detail) {
  add(std::move(field), fmt::format("Forbidden: {}", detail));
}

void problem_list::unsupported(std::string field, std::string_view value,
                               std::string_view supported) {
  add(std::move(field),
      fmt::format("Unsupported value: {}: supported values: {}", value, supported));
}

void problem_list::append(problem_list other) {
  std::ranges::move(other.errors_, std::back_inserter(errors_));
}

std::string quote(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    if (c == '\n') {
      quoted += "\\n";
    } else if (c == '\t') {
      quoted += "\\t";
    } else {
      quoted += c;
    }
  }
  return quoted + '"';
}

std::string to_json(simdjson::dom::element value) {
  simdjson::dom::object object;
  if (!value.get_object().get(object)) {
    std::vector<std::pair<std::string_view, simdjson::dom::element>> members;
    for (const auto [key, member] : object) members.emplace_back(key, member);
    std::ranges::sort(members, {}, [](const auto& each) { return each.first; });
    std::string text = "{";
    for (const auto& [key, member] : members) {
      if (text.size() > 1) text += ',';
      text += quote(key) + ':' + to_json(member);
    }
    return text + '}';
  }
  simdjson::dom::array list;
  if (!value.get_array().get(list)) {
    std::string text = "[";
    for (const simdjson::dom::element each : list) {
      if (text.size() > 1) text += ',';
      text += to_json(each);
    }
    return text + ']';
  }
  return simdjson::minify(value);
}

configuration_object::configuration_object(element from, std::string path, problem_list& problems)
    : path_(std::move(path)), problems_(problems) {
  if (from.is_null()) return;
  simdjson::dom::object object;
  if (from.get(object) != simdjson::SUCCESS) {
    problems_.add(path_, fmt::format("expected an object, found {}", describe(from)));
    return;
  }
  for (const simdjson::dom::key_value_pair each : object) {
    const auto same = std::ranges::find(members_, each.key, &member::name);
    if (same == members_.end()) {
      members_.push_back({each.key, each.value});
    } else {
      problems_.add(path_, fmt::format("duplicate field \"{}\"", each.key));
      same->value = each.value;
    }
  }
}

std::string configuration_object::path_of(std::string_view member) const {
  return path_.empty() ? std::string(member) : fmt::format("{}.{}", path_, member);
}

std::optional<configuration_object::element> configuration_object::value(std::string_view name) {
  const auto found = std::ranges::find(members_, name, &member::name);
  if (found == members_.end()) return std::nullopt;
  found->known = true;
  if (found->value.is_null()) return std::nullopt;
  return found->value;
}

void configuration_object::refuse(std::string_view name, std::string_view expected, element found) {
  problems_.add(path_of(name), fmt::format("expected {}, found {}", expected, describe(found)));
}

std::optional<bool> configuration_object::boolean(std::string_view name) {
  const auto found = value(name);
  bool read = false;
  if (!found) return std::nullopt;
  if (found->get(read) == simdjson::SUCCESS) return read;
  refuse(name, "true or false", *found);
  return std::nullopt;
}

std::optional<std::int64_t> configuration_object::integer(std::string_view name,
                                                          std::int64_t lowest, std::int64_t highest,
                                                          std::string_view expected) {
  const auto found = value(name);
  std::int64_t read = 0;
  if (!found) return std::nullopt;
  if (found->is_int64() && found->get(read) == simdjson::SUCCESS && lowest <= read &&
      read <= highest) {
    return read;
  }
  problems_.add(path_of(name), fmt::format("expected {}, found {}", expected,
                                           found->is_number() ? simdjson::minify(*found)
                                                              : std::string(describe(*found))));
  return std::nullopt;
}

std::optional<std::int32_t> configuration_object::int32(std::string_view name) {
  using limits = std::numeric_limits<std::int32_t>;
  const auto read = integer(name, limits::min(), limits::max(), "a 32-bit integer");
  if (!read) return std::nullopt;
  return static_cast<std::int32_t>(*read);
}

std::optional<std::int64_t> configuration_object::int64(std::string_view name) {
  using limits = std::numeric_limits<std::int64_t>;
  return integer(name, limits::min(), limits::max(), "a 64-bit integer");
}

std::optional<double> configuration_object::number(std::string_view name) {
  const auto found = value(name);
  double read = 0;
  if (!found) return std::nullopt;
  if (found->is_number() && found->get(read) == simdjson::SUCCESS) return read;
  refuse(name, "a number", *found);
  return std::nullopt;
}

std::optional<std::string> configuration_object::text(std::string_view name) {
  const auto found = value(name);
  std::string_view read;
  if (!found) return std::nullopt;
  if (found->get(read) == simdjson::SUCCESS) return std::string(read);
  refuse(name, "a string", *found);
  return std::nullopt;
}

std::optional<std::int64_t> configuration_object::duration_ns(std::string_view name) {
  const auto read = text(name);
  if (!read) return std::nullopt;
  if (const auto duration = parse_duration(*read)) return duration;
  problems_.add(path_of(name),
                fmt::format("expected a duration such as 1m30s, found \"{}\"", *read));
  return std::nullopt;
}

std::optional<simdjson::dom::array> configuration_object::list(std::string_view name) {
  const auto found = value(name);
  simdjson::dom::array read;
  if (!found) return std::nullopt;
  if (found->get(read) == simdjson::SUCCESS) return read;
  refuse(name, "a list", *found);
  return std::nullopt;
}

std::optional<std::vector<std::string>> configuration_object::texts(std::string_view name) {
  const auto found = list(name);
  if (!found) return std::nullopt;
  std::vector<std::string> read;
  for (const element each : *found) {
    std::string_view text;
    if (!each.is_null() && each.get(text) != simdjson::SUCCESS) {
      refuse(fmt::format("{}[{}]", name, read.size()), "a string", each);
    }
    read.emplace_back(text);
  }
  return read;
}

void configuration_object::close() {
  for (const member& each : members_) {
    if (!each.known) problems_.add(path_, fmt::format("unknown field \"{}\"", each.name));
  }
}

}  // namespace crosstie::schedule
