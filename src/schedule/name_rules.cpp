#include "schedule/name_rules.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cluster/syntax.hpp"

namespace crosstie::schedule {
namespace {

constexpr std::size_t longest_name = 63;
constexpr std::size_t longest_prefix = 253;

constexpr std::string_view name_rule =
    "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
    "alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for "
    "validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
constexpr std::string_view value_rule =
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', "
    "and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or "
    "'12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
constexpr std::string_view prefix_rule =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or "
    "'.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used "
    "for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

bool is_lower(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
bool is_alphanumeric(char c) { return is_lower(c) || (c >= 'A' && c <= 'Z'); }

bool is_name(std::string_view text) {
  return !text.empty() && is_alphanumeric(text.front()) && is_alphanumeric(text.back()) &&
         std::ranges::all_of(
             text, [](char c) { return is_alphanumeric(c) || c == '-' || c == '_' || c == '.'; });
}

bool is_subdomain(std::string_view text) {
  while (true) {
    const std::string_view part = text.substr(0, text.find('.'));
    const bool good = !part.empty() && is_lower(part.front()) && is_lower(part.back()) &&
                      std::ranges::all_of(part, [](char c) { return is_lower(c) || c == '-'; });
    if (!good) return false;
    if (part.size() == text.size()) return true;
    text.remove_prefix(part.size() + 1);
  }
}

std::string too_long(std::size_t most) {
  return fmt::format("must be no more than {} bytes", most);
}

}  // namespace

std::vector<std::string> find_label_key_faults(std::string_view key) {
  std::vector<std::string> faults;
  std::string_view name = key;
  if (const std::size_t slash = key.find('/'); slash != std::string_view::npos) {
    const std::string_view prefix = key.substr(0, slash);
    name = key.substr(slash + 1);
    if (name.find('/') != std::string_view::npos) {
      return {
          fmt::format("a valid label key {} with an optional DNS subdomain prefix and '/' "
                      "(e.g. 'example.com/MyName')",
                      name_rule)};
    }
    if (prefix.empty()) {
      faults.emplace_back("prefix part must be non-empty");
    } else {
      if (prefix.size() > longest_prefix) {
        faults.push_back("prefix part " + too_long(longest_prefix));
      }
      if (!is_subdomain(prefix)) faults.push_back(fmt::format("prefix part {}", prefix_rule));
    }
  }
  if (name.empty()) faults.emplace_back("name part must be non-empty");
  if (name.size() > longest_name) faults.push_back("name part " + too_long(longest_name));
  if (!is_name(name)) faults.push_back(fmt::format("name part {}", name_rule));
  return faults;
}

std::vector<std::string> find_label_value_faults(std::string_view value) {
  std::vector<std::string> faults;
  if (value.size() > longest_name) faults.push_back(too_long(longest_name));
  if (!value.empty() && !is_name(value)) faults.emplace_back(value_rule);
  return faults;
}

bool is_extended_resource(std::string_view name) {
  const bool native = name.find('/') == std::string_view::npos ||
                      name.find("kubernetes.io/") != std::string_view::npos;
  return !native && !name.starts_with("requests.") &&
         cluster::is_qualified_name(fmt::format("requests.{}", name));
}

}  // namespace crosstie::schedule
