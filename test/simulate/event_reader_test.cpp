#include "simulate/event_reader.hpp"

#include <gtest/gtest.h>

#include <sstream>

#include "simulate/event_writer.hpp"
#include "simulate/generator.hpp"
#include "simulate/object_parts.hpp"
#include "simulate/temporary_file.hpp"

namespace crosstie::simulate {
namespace {

constexpr std::string_view pod_json =
    R"({"kind":"Pod","metadata":{"name":"a","namespace":"n"},"spec":{"containers":[{"name":"c"}]}})";

class events : public testing::Test {
 protected:
  event_reader reader(std::string_view text, std::size_t step = SIZE_MAX) {
    text_ = text;
    return {"e.jsonl", std::make_unique<cluster::memory_bytes>(text_, step), 100 * one_second,
            objects_};
  }
  std::string line(std::string_view time, std::string_view event) {
    return R"({"time":)" + std::string(time) + R"(,"event":")" + std::string(event) +
           R"(","object":)" + std::string(pod_json) + "}\n";
  }
  std::string refusal(std::string_view text) {
    event_reader from = reader(text);
    for (;;) {
      const auto next = from.next();
      if (!next) return to_string(next.error());
      if (!*next) return "accepted";
    }
  }

  std::string text_;
  cluster::store objects_;
};

TEST_F(events, reads_every_spelling) {
  using cluster::event_kind;
  event_reader from =
      reader(line("0", "add") + line("0.5", "update") + "\n" + line("1.000000001", "delete") +
             line("\"1970-01-01T00:01:42Z\"", "ADDED") + line("2", "MODIFIED") + R"({"object":)" +
             std::string(pod_json) + R"(,"type":"DELETED","time":3})");
  const std::vector<std::pair<cluster::timestamp, event_kind>> expected{
      {100 * one_second, event_kind::put},
      {100 * one_second + one_second / 2, event_kind::put},
      {101 * one_second + 1, event_kind::remove},
      {102 * one_second, event_kind::put},
      {102 * one_second, event_kind::put},
      {103 * one_second, event_kind::remove}};
  for (const auto& [at, kind] : expected) {
    const auto next = from.next();
    ASSERT_TRUE(next) << to_string(next.error());
    ASSERT_TRUE(*next);
    EXPECT_EQ((*next)->at, at);
    EXPECT_EQ((*next)->kind, kind);
    const auto* pod = std::get_if<cluster::pod>(&(*next)->object);
    ASSERT_NE(pod, nullptr);
    EXPECT_EQ(objects_.text(pod->name), "a");
  }
  EXPECT_FALSE(from.next().value());
  EXPECT_FALSE(from.next().value());
}

TEST_F(events, a_byte_order_mark_may_stand_before_the_first_line_only) {
  EXPECT_EQ(refusal("\xEF\xBB\xBF" + line("1", "add") + line("2", "add")), "accepted");
  EXPECT_EQ(refusal("\xEF\xBB\xBF"), "accepted");
  EXPECT_TRUE(
      refusal(line("1", "add") + "\xEF\xBB\xBF" + line("2", "add")).starts_with("e.jsonl:2: "));
}

TEST_F(events, lines_may_come_in_any_pieces) {
  const std::string text = line("1", "add") + line("2", "delete");
  for (std::size_t step = 1; step < 20; ++step) {
    event_reader from = reader(text, step);
    int count = 0;
    while (from.next().value()) ++count;
    EXPECT_EQ(count, 2) << step;
  }
}

TEST_F(events, passes_over_kinds_that_placing_does_not_read) {
  event_reader from = reader(
      R"({"time":0,"event":"add","object":{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"x"}}})"
      "\n" +
      line("1", "add"));
  EXPECT_TRUE(from.next().value());
  EXPECT_EQ(from.passed_over(), 1);
}

TEST_F(events, a_delete_needs_no_more_than_names) {
  event_reader from = reader(
      R"({"time":0,"event":"delete","object":{"kind":"Pod","metadata":{"name":"a","namespace":"n"}}})");
  const auto next = from.next();
  ASSERT_TRUE(next) << to_string(next.error());
}

TEST_F(events, a_pod_without_priority_gets_that_of_its_class) {
  cluster::priority_class high{};
  high.name = objects_.names().intern("high");
  high.value = 700;
  objects_.priority_classes.put(high);
  event_reader from = reader(
      R"({"time":0,"event":"add","object":{"kind":"Pod","metadata":{"name":"a","namespace":"n"},)"
      R"("spec":{"priorityClassName":"high","containers":[{"name":"c"}]}}})");
  const auto next = from.next().value();
  EXPECT_EQ(objects_.spec(std::get<cluster::pod>(next->object).spec).priority, 700);
}

TEST_F(events, errors_name_line_and_field) {
  const std::string good = line("1", "add");
  EXPECT_EQ(refusal(good + line("0.5", "add")),
            "e.jsonl:2: time: expected a time not before that of the line above, found 0.5");
  EXPECT_EQ(refusal(line("\"yesterday\"", "add")),
            "e.jsonl:1: time: expected a date such as 2026-01-31T12:00:00Z or seconds, found "
            "\"yesterday\"");
  for (const char* time : {"-1", "1e3", "true", "[1]", "1.5.2", "9999999999"}) {
    EXPECT_EQ(refusal(line(time, "add")),
              "e.jsonl:1: time: expected a date such as 2026-01-31T12:00:00Z or seconds such as "
              "12.5, found " +
                  std::string(time));
  }
  EXPECT_EQ(refusal(good + line("2", "remove")),
            "e.jsonl:2: event: expected add, update or delete, found \"remove\"");
  EXPECT_EQ(refusal(R"({"time":1,"object":{}})"),
            "e.jsonl:1: event: expected add, update or delete, found nothing");
  EXPECT_EQ(refusal(R"({"event":"add","object":{}})"),
            "e.jsonl:1: time: expected a date such as 2026-01-31T12:00:00Z or seconds such as "
            "12.5, found nothing");
  EXPECT_EQ(refusal(R"({"time":1,"event":"add"})"),
            "e.jsonl:1: object: expected an object, found nothing");
}

TEST_F(events, refuses_lines_that_are_no_object) {
  for (const char* text : {"{", "[]", "nonsense", R"({"time":1} {"time":2})", "{\"time\":1,}"}) {
    EXPECT_TRUE(refusal(text).starts_with("e.jsonl:1: ")) << refusal(text);
  }
}

TEST_F(events, errors_inside_the_object_name_it) {
  const std::string text =
      line("1", "add") +
      R"({"time":2,"event":"add","object":{"kind":"Pod","metadata":{"name":"b","namespace":"n"},)"
      R"("spec":{"priority":"high","containers":[]}}})";
  const std::string refused = refusal(text);
  EXPECT_TRUE(refused.starts_with("e.jsonl:2: Pod n/b: spec.priority: expected")) << refused;
}

TEST_F(events, a_pod_of_an_unknown_priority_class_has_none_and_is_counted) {
  event_reader from =
      reader(R"({"time":0,"event":"add","object":{"kind":"Pod","apiVersion":"v1",)"
             R"("metadata":{"name":"a"},"spec":{"priorityClassName":"x","containers":[]}}})");
  const auto event = from.next().value();
  ASSERT_TRUE(event);
  EXPECT_EQ(objects_.spec(std::get<cluster::pod>(event->object).spec).priority, 0);
  EXPECT_EQ(from.unknown_classes(), 1);
}

TEST_F(events, a_priority_class_counts_for_the_pods_of_later_lines) {
  const std::string value =
      R"({"time":0,"event":"add","object":{"kind":"PriorityClass",)"
      R"("apiVersion":"scheduling.k8s.io/v1","metadata":{"name":"x"},"value":7}})";
  const std::string pod =
      R"({"time":0,"event":"add","object":{"kind":"Pod","apiVersion":"v1",)"
      R"("metadata":{"name":"a"},"spec":{"priorityClassName":"x","containers":[]}}})";
  event_reader from = reader(value + "\n" + pod);
  const auto event = from.next().value();
  ASSERT_TRUE(event);
  EXPECT_EQ(objects_.spec(std::get<cluster::pod>(event->object).spec).priority, 7);
  EXPECT_EQ(from.unknown_classes(), 0);
  EXPECT_EQ(from.passed_over(), 0);
}

TEST_F(events, a_missing_file_is_an_error) {
  const temporary_folder folder;
  const auto opened = event_reader::open(folder.path("none"), 0, objects_);
  ASSERT_FALSE(opened);
  EXPECT_NE(to_string(opened.error()).find("none: "), std::string::npos);
}

TEST_F(events, what_the_writer_writes_reads_back) {
  cluster::store made;
  generate({.nodes = 3, .pods = 20}, made);
  std::ostringstream out;
  event_writer writer(out);
  writer.write(seconds_text(0), change::add, made, made[cluster::node_id{0}]);
  writer.write(seconds_text(1'500'000'001), change::add, made, made[cluster::pod_id{0}]);
  writer.write(date_text(102 * one_second), change::update, made, made[cluster::pod_id{1}]);
  writer.write(seconds_text(3 * one_second), change::remove, made, made[cluster::pod_id{1}]);
  event_reader from = reader(out.str());
  const auto node = from.next().value().value();
  EXPECT_EQ(node.at, 100 * one_second);
  EXPECT_TRUE(std::holds_alternative<cluster::node>(node.object));
  const auto added = from.next().value().value();
  EXPECT_EQ(added.at, 101 * one_second + one_second / 2 + 1);
  EXPECT_EQ(from.next().value().value().at, 102 * one_second);
  const auto removed = from.next().value().value();
  EXPECT_EQ(removed.kind, cluster::event_kind::remove);
  EXPECT_EQ(objects_.text(std::get<cluster::pod>(removed.object).uid),
            made.text(made[cluster::pod_id{1}].uid));
  EXPECT_FALSE(from.next().value());
}

}  // namespace
}  // namespace crosstie::simulate
