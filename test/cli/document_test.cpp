#include "cli/document.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>
#include <yaml-cpp/yaml.h>

#include "cli/json.hpp"
#include "cli/process.hpp"

namespace crosstie::cli {
namespace {

std::string written(spelling how, const std::function<void(document&)>& fill) {
  const test::scratch files;
  {
    auto to = output::create(files.path("out"));
    const auto made = make_document(how, *to);
    fill(*made);
    made->finish();
    EXPECT_TRUE(to->finish());
  }
  return test::read_file(files.path("out"));
}

const std::vector<std::string> awkward{"plain",
                                       "",
                                       "true",
                                       "No",
                                       "null",
                                       "~",
                                       "123",
                                       "1e3",
                                       "0x1f",
                                       "-",
                                       "- a",
                                       "a: b",
                                       "a #b",
                                       "[x]",
                                       "{x}",
                                       "\"quoted\"",
                                       "it's",
                                       "tab\there",
                                       "two\nlines",
                                       "%",
                                       "@",
                                       "`",
                                       " blank ",
                                       "ns/name",
                                       "node-1.example.com",
                                       "\xc3\xa9\xe2\x82\xac",
                                       "2026-01-02",
                                       "1_000",
                                       "y",
                                       "=",
                                       "<b>"};

void fill(document& to) {
  to.begin_object();
  to.array("texts");
  for (const std::string& one : awkward) to.text(one);
  to.end_array();
  to.object("keys");
  for (const std::string& one : awkward) to.integer(one, 1);
  to.end_object();
  to.number("half", 0.5);
  to.number("third", 1.0 / 3);
  to.integer("low", INT64_MIN);
  to.boolean("yes", true);
  to.array("none"), to.end_array();
  to.object("nothing"), to.end_object();
  to.end_object();
}

TEST(document, json_reads_back) {
  for (const spelling how : {spelling::json, spelling::script}) {
    const auto read = test::parse_json(written(how, fill));
    EXPECT_EQ(test::texts_of(read["texts"]), awkward);
    EXPECT_EQ(test::keys_of(read["keys"]), std::set(awkward.begin(), awkward.end()));
    EXPECT_EQ(read["half"], 0.5);
    EXPECT_EQ(read["third"], 0.3333);
    EXPECT_EQ(read["low"], INT64_MIN);
    EXPECT_TRUE(read["yes"].get<bool>());
    EXPECT_EQ(read["none"], nlohmann::json::array());
    EXPECT_EQ(read["nothing"], nlohmann::json::object());
  }
}

TEST(document, yaml_reads_back_and_texts_stay_texts) {
  const std::string text = written(spelling::yaml, fill);
  const YAML::Node read = YAML::Load(text);
  EXPECT_EQ(read["texts"].as<std::vector<std::string>>(), awkward);
  for (const std::string& one : awkward) EXPECT_EQ(read["keys"][one].as<int>(), 1) << one;
  EXPECT_EQ(read["half"].as<double>(), 0.5);
  EXPECT_EQ(read["low"].as<std::int64_t>(), INT64_MIN);
  // Whatever the reader: what could be taken for another type is quoted.
  for (const char* one : {"true", "No", "null", "123", "1e3", "y", "2026-01-02"}) {
    EXPECT_THAT(text, testing::HasSubstr(fmt::format("\"{}\"", one)));
  }
}

TEST(document, bytes_that_are_not_utf_8_are_replaced) {
  const auto broken = [](document& to) {
    to.begin_array();
    for (const char* one : {"a\xff"
                            "b",
                            "\xc0\xaf", "\xed\xa0\x80", "\xe2\x82", "\xf4\x90\x80\x80"}) {
      to.text(one);
    }
    to.end_array();
  };
  const std::vector<std::string> expected{
      "a\xEF\xBF\xBD"
      "b",
      "\xEF\xBF\xBD\xEF\xBF\xBD", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD",
      "\xEF\xBF\xBD\xEF\xBF\xBD", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"};
  EXPECT_EQ(test::texts_of(test::parse_json(written(spelling::json, broken))), expected);
  EXPECT_EQ(YAML::Load(written(spelling::yaml, broken)).as<std::vector<std::string>>(), expected);
}

TEST(document, script_cannot_end_the_element_around_it) {
  const std::string text =
      written(spelling::script, [](document& to) { to.text("</script><!--"); });
  EXPECT_EQ(text.find('<'), std::string::npos);
  EXPECT_EQ(test::parse_json(text), "</script><!--");
}

TEST(document, numbers_that_json_cannot_hold_are_zero) {
  const std::string text = written(spelling::json, [](document& to) { to.number(0.0 / 0.0); });
  EXPECT_EQ(test::parse_json(text), 0.0);
}

}  // namespace
}  // namespace crosstie::cli
