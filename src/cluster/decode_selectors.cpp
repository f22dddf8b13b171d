// Label selectors and node selectors.
#include <algorithm>

#include "cluster/json_field.hpp"

namespace crosstie::cluster {

namespace {

selector_operator read_operator(json_field& field, bool of_nodes) {
  const std::string_view text = field.text();
  if (text == "In") return selector_operator::in;
  if (text == "NotIn") return selector_operator::not_in;
  if (text == "Exists") return selector_operator::exists;
  if (text == "DoesNotExist") return selector_operator::does_not_exist;
  // Only node selectors compare numbers.
  if (!of_nodes) return selector_operator::invalid;
  if (text == "Gt") return selector_operator::gt;
  if (text == "Lt") return selector_operator::lt;
  field.fail("expected In, NotIn, Exists, DoesNotExist, Gt or Lt");
}

std::vector<requirement> read_requirements(json_field& field, bool of_nodes) {
  std::vector<requirement> requirements;
  field.for_each_element([&](json_field& element) {
    requirement& read =
        requirements.emplace_back(no_name, selector_operator::invalid, std::vector<name_id>{});
    element.for_each_member([&](std::string_view key, json_field& value) {
      if (key == "key") {
        read.key = value.name();
      } else if (key == "operator") {
        read.op = read_operator(value, of_nodes);
      } else if (key == "values") {
        read.values = read_names(value);
      }
    });
  });
  return requirements;
}

std::vector<requirement> read_match_labels(json_field& field) {
  label_set labels = read_labels(field);
  const recent_names& names = field.names();
  std::sort(labels.begin(), labels.end(),
            [&](const label& a, const label& b) { return names.text(a.key) < names.text(b.key); });
  std::vector<requirement> requirements;
  for (const label& wanted : labels) {
    requirements.push_back({wanted.key, selector_operator::in, {wanted.value}});
  }
  return requirements;
}

}  // namespace

label_selector read_label_selector(json_field& field) {
  std::vector<requirement> labels, expressions;
  field.for_each_member([&](std::string_view key, json_field& value) {
    if (key == "matchLabels") {
      labels = read_match_labels(value);
    } else if (key == "matchExpressions") {
      expressions = read_requirements(value, false);
    }
  });
  labels.insert(labels.end(), std::make_move_iterator(expressions.begin()),
                std::make_move_iterator(expressions.end()));
  return {std::move(labels)};
}

label_selector read_equalities(json_field& field) { return {read_match_labels(field)}; }

node_selector_term read_node_selector_term(json_field& field) {
  node_selector_term term;
  field.for_each_member([&](std::string_view key, json_field& value) {
    if (key == "matchExpressions") {
      term.match_expressions = read_requirements(value, true);
    } else if (key == "matchFields") {
      term.match_fields = read_requirements(value, true);
    }
  });
  return term;
}

node_selector read_node_selector(json_field& field) {
  node_selector selector;
  field.for_each_member([&](std::string_view key, json_field& value) {
    if (key != "nodeSelectorTerms") return;
    selector.terms.clear();
    value.for_each_element(
        [&](json_field& term) { selector.terms.push_back(read_node_selector_term(term)); });
  });
  return selector;
}

}  // namespace crosstie::cluster
