#include "simulate/event_feed.hpp"

#include <gtest/gtest.h>

#include "simulate/object_parts.hpp"

namespace crosstie::simulate {
namespace {

class feed : public testing::Test {
 protected:
  cluster::object_key key(std::string_view name) { return {cluster::no_name, named(name)}; }
  cluster::name_id named(std::string_view name) { return objects_.names().intern(name); }
  cluster::pod pod(std::string_view name) {
    cluster::pod made{};
    made.name = named(name);
    return made;
  }
  static std::string line(int time, std::string_view name) {
    return R"({"time":)" + std::to_string(time) +
           R"(,"event":"add","object":{"kind":"Node","metadata":{"name":")" + std::string(name) +
           "\"}}}\n";
  }
  event_reader file(std::string_view text) {
    return {"e", std::make_unique<cluster::memory_bytes>(text), 0, objects_};
  }
  // "name@time" of everything until `now`.
  std::string drain(event_feed& from, cluster::timestamp now) {
    std::string seen;
    while (const auto next = from.pop(now)) {
      const auto* pod = std::get_if<cluster::pod>(&next->object);
      const cluster::name_id name =
          pod != nullptr ? pod->name : std::get<cluster::node>(next->object).name;
      seen += (next->kind == cluster::event_kind::remove ? "-" : "+");
      seen += std::string(objects_.text(name)) + "@" + std::to_string(next->at) + " ";
    }
    return seen;
  }

  cluster::store objects_;
};

TEST_F(feed, merges_by_time_and_at_one_time_by_source) {
  event_feed from({{5, pod("a")}, {one_second, pod("b")}}, {{key("c"), 5}, {key("a"), one_second}});
  const std::string text = line(0, "n0") + line(1, "n1") + line(2, "n2");
  ASSERT_TRUE(from.follow(file(text)));
  EXPECT_EQ(from.next_at(), 0);
  EXPECT_EQ(from.arrivals_left(), 2);
  from.evict(key("v"), 5);
  EXPECT_EQ(drain(from, 4), "+n0@0 ");
  EXPECT_EQ(drain(from, 5), "-v@5 -c@5 +a@5 ");
  EXPECT_EQ(drain(from, 5), "");
  EXPECT_EQ(drain(from, one_second), "-a@1000000000 +b@1000000000 +n1@1000000000 ");
  EXPECT_EQ(from.next_at(), 2 * one_second);
  EXPECT_EQ(from.arrivals_left(), 0);
  EXPECT_EQ(drain(from, 3 * one_second), "+n2@2000000000 ");
  EXPECT_EQ(from.next_at(), std::nullopt);
  EXPECT_FALSE(from.failure());
}

TEST_F(feed, a_broken_file_ends_it_with_the_error) {
  event_feed from({{5 * one_second, pod("a")}}, {});
  const std::string text = line(0, "n0") + "broken\n";
  ASSERT_TRUE(from.follow(file(text)));
  EXPECT_EQ(drain(from, one_second), "+n0@0 ");
  EXPECT_EQ(from.next_at(), std::nullopt);
  ASSERT_TRUE(from.failure());
  EXPECT_EQ(from.failure()->line, 2);
}

TEST_F(feed, a_file_broken_from_the_start_is_refused_at_once) {
  event_feed from({}, {});
  EXPECT_FALSE(from.follow(file("broken")));
}

}  // namespace
}  // namespace crosstie::simulate
