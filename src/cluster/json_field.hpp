// A JSON value together with the way to it, for decoders whose errors name the whole field.
//
// Promise: each reader takes the value as the API server would and fails with the field's full
// path, what was expected and what was found. A null reads as if the field were absent.
// What no reader takes is still checked to be JSON.
// Cost: a path is a chain of stack frames and becomes text only for an error; texts without
// escapes are not copied.
// Invariants: a field is read at most once, in the order of the text; texts hold while the
// document does, but one with escapes only until the decoder's next document.
// Failure is an exception inside the decoder, since it unwinds through many small readers; it
// never leaves decode.cpp.
// Thread safety: none.
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "cluster/objects.hpp"
#include "cluster/recent_names.hpp"

namespace crosstie::cluster {

struct decode_failure {
  const char* at;  // in the document's text; null where unknown
  std::string field;
  std::string expected;
};

class json_field {
 public:
  using value_type = simdjson::ondemand::value;

  // The root has no name: its members are.
  json_field(const json_field* up, std::string_view key, value_type value, recent_names& names)
      : up_(up), key_(key), value_(value), names_(names) {}
  json_field(const json_field* up, std::int64_t index, value_type value, recent_names& names)
      : up_(up), index_(index), value_(value), names_(names) {}
  json_field(const json_field&) = delete;
  json_field& operator=(const json_field&) = delete;

  bool is_null() {
    if (*token() != 'n' || !checked(value_.is_null())) return false;
    taken_ = true;
    return true;
  }

  // each(std::string_view key, json_field& member) for every member of an object.
  template <class Each>
  void for_each_member(Each&& each) {
    if (is_null()) return;
    if (*token() != '{') fail("expected an object");
    taken_ = true;
    for (auto found : checked(value_.get_object())) {
      simdjson::ondemand::field member = checked(std::move(found));
      const std::string_view key = key_of(member);
      json_field field(this, key, member.value(), names_);
      each(key, field);
      if (!field.taken_) field.pass_over(field.value_, 0);
    }
  }
  // each(json_field& element) for every element of a list.
  template <class Each>
  void for_each_element(Each&& each) {
    if (is_null()) return;
    if (*token() != '[') fail("expected a list");
    taken_ = true;
    std::int64_t index = 0;
    for (auto found : checked(value_.get_array())) {
      json_field field(this, index++, checked(std::move(found)), names_);
      each(field);
      if (!field.taken_) field.pass_over(field.value_, 0);
    }
  }

  std::string_view text();
  name_id name() { return names_.intern(text()); }
  name_id unique_name() { return names_.intern_once(text()); }  // not expected again
  bool boolean();
  std::int64_t integer(std::int64_t lowest, std::int64_t highest);
  std::int32_t int32() {
    using limits = std::numeric_limits<std::int32_t>;
    return static_cast<std::int32_t>(integer(limits::min(), limits::max()));
  }
  quantity amount();  // not negative
  timestamp time();   // RFC 3339

  recent_names& names() { return names_; }
  std::string_view key() const { return key_; }

  // "expected ..., found ..." at this field.
  [[noreturn]] void fail(std::string_view expected);
  // The same where it is the field as a whole that is wrong, such as a part that it lacks.
  [[noreturn]] void fail_plainly(std::string_view member, std::string_view expected);

 private:
  // The first byte of the value's text.
  const char* token() { return value_.raw_json_token().data(); }
  std::string path() const;
  static std::string found_in(std::string_view token);
  std::string_view key_of(simdjson::ondemand::field& member);
  // Checks a value inside this one that nobody reads to be JSON.
  void pass_over(value_type value, int depth);
  [[noreturn]] void fail_syntax(simdjson::error_code problem);
  template <class T>
  T checked(simdjson::simdjson_result<T> result) {
    T value;
    if (auto problem = std::move(result).get(value)) [[unlikely]]
      fail_syntax(problem);
    return value;
  }

  const json_field* up_;
  std::string_view key_{};
  std::int64_t index_ = -1;
  value_type value_;
  bool taken_ = false;
  recent_names& names_;
};

// ---- what several kinds have in common ---------------------------------------------------------

struct metadata {
  name_id ns = no_name, name = no_name, uid = no_name;
  label_set labels, annotations;
  owner controller{};
  timestamp created = 0;
  bool terminating = false;

  void read(json_field& field, bool with_annotations);
};

// Into its place in the order; what has the same key is replaced.
void put(label_set& labels, const label& item);
void put(resource_list& amounts, const resource_amount& item);

label_set read_labels(json_field& field);
resource_list read_resources(json_field& field);
std::vector<name_id> read_names(json_field& field);
label_selector read_label_selector(json_field& field);
// A label selector of equalities alone, as ReplicationController has it.
label_selector read_equalities(json_field& field);
node_selector read_node_selector(json_field& field);
node_selector_term read_node_selector_term(json_field& field);

}  // namespace crosstie::cluster
