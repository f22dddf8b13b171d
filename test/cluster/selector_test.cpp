#include "cluster/selector.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <initializer_list>
#include <string>
#include <utility>

namespace crosstie::cluster {
namespace {

using enum selector_operator;

class selector_test : public testing::Test {
 protected:
  requirement wants(const char* key, selector_operator op,
                    std::initializer_list<const char*> values = {}) {
    requirement made{names.intern(key), op, {}};
    for (const char* value : values) made.values.push_back(names.intern(value));
    return made;
  }
  label_set labels(std::initializer_list<std::pair<const char*, const char*>> pairs) {
    label_set made;
    for (const auto& [key, value] : pairs) {
      made.push_back({names.intern(key), names.intern(value)});
    }
    std::ranges::sort(made);
    return made;
  }
  node named(const char* name,
             std::initializer_list<std::pair<const char*, const char*>> pairs = {}) {
    node made{};
    made.name = names.intern(name);
    made.labels = labels(pairs);
    return made;
  }
  bool matches(const requirement& wanted,
               std::initializer_list<std::pair<const char*, const char*>> pairs) {
    return cluster::matches(wanted, labels(pairs), names);
  }

  name_table names;
};

TEST_F(selector_test, in_needs_the_key_and_one_of_the_values) {
  const auto wanted = wants("app", in, {"web", "db"});
  EXPECT_TRUE(matches(wanted, {{"app", "db"}, {"tier", "x"}}));
  EXPECT_FALSE(matches(wanted, {{"app", "cache"}}));
  EXPECT_FALSE(matches(wanted, {{"tier", "db"}}));
}

TEST_F(selector_test, not_in_and_does_not_exist_match_a_missing_key) {
  EXPECT_TRUE(matches(wants("app", not_in, {"web"}), {}));
  EXPECT_TRUE(matches(wants("app", not_in, {"web"}), {{"app", "db"}}));
  EXPECT_FALSE(matches(wants("app", not_in, {"web"}), {{"app", "web"}}));
  EXPECT_TRUE(matches(wants("app", does_not_exist), {{"tier", "web"}}));
  EXPECT_FALSE(matches(wants("app", does_not_exist), {{"app", ""}}));
  EXPECT_TRUE(matches(wants("app", exists), {{"app", ""}}));
  EXPECT_FALSE(matches(wants("app", exists), {}));
}

TEST_F(selector_test, gt_and_lt_compare_integers_and_never_match_other_texts) {
  EXPECT_TRUE(matches(wants("cores", gt, {"8"}), {{"cores", "16"}}));
  EXPECT_FALSE(matches(wants("cores", gt, {"8"}), {{"cores", "8"}}));
  EXPECT_TRUE(matches(wants("cores", lt, {"16"}), {{"cores", "8"}}));
  EXPECT_FALSE(matches(wants("cores", lt, {"16"}), {{"cores", "many"}}));
  EXPECT_FALSE(matches(wants("cores", lt, {"16"}), {}));
  EXPECT_FALSE(matches(wants("cores", gt, {"few"}), {{"cores", "16"}}));
}

TEST_F(selector_test, an_empty_label_selector_matches_all_and_an_absent_one_nothing) {
  EXPECT_TRUE(cluster::matches(label_selector{}, {}, names));
  EXPECT_TRUE(cluster::matches(std::optional(label_selector{}), {}, names));
  EXPECT_FALSE(cluster::matches(std::optional<label_selector>{}, {}, names));
  const label_selector both{{wants("a", exists), wants("b", exists)}};
  EXPECT_FALSE(cluster::matches(both, labels({{"a", "1"}}), names));
  EXPECT_TRUE(cluster::matches(both, labels({{"a", "1"}, {"b", "1"}}), names));
}

TEST_F(selector_test, terms_are_ored_and_an_empty_or_unparsable_term_matches_nothing) {
  const node host = named("n1", {{"zone", "a"}, {"cores", "16"}});
  const node_selector_term good{{wants("zone", in, {"a"})}, {}};
  const node_selector_term bad{{wants("cores", gt, {"abc"})}, {}};
  EXPECT_TRUE(cluster::matches(node_selector{{good}}, host, names));
  EXPECT_FALSE(cluster::matches(node_selector{{node_selector_term{}}}, host, names));
  EXPECT_FALSE(cluster::matches(node_selector{}, host, names));
  EXPECT_FALSE(cluster::matches(node_selector{{bad}}, host, names));
  EXPECT_TRUE(cluster::matches(node_selector{{bad, good}}, host, names));
}

TEST_F(selector_test, a_term_does_not_parse_for_each_of_the_reasons_upstream_has) {
  const node host = named("n1");
  // Every one of these would match a node without labels if it were taken at its word.
  for (const requirement& broken :
       {wants("a b", does_not_exist), wants("a", does_not_exist, {"x"}), wants("a", not_in),
        wants("a", not_in, {"not a value"}), wants("a", invalid)}) {
    const node_selector_term term{{wants("b", does_not_exist), broken}, {}};
    EXPECT_TRUE(find_syntax_error(term, names));
    EXPECT_FALSE(cluster::matches(term, host, names));
  }
  for (const requirement& broken :
       {wants("metadata.name", in, {"n1", "n2"}), wants("metadata.name", not_in),
        wants("metadata.name", exists)}) {
    const node_selector_term term{{}, {broken}};
    EXPECT_TRUE(find_syntax_error(term, names));
    EXPECT_FALSE(cluster::matches(term, host, names));
  }
}

TEST_F(selector_test, fields_know_the_name_and_read_others_as_empty) {
  const node host = named("n1");
  const auto holds = [&](const requirement& wanted) {
    return cluster::matches(node_selector_term{{}, {wanted}}, host, names);
  };
  EXPECT_TRUE(holds(wants("metadata.name", in, {"n1"})));
  EXPECT_FALSE(holds(wants("metadata.name", in, {"n2"})));
  EXPECT_TRUE(holds(wants("metadata.name", not_in, {"n2"})));
  EXPECT_FALSE(holds(wants("metadata.name", not_in, {"n1"})));
  EXPECT_FALSE(holds(wants("metadata.uid", in, {"n1"})));
  EXPECT_TRUE(holds(wants("metadata.uid", in, {""})));
  EXPECT_TRUE(holds(wants("metadata.uid", not_in, {"n1"})));
}

TEST_F(selector_test, node_selector_map_and_affinity_must_both_hold) {
  pod_spec spec;
  const node host = named("n1", {{"zone", "a"}, {"disk", "ssd"}});
  EXPECT_TRUE(matches_required_affinity(spec, host, names));
  spec.selector = labels({{"disk", "ssd"}});
  EXPECT_TRUE(matches_required_affinity(spec, host, names));
  spec.affinity.emplace();
  EXPECT_TRUE(matches_required_affinity(spec, host, names));
  spec.affinity->required = node_selector{{{{wants("zone", in, {"b"})}, {}}}};
  EXPECT_FALSE(matches_required_affinity(spec, host, names));
  spec.affinity->required->terms.push_back({{wants("zone", in, {"a"})}, {}});
  EXPECT_TRUE(matches_required_affinity(spec, host, names));
  spec.selector = labels({{"disk", "hdd"}});
  EXPECT_FALSE(matches_required_affinity(spec, host, names));
}

TEST_F(selector_test, weights_of_matching_preferred_terms_add_up) {
  const node host = named("n1", {{"zone", "a"}});
  const std::vector<preferred_node_term> terms{
      {5, {{wants("zone", in, {"a"})}, {}}},
      {7, {{wants("zone", in, {"b"})}, {}}},
      {11, {}},
      {20, {{wants("zone", exists)}, {wants("metadata.name", in, {"n1"})}}}};
  EXPECT_EQ(sum_matching_weights(terms, host, names), 25);
}

TEST_F(selector_test, label_selectors_take_no_comparisons) {
  EXPECT_TRUE(find_syntax_error(label_selector{{wants("a", gt, {"1"})}}, names));
  EXPECT_TRUE(find_syntax_error(label_selector{{wants("a/b/c", exists)}}, names));
  EXPECT_FALSE(find_syntax_error(label_selector{{wants("a", in, {"1", ""})}}, names));
}

class toleration_test : public selector_test {
 protected:
  taint mark(const char* key, const char* value, taint_effect effect) {
    return {names.intern(key), names.intern(value), effect};
  }
  toleration accepts(const char* key, const char* value, toleration_operator op,
                     taint_effect effect) {
    return {names.intern(key), names.intern(value), op, effect};
  }
};

TEST_F(toleration_test, equal_compares_key_value_and_effect) {
  const taint gpu = mark("gpu", "yes", taint_effect::no_schedule);
  using enum toleration_operator;
  EXPECT_TRUE(tolerates(accepts("gpu", "yes", equal, taint_effect::no_schedule), gpu));
  EXPECT_TRUE(tolerates(accepts("gpu", "yes", equal, taint_effect::any), gpu));
  EXPECT_FALSE(tolerates(accepts("gpu", "no", equal, taint_effect::any), gpu));
  EXPECT_FALSE(tolerates(accepts("cpu", "yes", equal, taint_effect::any), gpu));
  EXPECT_FALSE(tolerates(accepts("gpu", "yes", equal, taint_effect::no_execute), gpu));
}

TEST_F(toleration_test, exists_ignores_the_value_and_an_empty_key_all_keys) {
  const taint gpu = mark("gpu", "yes", taint_effect::no_execute);
  using enum toleration_operator;
  EXPECT_TRUE(tolerates(accepts("gpu", "", exists, taint_effect::any), gpu));
  EXPECT_TRUE(tolerates(accepts("", "", exists, taint_effect::any), gpu));
  EXPECT_FALSE(tolerates(accepts("", "", exists, taint_effect::no_schedule), gpu));
  EXPECT_FALSE(tolerates(accepts("", "", equal, taint_effect::any), gpu));
}

TEST_F(toleration_test, comparisons_are_gated_off) {
  const taint level = mark("level", "5", taint_effect::no_schedule);
  for (const auto op : {toleration_operator::gt, toleration_operator::lt}) {
    for (const char* limit : {"1", "9"}) {
      EXPECT_FALSE(tolerates(accepts("level", limit, op, taint_effect::any), level));
    }
  }
}

TEST_F(toleration_test, the_first_untolerated_taint_that_passes_the_filter_is_found) {
  const std::vector<taint> taints{mark("soft", "", taint_effect::prefer_no_schedule),
                                  mark("a", "", taint_effect::no_schedule),
                                  mark("b", "", taint_effect::no_execute)};
  const std::vector<toleration> tolerations{
      accepts("a", "", toleration_operator::exists, taint_effect::any)};
  EXPECT_EQ(find_untolerated(taints, {}, keeps_off), &taints[1]);
  EXPECT_EQ(find_untolerated(taints, tolerations, keeps_off), &taints[2]);
  EXPECT_EQ(find_untolerated(taints, tolerations, [](const taint&) { return true; }), &taints[0]);
  EXPECT_EQ(find_untolerated(taints, tolerations, [](const taint&) { return false; }), nullptr);
}

}  // namespace
}  // namespace crosstie::cluster
