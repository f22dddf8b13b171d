#include <gtest/gtest.h>

#include <random>

#include "cluster/input_fixture.hpp"

namespace crosstie::cluster {
namespace {

using documents = std::vector<seen_document>;

seen_input split_text(std::string_view text, const input_limits& limits = {}) {
  return split(split_json, text, limits);
}

TEST(json_split, items_of_a_list_as_kubectl_prints_it) {
  const seen_input seen = split_text(
      "{\n  \"apiVersion\": \"v1\",\n  \"items\": [\n    {\"kind\": \"Pod\"},\n    {\n\"a\": "
      "[{}]\n}\n  ],\n  \"kind\": \"List\",\n  \"metadata\": {\"resourceVersion\": \"\"}\n}\n");
  EXPECT_EQ(seen.problem, "");
  EXPECT_EQ(seen.documents,
            (documents{{"{\"kind\": \"Pod\"}", "", 4, 0}, {"{\n\"a\": [{}]\n}", "", 5, 1}}));
}

TEST(json_split, items_of_a_typed_list_take_its_kind) {
  const seen_input seen =
      split_text(R"({"kind":"PodList","apiVersion":"v1","metadata":{},"items":[{"a":1},{"b":2}]})");
  EXPECT_EQ(seen.documents, (documents{{R"({"a":1})", "Pod", 1, 0}, {R"({"b":2})", "Pod", 1, 1}}));
}

TEST(json_split, lists_without_items) {
  for (const char* text : {R"({"items":[],"kind":"List"})", R"({"kind":"PodList","items":null})",
                           R"({"items":null,"kind":"PodList"})", "[]"}) {
    const seen_input seen = split_text(text);
    EXPECT_EQ(seen.problem, "") << text;
    EXPECT_TRUE(seen.documents.empty()) << text;
  }
}

TEST(json_split, single_objects_lines_and_concatenations) {
  EXPECT_EQ(
      split_text("{\"a\":1}\n{\"b\":2}\n\n{\"c\":3}").documents,
      (documents{{R"({"a":1})", "", 1, -1}, {R"({"b":2})", "", 2, -1}, {R"({"c":3})", "", 4, -1}}));
  EXPECT_EQ(
      split_text(R"({}{"b":"}\\"}[{"c":3}])").documents,
      (documents{{"{}", "", 1, -1}, {R"({"b":"}\\"})", "", 1, -1}, {R"({"c":3})", "", 1, 0}}));
  EXPECT_EQ(split_text("\xEF\xBB\xBF {}").documents, (documents{{"{}", "", 1, -1}}));
}

TEST(json_split, items_elsewhere_are_no_list) {
  const std::string one = R"({"kind":"ConfigMap","items":[1,2],"x":{"items":[{}]}})";
  EXPECT_EQ(split_text(one).documents, (documents{{one, "", 1, -1}}));
}

TEST(json_split, broken_text_is_an_error_with_its_place) {
  struct fact {
    std::string_view text, problem;
  };
  for (const fact& known : std::initializer_list<fact>{
           {"", "in:1: expected an object, found nothing"},
           {" \n ", "in:2: expected an object, found nothing"},
           {"7", "in:1: expected an object, found '7'"},
           {"{", "in:1: expected '}', found the end"},
           {"{\"a\"", "in:1: expected ':', found the end"},
           {"{\"a\":1", "in:1: expected ',' or '}', found the end"},
           {"{\"a\":1,\n}", "in:2: expected '\"', found '}'"},
           {"{\"a\" 1}", "in:1: expected ':', found '1'"},
           {"{\"a\":b}", "in:1: expected a JSON value, found 'b'"},
           {"{\"a\":\"x", "in:1: expected '\"', found the end inside a string"},
           {"{\"a\":\"x\\\"", "in:1: expected '\"', found the end inside a string"},
           {"{\"items\":[{},\n{\"a\":[1",
            "in:2: item 1: expected '}', found the end inside an object"},
           {"{\"items\":[{},", "in:1: item 1: expected an object, found the end"},
           {"{\"items\":[{}", "in:1: item 1: expected ',' or ']', found the end"},
           {"{\"items\":[{}]", "in:1: expected ',' or '}', found the end"},
           {"{\"items\":[{},]}", "in:1: item 1: expected an object, found ']'"},
           {"{\"items\":[{} {}]}", "in:1: item 1: expected ',' or ']', found '{'"},
           {"{\"items\":[[]]}", "in:1: item 0: expected an object, found '['"},
           {"{\"metadata\":\"\xff\",\"items\":[]}", "in:1: expected text in UTF-8"},
           {"{\"items\":[],\"x\":\"\xc3\"}", "in:1: expected text in UTF-8"},
       }) {
    EXPECT_EQ(split_text(known.text).problem, known.problem) << known.text;
  }
}

TEST(json_split, depth_is_bounded) {
  const input_limits limits{.depth = 4};
  EXPECT_EQ(split_text(R"({"items":[{"a":{"b":{"c":[]}}}]})", limits).problem, "");
  EXPECT_EQ(split_text(R"({"items":[{"a":{"b":{"c":[[]]}}}]})", limits).problem,
            "in:1: item 0: expected at most 4 brackets inside each other");
}

TEST(json_split, an_object_too_large_is_an_error_but_a_list_is_never) {
  const input_limits limits{.object_bytes = 2000, .window_bytes = 128};
  std::string list = "{\"items\":[";
  for (int i = 0; i < 1000; ++i) list += "{\"a\":\"0123456789\"},";
  list += "{}]}";
  EXPECT_EQ(split_text(list, limits).documents.size(), 1001u);
  const std::string large = "{\"items\":[{\"a\":\"" + std::string(3000, 'x') + "\"}]}";
  EXPECT_EQ(split_text(large, limits).problem,
            "in:1: item 0: expected an object of at most 2000 bytes");
}

TEST(json_split, a_sinks_error_ends_the_reading) {
  memory_bytes bytes("{}{}{}");
  int calls = 0;
  const auto done = split_json(bytes, "in", {}, [&](const document&) -> std::expected<void, error> {
    if (++calls == 2)
      return std::unexpected(error{.file = {}, .object = {}, .field = {}, .expected = "stop"});
    return {};
  });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().expected, "stop");
  EXPECT_EQ(calls, 2);
}

// The naive twin of the item splitter: a text made of known items gives those items.
TEST(json_split, items_do_not_depend_on_how_the_text_arrives) {
  std::mt19937_64 random(11);
  auto word = [&] {
    std::string text = "\"";
    for (std::size_t i = random() % 20; i > 0; --i) {
      constexpr std::string_view pieces[] = {"a",    "}", "{",      "[", "\\\"",
                                             "\\\\", ",", "\u00e4", ":", "]"};
      text += pieces[random() % std::size(pieces)];
    }
    return text + '"';
  };
  for (int round = 0; round < 60; ++round) {
    documents expected;
    std::string text = "{\"apiVersion\":\"v1\",\"items\":[";
    std::int64_t line = 1;
    for (std::int64_t i = 0, count = static_cast<std::int64_t>(random() % 12); i < count; ++i) {
      if (i > 0) text += ',';
      for (std::size_t breaks = random() % 3; breaks > 0; --breaks, ++line) text += '\n';
      std::string item = "{";
      std::int64_t breaks_inside = 0;
      for (std::size_t members = random() % 9; members > 0; --members) {
        item += word() + ":" + (random() % 2 == 0 ? "[{\"x\":[]}]" : word()) + ",";
        if (random() % 2 == 0) item += '\n', ++breaks_inside;
      }
      item += "\"k\":1}";
      expected.push_back({item, "", line, i});
      line += breaks_inside;
      text += item;
    }
    text += "],\"kind\":\"List\"}";
    for (const std::size_t step : {1u, 2u, 3u, 7u, 63u, 64u, 65u, 1000u}) {
      const seen_input seen = split(split_json, text, {.window_bytes = 1}, step);
      ASSERT_EQ(seen.problem, "") << text;
      ASSERT_EQ(seen.documents, expected) << text << " by " << step;
    }
    // Cut anywhere, it is an error.
    const std::string_view cut = std::string_view(text).substr(0, random() % text.size());
    EXPECT_NE(split(split_json, cut, {.window_bytes = 1}, 5).problem, "") << cut;
  }
}

}  // namespace
}  // namespace crosstie::cluster
