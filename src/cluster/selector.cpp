#include "cluster/selector.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cluster/syntax.hpp"

namespace crosstie::cluster {
namespace {

constexpr std::string_view name_field = "metadata.name";

bool has_value(const requirement& wanted, name_id value) {
  return std::ranges::find(wanted.values, value) != wanted.values.end();
}

bool compares(const requirement& wanted, name_id value, const name_table& names) {
  if (wanted.values.size() != 1) return false;
  const auto actual = parse_int64(names.text(value));
  const auto limit = parse_int64(names.text(wanted.values.front()));
  if (!actual || !limit) return false;
  return wanted.op == selector_operator::gt ? *actual > *limit : *actual < *limit;
}

std::string quote(std::string_view text) { return '"' + std::string(text) + '"'; }

std::optional<std::string> find_value_count_error(const requirement& wanted) {
  switch (wanted.op) {
    case selector_operator::in:
    case selector_operator::not_in:
      if (wanted.values.empty()) return "In and NotIn need values";
      break;
    case selector_operator::exists:
    case selector_operator::does_not_exist:
      if (!wanted.values.empty()) return "Exists and DoesNotExist take no values";
      break;
    case selector_operator::gt:
    case selector_operator::lt:
      if (wanted.values.size() != 1) return "Gt and Lt need exactly one value";
      break;
    case selector_operator::invalid:
      return "unknown operator";
  }
  return std::nullopt;
}

// In upstream's words, which reach the events of a pod.
std::optional<std::string> describe_value_error(std::string_view value) {
  if (is_label_value(value)) return std::nullopt;
  if (value.size() > 63) return "must be no more than 63 bytes";
  return "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or "
         "'.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or "
         "'my_value',  or '12345', regex used for validation is "
         "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
}

std::optional<std::string> find_label_error(const requirement& wanted, const name_table& names) {
  if (const std::string_view key = names.text(wanted.key); !is_qualified_name(key)) {
    return quote(key) + " is no label key";
  }
  if (auto problem = find_value_count_error(wanted)) return problem;
  const bool numeric = wanted.op == selector_operator::gt || wanted.op == selector_operator::lt;
  for (std::size_t place = 0; place < wanted.values.size(); ++place) {
    const std::string_view value = names.text(wanted.values[place]);
    if (numeric && !parse_int64(value)) return quote(value) + " is no integer, as Gt and Lt need";
    if (auto problem = describe_value_error(value)) {
      return fmt::format("values[{}][{}]: Invalid value: {}: {}", place, names.text(wanted.key),
                         quote(value), *problem);
    }
  }
  return std::nullopt;
}

std::optional<std::string> find_field_error(const requirement& wanted) {
  if (wanted.op != selector_operator::in && wanted.op != selector_operator::not_in) {
    return "matchFields takes only In and NotIn";
  }
  if (wanted.values.size() != 1) return "matchFields needs exactly one value";
  return std::nullopt;
}

// A field that nodes do not have reads as the empty text.
bool matches_field(const requirement& wanted, const node& node, const name_table& names) {
  const name_id actual = names.text(wanted.key) == name_field ? node.name : no_name;
  return (actual == wanted.values.front()) == (wanted.op == selector_operator::in);
}

bool matches_parsed(const node_selector_term& term, const node& node, const name_table& names) {
  return std::ranges::all_of(term.match_expressions,
                             [&](const auto& each) { return matches(each, node.labels, names); }) &&
         std::ranges::all_of(term.match_fields,
                             [&](const auto& each) { return matches_field(each, node, names); });
}

}  // namespace

std::optional<name_id> find_label(const label_set& labels, name_id key) {
  const auto found = std::ranges::lower_bound(labels, key, {}, &label::key);
  if (found == labels.end() || found->key != key) return std::nullopt;
  return found->value;
}

bool contains_all(const label_set& labels, const label_set& wanted) {
  return std::ranges::includes(labels, wanted);
}

std::optional<std::string> find_syntax_error(const label_selector& selector,
                                             const name_table& names) {
  for (const requirement& wanted : selector.requirements) {
    if (wanted.op == selector_operator::gt || wanted.op == selector_operator::lt) {
      return "Gt and Lt are no operators of label selectors";
    }
    if (auto problem = find_label_error(wanted, names)) return problem;
  }
  return std::nullopt;
}

std::optional<std::string> find_syntax_error(const node_selector_term& term,
                                             const name_table& names) {
  for (const requirement& wanted : term.match_expressions) {
    if (auto problem = find_label_error(wanted, names)) return problem;
  }
  for (const requirement& wanted : term.match_fields) {
    if (auto problem = find_field_error(wanted)) return problem;
  }
  return std::nullopt;
}

bool matches(const requirement& wanted, const label_set& labels, const name_table& names) {
  const auto value = find_label(labels, wanted.key);
  switch (wanted.op) {
    case selector_operator::in:
      return value && has_value(wanted, *value);
    case selector_operator::not_in:
      return !value || !has_value(wanted, *value);
    case selector_operator::exists:
      return value.has_value();
    case selector_operator::does_not_exist:
      return !value;
    case selector_operator::gt:
    case selector_operator::lt:
      return value && compares(wanted, *value, names);
    case selector_operator::invalid:
      break;
  }
  return false;
}

bool matches(const label_selector& selector, const label_set& labels, const name_table& names) {
  return std::ranges::all_of(selector.requirements,
                             [&](const auto& wanted) { return matches(wanted, labels, names); });
}

bool matches(const std::optional<label_selector>& selector, const label_set& labels,
             const name_table& names) {
  return selector && matches(*selector, labels, names);
}

bool is_empty(const node_selector_term& term) {
  return term.match_expressions.empty() && term.match_fields.empty();
}

bool matches(const node_selector_term& term, const node& node, const name_table& names) {
  return !is_empty(term) && !find_syntax_error(term, names) && matches_parsed(term, node, names);
}

bool matches(const node_selector& selector, const node& node, const name_table& names) {
  return std::ranges::any_of(selector.terms,
                             [&](const auto& term) { return matches(term, node, names); });
}

bool matches_required_affinity(const pod_spec& spec, const node& node, const name_table& names) {
  if (!contains_all(node.labels, spec.selector)) return false;
  return !spec.affinity || !spec.affinity->required ||
         matches(*spec.affinity->required, node, names);
}

std::int64_t sum_matching_weights(std::span<const preferred_node_term> terms, const node& node,
                                  const name_table& names) {
  std::int64_t sum = 0;
  for (const preferred_node_term& term : terms) {
    if (!is_empty(term.preference) && matches_parsed(term.preference, node, names)) {
      sum += term.weight;
    }
  }
  return sum;
}

bool tolerates(const toleration& toleration, const taint& taint) {
  if (toleration.effect != taint_effect::any && toleration.effect != taint.effect) return false;
  if (toleration.key != no_name && toleration.key != taint.key) return false;
  switch (toleration.op) {
    case toleration_operator::equal:
      return toleration.value == taint.value;
    case toleration_operator::exists:
      return true;
    case toleration_operator::lt:
    case toleration_operator::gt:
      break;
  }
  return false;
}

bool tolerates(std::span<const toleration> tolerations, const taint& taint) {
  return std::ranges::any_of(tolerations,
                             [&](const auto& toleration) { return tolerates(toleration, taint); });
}

bool keeps_off(const taint& taint) {
  return taint.effect == taint_effect::no_schedule || taint.effect == taint_effect::no_execute;
}

}  // namespace crosstie::cluster
