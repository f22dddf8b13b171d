#include "schedule/queue.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>

namespace crosstie::schedule {
namespace {

constexpr timestamp second_ns = 1'000'000'000;

class queue_test : public testing::Test {
 protected:
  pod_id make(const std::string& ns, const std::string& name, std::int32_t priority = 0,
              timestamp created = 0) {
    cluster::pod_spec spec;
    spec.priority = priority;
    cluster::pod object{};
    object.ns = objects.names().intern(ns);
    object.name = objects.names().intern(name);
    object.spec = objects.intern(spec);
    object.created = created;
    return objects.put(object);
  }
  std::vector<std::string> pop_all(queue& from) {
    std::vector<std::string> names;
    while (const auto pod = from.pop()) names.push_back(objects.full_name(*pod));
    return names;
  }

  cluster::store objects;
};

TEST_F(queue_test, orders_by_priority_then_time_then_creation_then_full_name) {
  queue waiting(objects);
  waiting.add(make("b", "late", 5, 1), 2);
  waiting.add(make("b", "early", 5, 9), 1);
  waiting.add(make("b", "older", 5, 0), 2);
  waiting.add(make("z", "urgent", 7, 9), 3);
  // '-' sorts before '/', so "a-b/x" comes before "a/x".
  waiting.add(make("a", "x", 0), 5);
  waiting.add(make("a-b", "x", 0), 5);
  waiting.add(make("a0", "x", 0), 5);
  waiting.add(make("a", "w", 0), 5);
  EXPECT_EQ(pop_all(waiting), (std::vector<std::string>{"z/urgent", "b/early", "b/older", "b/late",
                                                        "a-b/x", "a/w", "a/x", "a0/x"}));
}

TEST_F(queue_test, a_rejected_pod_waits_for_an_event_that_helps) {
  queue waiting(objects);
  const pod_id pod = make("a", "x");
  waiting.add(pod, 0);
  ASSERT_EQ(waiting.pop(), pod);
  EXPECT_EQ(waiting.where(pod), queue::place::in_flight);
  waiting.reject(pod, pod_removed | node_added, 0);
  EXPECT_EQ(waiting.where(pod), queue::place::unschedulable);
  waiting.notify(node_labels_changed, 20 * second_ns);
  EXPECT_EQ(waiting.where(pod), queue::place::unschedulable);
  waiting.notify(pod_removed, 20 * second_ns);
  EXPECT_EQ(waiting.where(pod), queue::place::active);
  EXPECT_EQ(waiting.attempts(pod), 1u);
}

TEST_F(queue_test, backoff_doubles_up_to_its_limit) {
  queue waiting(objects, {.initial_backoff_ns = second_ns, .max_backoff_ns = 10 * second_ns});
  const pod_id pod = make("a", "x");
  waiting.add(pod, 0);
  timestamp now = 0;
  for (const int wait : {1, 2, 4, 8, 10, 10}) {
    ASSERT_EQ(waiting.pop(), pod);
    waiting.reject(pod, node_added, now);
    waiting.notify(node_added, now + 1);
    EXPECT_EQ(waiting.where(pod), queue::place::backoff);
    EXPECT_EQ(waiting.next_wake(), now + wait * second_ns);
    waiting.advance(now + wait * second_ns - 1);
    EXPECT_FALSE(waiting.pop());
    now += wait * second_ns;
    waiting.advance(now);
  }
  EXPECT_EQ(waiting.pop(), pod);
}

TEST_F(queue_test, an_error_backs_off_without_an_event_and_rejection_ends_the_count) {
  queue waiting(objects);
  const pod_id pod = make("a", "x");
  waiting.add(pod, 0);
  waiting.pop();
  waiting.fail(pod, 0);
  EXPECT_EQ(waiting.next_wake(), 1 * second_ns);
  waiting.advance(second_ns);
  waiting.pop();
  waiting.fail(pod, second_ns);
  EXPECT_EQ(waiting.next_wake(), 3 * second_ns);
  waiting.advance(3 * second_ns);
  waiting.pop();
  waiting.reject(pod, node_added, 3 * second_ns);
  waiting.notify(node_added, 3 * second_ns);
  EXPECT_EQ(waiting.next_wake(), 4 * second_ns);  // the first rejection
}

TEST_F(queue_test, five_minutes_unschedulable_are_enough) {
  queue waiting(objects);
  const pod_id pod = make("a", "x");
  waiting.add(pod, 0);
  waiting.pop();
  waiting.reject(pod, no_event, 7);
  EXPECT_EQ(waiting.next_wake(), 7 + 300 * second_ns);
  waiting.advance(6 + 300 * second_ns);
  EXPECT_EQ(waiting.where(pod), queue::place::unschedulable);
  waiting.advance(7 + 300 * second_ns);
  EXPECT_EQ(waiting.where(pod), queue::place::active);

  queue patient(objects, {.unschedulable_ns = 0});
  patient.add(pod, 0);
  patient.pop();
  patient.reject(pod, no_event, 7);
  EXPECT_FALSE(patient.next_wake());
  patient.advance(1'000'000 * second_ns);
  EXPECT_EQ(patient.where(pod), queue::place::unschedulable);
}

TEST_F(queue_test, gated_pods_stay_out_until_added) {
  queue waiting(objects);
  const pod_id pod = make("a", "x");
  waiting.gate(pod);
  waiting.notify(any_event, second_ns);
  waiting.advance(1'000'000 * second_ns);
  EXPECT_FALSE(waiting.pop());
  EXPECT_EQ(waiting.size(queue::place::gated), 1u);
  waiting.add(pod, 5);
  EXPECT_EQ(waiting.size(queue::place::gated), 0u);
  EXPECT_EQ(waiting.pop(), pod);
}

TEST_F(queue_test, an_update_moves_a_pod_to_its_new_place_in_the_order) {
  queue waiting(objects);
  waiting.add(make("a", "x", 1), 0);
  const pod_id pod = make("a", "y", 0);
  waiting.add(pod, 0);
  EXPECT_EQ(make("a", "y", 2), pod);
  waiting.update(pod, 1);
  EXPECT_EQ(waiting.pop(), pod);
  waiting.reject(pod, no_event, 1);
  waiting.update(pod, 2);
  EXPECT_EQ(waiting.where(pod), queue::place::backoff);
}

// ---- against a naive twin -------------------------------------------------------------------

struct twin_entry {
  queue::place at = queue::place::none;
  timestamp queued_at = 0, backoff_until = 0;
  event_set helpful = no_event;
  std::uint32_t rejections = 0, errors = 0, attempts = 0;
};

class twin {
 public:
  twin(const cluster::store& objects, const queue_limits& limits)
      : objects_(objects), limits_(limits) {}

  std::map<pod_id, twin_entry> entries;

  std::optional<pod_id> pop() {
    std::optional<pod_id> first;
    for (const auto& [pod, e] : entries) {
      if (e.at == queue::place::active && (!first || before(pod, *first))) first = pod;
    }
    if (first) {
      entries[*first].at = queue::place::in_flight;
      ++entries[*first].attempts;
    }
    return first;
  }
  void wake(twin_entry& e, timestamp now) {
    e.at = e.backoff_until > now ? queue::place::backoff : queue::place::active;
  }
  void wait_after_failure(twin_entry& e, timestamp now) {
    const std::uint32_t failures = e.errors > 0 ? e.errors : e.rejections;
    e.queued_at = now;
    e.backoff_until =
        now + std::min(limits_.initial_backoff_ns << (failures - 1), limits_.max_backoff_ns);
  }
  void notify(event_set happened, timestamp now) {
    for (auto& [pod, e] : entries) {
      if (e.at == queue::place::unschedulable && (e.helpful & happened)) wake(e, now);
    }
  }
  void advance(timestamp now) {
    for (auto& [pod, e] : entries) {
      if (e.at == queue::place::backoff && e.backoff_until <= now) e.at = queue::place::active;
      if (e.at == queue::place::unschedulable && e.queued_at + limits_.unschedulable_ns <= now) {
        wake(e, now);
      }
    }
  }
  std::optional<timestamp> next_wake() const {
    std::optional<timestamp> next;
    for (const auto& [pod, e] : entries) {
      timestamp due;
      if (e.at == queue::place::backoff) {
        due = e.backoff_until;
      } else if (e.at == queue::place::unschedulable) {
        due = e.queued_at + limits_.unschedulable_ns;
      } else {
        continue;
      }
      if (!next || due < *next) next = due;
    }
    return next;
  }

 private:
  bool before(pod_id a, pod_id b) const {
    const auto key = [&](pod_id pod) {
      return std::tuple(-objects_.spec(pod).priority, entries.at(pod).queued_at,
                        objects_[pod].created, objects_.full_name(pod));
    };
    return key(a) < key(b);
  }
  const cluster::store& objects_;
  queue_limits limits_;
};

TEST_F(queue_test, behaves_as_a_naive_twin) {
  const queue_limits limits{3, 20, 50};
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    std::mt19937_64 random(seed);
    const auto below = [&](std::uint32_t n) {
      return std::uniform_int_distribution<std::uint32_t>(0, n - 1)(random);
    };
    std::vector<pod_id> pods;
    for (int i = 0; i < 25; ++i) {
      const std::string number = std::to_string(i);
      pods.push_back(
          make(i % 3 ? "a" : "a-b", number, static_cast<std::int32_t>(below(3)), below(3)));
    }
    queue real(objects, limits);
    twin naive(objects, limits);
    timestamp now = 0;
    for (int step = 0; step < 1500; ++step) {
      now += below(4);
      const pod_id pod = pods[below(static_cast<std::uint32_t>(pods.size()))];
      const bool known = naive.entries.contains(pod);
      const queue::place at = known ? naive.entries[pod].at : queue::place::none;
      switch (below(9)) {
        case 0:
        case 1:
          if (known && at != queue::place::gated) break;
          real.add(pod, now);
          naive.entries[pod].at = queue::place::active;
          naive.entries[pod].queued_at = now;
          break;
        case 2:
          if (below(4) != 0) break;
          real.gate(pod);
          naive.entries[pod].at = queue::place::gated;
          break;
        case 3:
          if (below(3) != 0) break;
          real.erase(pod);
          naive.entries.erase(pod);
          break;
        case 4:
          if (at != queue::place::none) {
            cluster::pod_spec spec;
            spec.priority = static_cast<std::int32_t>(below(3));
            cluster::pod object = objects[pod];
            object.spec = objects.intern(spec);
            objects.put(object);
          }
          real.update(pod, now);
          if (at == queue::place::unschedulable) naive.wake(naive.entries[pod], now);
          break;
        case 5: {
          const auto happened = static_cast<event_set>(1u << below(4));
          real.notify(happened, now);
          naive.notify(happened, now);
          break;
        }
        case 6:
          real.advance(now);
          naive.advance(now);
          break;
        default: {
          const auto popped = real.pop();
          ASSERT_EQ(popped, naive.pop()) << "seed " << seed << " step " << step;
          if (!popped) break;
          twin_entry& e = naive.entries[*popped];
          if (below(5) == 0) {
            real.fail(*popped, now);
            ++e.errors;
            naive.wait_after_failure(e, now);
            e.at = queue::place::backoff;
          } else {
            e.helpful = static_cast<event_set>(below(16));
            real.reject(*popped, e.helpful, now);
            ++e.rejections;
            e.errors = 0;
            naive.wait_after_failure(e, now);
            e.at = queue::place::unschedulable;
          }
        }
      }
      ASSERT_EQ(real.size(), naive.entries.size());
      ASSERT_EQ(real.next_wake(), naive.next_wake()) << "seed " << seed << " step " << step;
      for (const auto& [each, e] : naive.entries) {
        ASSERT_EQ(real.where(each), e.at) << "seed " << seed << " step " << step;
        ASSERT_EQ(real.attempts(each), e.attempts);
      }
    }
  }
}

TEST(events_that_help, follow_the_plugin) {
  EXPECT_EQ(events_that_help("NodeName"), node_added);
  EXPECT_TRUE(events_that_help("NodeResourcesFit") & pod_removed);
  EXPECT_FALSE(events_that_help("NodeResourcesFit") & pod_assigned);
  EXPECT_TRUE(events_that_help("InterPodAffinity") & pod_assigned);
  EXPECT_EQ(events_that_help("SomebodyElses"), any_event);
}

}  // namespace
}  // namespace crosstie::schedule
