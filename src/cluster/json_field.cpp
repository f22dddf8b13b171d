#include "cluster/json_field.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "cluster/syntax.hpp"
#include "cluster/timestamp.hpp"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace crosstie::cluster {

namespace {

// What stands between two quotes, from behind the first. simdjson has seen the other, and the
// document's padding allows to look a little beyond it.
struct quoted_text {
  std::string_view text;
  bool escaped;  // a backslash comes first: the text is cut short, and not what was meant
};
quoted_text scan_quoted(const char* first) {
  const char* at = first;
#if defined(__SSE2__)
  for (;; at += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const int ends = _mm_movemask_epi8(_mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')),
                                                    _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'))));
    if (ends != 0) {
      at += std::countr_zero(static_cast<unsigned>(ends));
      break;
    }
  }
#else
  while (*at != '"' && *at != '\\') ++at;
#endif
  return {{first, static_cast<std::size_t>(at - first)}, *at == '\\'};
}
quoted_text unquote(std::string_view token) { return scan_quoted(token.data() + 1); }

// JSON's grammar of numbers; blanks may follow.
bool is_number(std::string_view text) {
  std::size_t at = 0;
  auto next_is = [&](auto&& accepted) { return at < text.size() && accepted(text[at]); };
  auto skip_digits = [&] {
    const std::size_t first = at;
    while (next_is(is_digit)) ++at;
    return at != first;
  };
  if (next_is([](char c) { return c == '-'; })) ++at;
  if (next_is([](char c) { return c == '0'; })) {
    ++at;
  } else if (!skip_digits()) {
    return false;
  }
  if (next_is([](char c) { return c == '.'; }) && (++at, !skip_digits())) return false;
  if (next_is([](char c) { return c == 'e' || c == 'E'; })) {
    ++at;
    if (next_is([](char c) { return c == '-' || c == '+'; })) ++at;
    if (!skip_digits()) return false;
  }
  return text.find_first_not_of(" \t\r\n", at) == std::string_view::npos;
}

// Texts of errors stay on one line and short.
std::string excerpt(std::string_view text) {
  constexpr std::size_t longest = 48;
  const bool cut = text.size() > longest;
  if (cut) {
    text = text.substr(0, longest);
    // Not in the middle of a character of several bytes.
    while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xC0) == 0x80) {
      text.remove_suffix(1);
    }
    if (!text.empty() && static_cast<unsigned char>(text.back()) >= 0xC0) text.remove_suffix(1);
  }
  std::string shown;
  for (char c : text) shown += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  return cut ? shown + "..." : shown;
}

bool is_plain_key(std::string_view key) {
  return !key.empty() && std::all_of(key.begin(), key.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  });
}

}  // namespace

std::string json_field::path() const {
  if (up_ == nullptr) return {};
  std::string way = up_->path();
  if (index_ >= 0) return way + fmt::format("[{}]", index_);
  if (!is_plain_key(key_)) return way + fmt::format("[{}]", excerpt(key_));
  if (!way.empty()) way += '.';
  return way.append(key_);
}

std::string json_field::found_in(std::string_view token) {
  while (!token.empty() && static_cast<unsigned char>(token.back()) <= ' ') {
    token.remove_suffix(1);
  }
  if (token.empty()) return "nothing";
  if (token[0] == '{') return "an object";
  if (token[0] == '[') return "a list";
  if (token[0] == '"') {
    const quoted_text quoted = unquote(token);
    return quoted.escaped ? "a string" : fmt::format("\"{}\"", excerpt(quoted.text));
  }
  return excerpt(token);
}

void json_field::fail(std::string_view expected) {
  throw decode_failure{token(), path(),
                       fmt::format("{}, found {}", expected, found_in(value_.raw_json_token()))};
}

void json_field::fail_plainly(std::string_view member, std::string_view expected) {
  std::string way = path();
  if (!way.empty() && !member.empty()) way += '.';
  const char* at = up_ == nullptr ? nullptr : token();
  throw decode_failure{at, way.append(member), std::string(expected)};
}

void json_field::fail_syntax(simdjson::error_code problem) {
  const char* at = nullptr;
  if (value_.current_location().get(at)) at = nullptr;
  throw decode_failure{at, path(),
                       fmt::format("expected JSON: {}", simdjson::error_message(problem))};
}

std::string_view json_field::key_of(simdjson::ondemand::field& member) {
  const quoted_text quoted = scan_quoted(member.key().raw());
  if (!quoted.escaped) return quoted.text;
  return checked(member.unescaped_key());
}

void json_field::pass_over(value_type value, int depth) {
  constexpr int deepest = 1024;  // a limit of the stack; dumps are limited before
  if (depth > deepest) fail_plainly({}, "expected fewer brackets inside each other");
  const std::string_view written = value.raw_json_token();
  switch (written[0]) {
    case '{':
      for (auto found : checked(value.get_object())) {
        simdjson::ondemand::field member = checked(std::move(found));
        key_of(member);
        pass_over(member.value(), depth + 1);
      }
      break;
    case '[':
      for (auto found : checked(value.get_array())) {
        pass_over(checked(std::move(found)), depth + 1);
      }
      break;
    case '"':
      if (unquote(written).escaped) {
        checked(value.get_string());
      } else {
        checked(value.get_raw_json_string());
      }
      break;
    case 't':
    case 'f':
      checked(value.get_bool());
      break;
    case 'n':
      checked(value.is_null());
      break;
    default:
      if (!is_number(written)) {
        throw decode_failure{written.data(), path(),
                             fmt::format("expected a JSON value, found {}", found_in(written))};
      }
  }
}

std::string_view json_field::text() {
  const std::string_view written = value_.raw_json_token();
  if (written[0] != '"') {
    if (is_null()) return {};
    fail("expected a string");
  }
  taken_ = true;
  const quoted_text quoted = unquote(written);
  if (quoted.escaped) return checked(value_.get_string());
  checked(value_.get_raw_json_string());
  return quoted.text;
}

bool json_field::boolean() {
  if (is_null()) return false;
  if (*token() != 't' && *token() != 'f') fail("expected true or false");
  taken_ = true;
  return checked(value_.get_bool());
}

std::int64_t json_field::integer(std::int64_t lowest, std::int64_t highest) {
  if (is_null()) return 0;
  taken_ = true;
  std::int64_t number = 0;
  if (value_.get_int64().get(number) || number < lowest || number > highest) {
    if (lowest == std::numeric_limits<std::int32_t>::min()) fail("expected a 32-bit integer");
    if (lowest == std::numeric_limits<std::int64_t>::min()) fail("expected a 64-bit integer");
    fail(fmt::format("expected an integer from {} to {}", lowest, highest));
  }
  return number;
}

quantity json_field::amount() {
  if (is_null()) return {};
  taken_ = true;
  std::string_view written = value_.raw_json_token();
  if (written[0] == '"') {
    written = unquote(written).text;
    checked(value_.get_raw_json_string());
  }
  auto is_blank = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
  while (!written.empty() && is_blank(written.front())) written.remove_prefix(1);
  while (!written.empty() && is_blank(written.back())) written.remove_suffix(1);
  const std::optional<quantity> amount = parse_quantity(written);
  if (!amount) fail("expected a quantity such as 100m or 1Gi");
  if (amount->nanos < 0) fail("expected a quantity that is not negative");
  return *amount;
}

timestamp json_field::time() {
  if (is_null()) return 0;
  taken_ = true;
  const std::string_view written = value_.raw_json_token();
  std::optional<timestamp> parsed;
  if (written[0] == '"') {
    parsed = parse_timestamp(unquote(written).text);
    checked(value_.get_raw_json_string());
  }
  if (!parsed) fail("expected a time such as 2026-01-31T12:00:00Z");
  return *parsed;
}

// ---- what several kinds have in common ---------------------------------------------------------

namespace {

// A list stays sorted by a key that it holds once; the last put of a key wins. New names have the
// highest ids, so that most puts append.
template <class T>
void put_sorted(std::vector<T>& list, const T& item, name_id T::* key) {
  if (list.empty() || list.back().*key < item.*key) {
    list.push_back(item);
    return;
  }
  auto place = std::lower_bound(list.begin(), list.end(), item,
                                [key](const T& a, const T& b) { return a.*key < b.*key; });
  if ((*place).*key == item.*key) {
    *place = item;
  } else {
    list.insert(place, item);
  }
}

}  // namespace

void put(label_set& labels, const label& item) { put_sorted(labels, item, &label::key); }
void put(resource_list& amounts, const resource_amount& item) {
  put_sorted(amounts, item, &resource_amount::name);
}

label_set read_labels(json_field& field) {
  label_set labels;
  field.for_each_member([&](std::string_view key, json_field& value) {
    const name_id key_id = value.names().intern(key);
    put(labels, {key_id, value.name()});
  });
  return labels;
}

resource_list read_resources(json_field& field) {
  resource_list amounts;
  field.for_each_member([&](std::string_view key, json_field& value) {
    const name_id name = value.names().intern(key);
    quantity amount = value.amount();
    // SetDefaults_ResourceList: lists of amounts keep thousandths and round up.
    constexpr quantity::int128 nanos_per_milli = 1'000'000;
    if (const auto excess = amount.nanos % nanos_per_milli; excess != 0) {
      amount.nanos += nanos_per_milli - excess;
    }
    put(amounts, {name, amount});
  });
  return amounts;
}

std::vector<name_id> read_names(json_field& field) {
  std::vector<name_id> names;
  field.for_each_element([&](json_field& element) { names.push_back(element.name()); });
  return names;
}

void metadata::read(json_field& field, bool with_annotations) {
  field.for_each_member([&](std::string_view key, json_field& value) {
    if (key == "name") {
      name = value.unique_name();
    } else if (key == "namespace") {
      ns = value.name();
    } else if (key == "uid") {
      uid = value.unique_name();
    } else if (key == "labels") {
      labels = read_labels(value);
    } else if (key == "annotations" && with_annotations) {
      annotations = read_labels(value);
    } else if (key == "creationTimestamp") {
      created = value.time();
    } else if (key == "deletionTimestamp") {
      terminating = !value.is_null();
      if (terminating) value.time();
    } else if (key == "ownerReferences") {
      controller = {};
      value.for_each_element([&](json_field& reference) {
        owner read{};
        bool controls = false;
        reference.for_each_member([&](std::string_view part, json_field& member) {
          if (part == "apiVersion") {
            read.api_version = member.name();
          } else if (part == "kind") {
            read.kind = member.name();
          } else if (part == "name") {
            read.name = member.name();
          } else if (part == "uid") {
            read.uid = member.name();
          } else if (part == "controller") {
            controls = member.boolean();
          }
        });
        // Upstream takes the first that controls.
        if (controls && controller == owner{}) controller = read;
      });
    }
  });
}

}  // namespace crosstie::cluster
