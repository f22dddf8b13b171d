#include "schedule/node_affinity_arguments.hpp"

#include <fmt/format.h>

#include "cluster/syntax.hpp"
#include "schedule/name_rules.hpp"

namespace crosstie::schedule {
namespace {

using cluster::name_table;
using cluster::node_selector_term;
using cluster::requirement;
using cluster::selector_operator;

using texts = std::vector<std::string>;

struct written_requirement {
  std::string path, key, op;
  std::optional<texts> values;

  std::string values_path() const { return path + ".values"; }
  std::size_t value_count() const { return values ? values->size() : 0; }
};

selector_operator find_operator(std::string_view text) {
  if (text == "In") return selector_operator::in;
  if (text == "NotIn") return selector_operator::not_in;
  if (text == "Exists") return selector_operator::exists;
  if (text == "DoesNotExist") return selector_operator::does_not_exist;
  if (text == "Gt") return selector_operator::gt;
  if (text == "Lt") return selector_operator::lt;
  return selector_operator::invalid;
}

std::string join(const texts& parts, std::string_view between) {
  return fmt::format("{}", fmt::join(parts, between));
}

// The values as JSON, as upstream's messages have them.
std::string describe_values(const std::optional<texts>& values) {
  if (!values) return "null";
  texts quoted;
  for (const std::string& each : *values) quoted.push_back(quote(each));
  return fmt::format("[{}]", join(quoted, ","));
}

void check_value_count(const written_requirement& written, selector_operator op,
                       problem_list& faults) {
  const std::size_t count = written.value_count();
  std::string_view fault;
  switch (op) {
    case selector_operator::in:
    case selector_operator::not_in:
      if (count == 0) fault = "for 'in', 'notin' operators, values set can't be empty";
      break;
    case selector_operator::exists:
    case selector_operator::does_not_exist:
      if (count != 0) fault = "values set must be empty for exists and does not exist";
      break;
    case selector_operator::gt:
    case selector_operator::lt:
      if (count != 1) fault = "for 'Gt', 'Lt' operators, exactly one value is required";
      break;
    case selector_operator::invalid:
      break;
  }
  if (!fault.empty()) {
    faults.invalid(written.values_path(), describe_values(written.values), fault);
  }
}

void check_expression(const written_requirement& written, problem_list& faults) {
  const selector_operator op = find_operator(written.op);
  if (op == selector_operator::invalid) {
    return faults.unsupported(written.path + ".operator", quote(written.op),
                              R"("In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt")");
  }
  if (const texts found = find_label_key_faults(written.key); !found.empty()) {
    faults.invalid(written.path + ".key", quote(written.key), join(found, "; "));
  }
  check_value_count(written, op, faults);
  const bool numeric = op == selector_operator::gt || op == selector_operator::lt;
  for (std::size_t i = 0; numeric && i < written.value_count(); ++i) {
    const std::string& value = (*written.values)[i];
    if (cluster::parse_int64(value)) continue;
    faults.invalid(fmt::format("{}[{}]", written.values_path(), i), quote(value),
                   "for 'Gt', 'Lt' operators, the value must be an integer");
  }
  for (std::size_t i = 0; i < written.value_count(); ++i) {
    const std::string& value = (*written.values)[i];
    if (const texts found = find_label_value_faults(value); !found.empty()) {
      faults.invalid(fmt::format("{}[{}][{}]", written.values_path(), i, written.key), quote(value),
                     join(found, "; "));
    }
  }
}

void check_field(const written_requirement& written, problem_list& faults) {
  const selector_operator op = find_operator(written.op);
  if (op != selector_operator::in && op != selector_operator::not_in) {
    return faults.unsupported(written.path + ".operator", quote(written.op), R"("In", "NotIn")");
  }
  if (written.value_count() != 1) {
    faults.invalid(written.values_path(), describe_values(written.values), "must have one element");
  }
}

using check = void (*)(const written_requirement&, problem_list&);

std::vector<requirement> read_requirements(configuration_object& from, std::string_view list,
                                           check check_one, name_table& names,
                                           problem_list& faults) {
  std::vector<requirement> requirements;
  from.objects(list, [&](configuration_object& each) {
    const written_requirement written{each.path(), each.text("key").value_or(""),
                                      each.text("operator").value_or(""), each.texts("values")};
    check_one(written, faults);
    requirement& read = requirements.emplace_back(
        requirement{names.intern(written.key), find_operator(written.op), {}});
    for (const std::string& value : written.values.value_or(texts{})) {
      read.values.push_back(names.intern(value));
    }
  });
  return requirements;
}

node_selector_term read_term(configuration_object& from, name_table& names, problem_list& faults) {
  return {read_requirements(from, "matchExpressions", check_expression, names, faults),
          read_requirements(from, "matchFields", check_field, names, faults)};
}

}  // namespace

cluster::node_affinity read_added_affinity(configuration_object& from, name_table& names,
                                           problem_list& faults) {
  cluster::node_affinity affinity;
  from.object("requiredDuringSchedulingIgnoredDuringExecution", [&](configuration_object& hard) {
    affinity.required.emplace();
    hard.objects("nodeSelectorTerms", [&](configuration_object& each) {
      affinity.required->terms.push_back(read_term(each, names, faults));
    });
  });
  from.objects("preferredDuringSchedulingIgnoredDuringExecution", [&](configuration_object& soft) {
    const std::int32_t weight = soft.int32("weight").value_or(0);
    node_selector_term preference;
    problem_list found(faults.file());
    soft.object("preference",
                [&](configuration_object& term) { preference = read_term(term, names, found); });
    if (weight != 0) faults.append(std::move(found));
    affinity.preferred.push_back({weight, std::move(preference)});
  });
  return affinity;
}

}  // namespace crosstie::schedule
