#include <gtest/gtest.h>

#include "cluster/input_fixture.hpp"
#include "cluster/yaml_scalar.hpp"

namespace crosstie::cluster {
namespace {

seen_input split_text(std::string_view text, const input_limits& limits = {},
                      std::size_t step = SIZE_MAX) {
  return split(split_yaml, text, limits, step);
}
// The only document, without the line breaks that keep its lines.
std::string json_of(std::string_view text) {
  const seen_input seen = split_text(text);
  if (!seen.problem.empty()) return seen.problem;
  if (seen.documents.size() != 1) return "several documents";
  std::string json = seen.documents[0].json;
  std::erase(json, '\n');
  return json;
}

TEST(yaml_scalar, means_what_the_api_server_reads) {
  struct fact {
    std::string_view text;
    scalar_type type;
    std::string_view value;
  };
  using enum scalar_type;
  for (const fact& known : std::initializer_list<fact>{
           {"", null, "null"},
           {"~", null, "null"},
           {"Null", null, "null"},
           {"yes", boolean, "true"},
           {"On", boolean, "true"},
           {"y", boolean, "true"},
           {"OFF", boolean, "false"},
           {"n", boolean, "false"},
           {"True", boolean, "true"},
           {"tRue", text, "tRue"},
           {"1", number, "1"},
           {"-17", number, "-17"},
           {"+5", number, "5"},
           {"0x1F", number, "31"},
           {"0b101", number, "5"},
           {"017", number, "15"},
           {"0o17", number, "15"},
           {"1_000", number, "1000"},
           {"08", number, "8"},
           {"-0", number, "0"},
           {"1.50", number, "1.5"},
           {".5", number, "0.5"},
           {"1e3", number, "1000"},
           {"5.", number, "5"},
           {"18446744073709551615", number, "18446744073709551615"},
           {"-9223372036854775808", number, "-9223372036854775808"},
           {"1e-400", number, "0"},
           {"1e400", text, "1e400"},
           {"100m", text, "100m"},
           {"1Gi", text, "1Gi"},
           {"2026-01-31", text, "2026-01-31"},
           {"1:30", text, "1:30"},
           {"0x", text, "0x"},
           {"-", text, "-"},
           {"1.2.3", text, "1.2.3"},
           {"..", text, ".."},
           {"<<", text, "<<"},
           {"nullx", text, "nullx"},
       }) {
    const auto plain = resolve_scalar("?", known.text);
    ASSERT_TRUE(plain) << known.text;
    EXPECT_EQ(plain->type, known.type) << known.text;
    EXPECT_EQ(plain->value, known.value) << known.text;
    const auto quoted = resolve_scalar("!", known.text);
    EXPECT_EQ(quoted->type, text) << known.text;
    EXPECT_EQ(quoted->value, known.text);
  }
}

TEST(yaml_scalar, obeys_tags) {
  EXPECT_EQ(resolve_scalar("tag:yaml.org,2002:str", "1")->type, scalar_type::text);
  EXPECT_EQ(resolve_scalar("tag:yaml.org,2002:int", "1")->type, scalar_type::number);
  EXPECT_FALSE(resolve_scalar("tag:yaml.org,2002:int", "x"));
  EXPECT_FALSE(resolve_scalar("tag:yaml.org,2002:bool", "1"));
  EXPECT_FALSE(resolve_scalar("tag:yaml.org,2002:binary", "aGk="));
  EXPECT_FALSE(resolve_scalar("?", ".inf"));
  EXPECT_FALSE(resolve_scalar("?", "-.INF"));
  EXPECT_FALSE(resolve_scalar("?", ".NaN"));
}

TEST(yaml, becomes_json) {
  EXPECT_EQ(json_of("a: 1\nb: [x, 'y', \"z\\n\\u00e4\"]\nc: {d: null, e: }\n"),
            "{\"a\":1,\"b\":[\"x\",\"y\",\"z\\u000a\u00e4\"],\"c\":{\"d\":null,\"e\":null}}");
  EXPECT_EQ(json_of("a: |\n  two\n  lines\nb: >-\n  one\n  line\nc: []\nd: {}\n"),
            R"({"a":"two\u000alines\u000a","b":"one line","c":[],"d":{}})");
  EXPECT_EQ(json_of("1: a\ntrue: b\n"), R"({"1":"a","true":"b"})");
  EXPECT_EQ(json_of("a: 'it''s \\ \"q\"'"), R"({"a":"it's \\ \"q\""})");
}

TEST(yaml, several_documents_keep_their_lines) {
  const seen_input seen =
      split_text("# head\na: 1\nb:\n\n  c: 2\n---\n---\nd: 3\n...\n---\ne: 4\n");
  EXPECT_EQ(seen.problem, "");
  EXPECT_EQ(seen.documents,
            (std::vector<seen_document>{{"{\"a\":1,\"b\":\n\n\n{\"c\":2}}", "", 2, -1},
                                        {"{\"d\":3}", "", 8, -1},
                                        {"{\"e\":4}", "", 11, -1}}));
}

TEST(yaml, items_of_a_list) {
  const seen_input seen = split_text("apiVersion: v1\nitems:\n- a: 1\n- b:\n  - 2\nkind: List\n");
  EXPECT_EQ(seen.documents,
            (std::vector<seen_document>{{"{\"a\":1}", "", 3, 0}, {"{\"b\":\n[2]}", "", 4, 1}}));
  const seen_input typed = split_text("kind: PodList\napiVersion: v1\nitems:\n- a: 1\n");
  EXPECT_EQ(typed.documents, (std::vector<seen_document>{{"{\"a\":1}", "Pod", 4, 0}}));
  EXPECT_TRUE(split_text("items: []\nkind: List").documents.empty());
  EXPECT_TRUE(split_text("kind: PodList\nitems: null").documents.empty());
  EXPECT_EQ(json_of("kind: ConfigMap\nitems: [1]"), R"({"kind":"ConfigMap","items":[1]})");
}

TEST(yaml, anchors_aliases_and_merges) {
  EXPECT_EQ(json_of("a: &x [1, {b: 2}]\nc: *x\nd: &y t\ne: *y"),
            R"({"a":[1,{"b":2}],"c":[1,{"b":2}],"d":"t","e":"t"})");
  EXPECT_EQ(json_of("a: &x {p: 1, q: 2}\nb: {<<: *x, q: 3}"),
            R"({"a":{"p":1,"q":2},"b":{"q":3,"p":1}})");
  EXPECT_EQ(json_of("a: &x {p: 1}\nb: &y {p: 2, r: 4}\nc:\n  <<: [*x, *y]"),
            R"({"a":{"p":1},"b":{"p":2,"r":4},"c":{"p":1,"r":4}})");
  EXPECT_EQ(json_of("'<<': 1"), R"({"<<":1})");
}

TEST(yaml, aliases_that_explode_are_an_error) {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    const std::string before = "*a" + std::to_string(i - 1), name = std::to_string(i);
    bomb += "a" + name + ": &a" + name + " [" + before;
    for (int j = 1; j < 10; ++j) bomb += ", " + before;
    bomb += "]\n";
  }
  EXPECT_EQ(json_of(bomb), "in:7: expected aliases that repeat at most 16777216 bytes");
  EXPECT_NE(json_of("a: &x [*x]").find("expected an alias of something that has ended"),
            std::string::npos);
}

TEST(yaml, broken_text_is_an_error_with_its_line) {
  EXPECT_EQ(json_of("a: 1\nb: 2\na: 3"), "in:3: expected each key once, found \"a\" again");
  EXPECT_EQ(json_of("a: 1\n? [x]\n: 2"), "in:2: expected a text as key");
  EXPECT_EQ(json_of("a: .inf"), "in:1: expected a value that JSON has, found .inf");
  EXPECT_EQ(json_of("a:\n- b\n -c: [").substr(0, 5), "in:3:");
  EXPECT_EQ(json_of(",:V "), "in:1: expected a YAML document");
  EXPECT_EQ(json_of("a: *unknown").substr(0, 5), "in:1:");
  EXPECT_EQ(json_of("a: \"x"), "in:1: expected YAML: illegal EOF in scalar");
  EXPECT_EQ(json_of("a: \"x\n"), "in:2: expected YAML: illegal document indicator in scalar");
  EXPECT_EQ(json_of("a: 'x\n  b: {c: d\n"),
            "in:3: expected YAML: illegal document indicator in scalar");
  EXPECT_EQ(json_of("a: \xff"), "in:1: expected text in UTF-8");
  EXPECT_EQ(json_of("a: \xc3"), "in:1: expected text in UTF-8");
  EXPECT_EQ(json_of("a: b\nc: d\ne: \xff\n"), "in:3: expected text in UTF-8");
  EXPECT_EQ(json_of({"\0\0\0 a: b", 8}), "in:1: expected text in UTF-8");
  EXPECT_EQ(json_of("a: " + std::string(600, '[')),
            "in:1: expected fewer brackets or levels inside each other");
  EXPECT_EQ(json_of(""), "in: expected an object, found nothing");
  EXPECT_EQ(json_of("---\n# only a remark\n"), "in: expected an object, found nothing");
}

TEST(yaml, depth_and_size_are_bounded) {
  EXPECT_EQ(split_text("a:\n b:\n  c: 1", {.depth = 2}).problem, "in:3: expected at most 2 levels");
  EXPECT_EQ(split_text("a: [" + std::string(100, 'x') + ", 2]", {.object_bytes = 50}).problem,
            "in:1: expected an object of at most 50 bytes");
}

TEST(yaml, brackets_that_never_close_do_not_fill_memory) {
  const input_limits limits{.yaml_lookahead_bytes = 10000, .window_bytes = 100};
  EXPECT_EQ(split_text("a: " + std::string(50000, '['), limits).problem,
            "in: expected YAML values of at most 10000 bytes");
  std::string many = "a:\n";
  for (int i = 0; i < 50000; ++i) many += "- b\n";
  EXPECT_EQ(split_text(many, limits).problem, "") << "much text with many events is no problem";
}

TEST(yaml, does_not_depend_on_how_the_text_arrives) {
  const std::string text = "a: \u00e4\u20ac\U0001F600 \u00e4\nb: [\"\U0001F600\"]\n---\nc: 'x'\n";
  const seen_input whole = split_text(text);
  ASSERT_EQ(whole.problem, "");
  for (std::size_t step = 1; step < 20; ++step) {
    const seen_input parts = split_text(text, {.window_bytes = 16}, step);
    EXPECT_EQ(parts.problem, "");
    EXPECT_EQ(parts.documents, whole.documents) << step;
  }
}

}  // namespace
}  // namespace crosstie::cluster
