#include "schedule/recency.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <list>
#include <map>
#include <random>

namespace crosstie::schedule {
namespace {

TEST(recency, keeps_the_keys_asked_last) {
  std::mt19937_64 random(3);
  for (const std::uint32_t limit : {1u, 2u, 5u}) {
    recency real(limit);
    std::list<std::uint32_t> order;  // the newest first
    std::map<std::uint32_t, std::uint32_t> slots;
    for (int i = 0; i < 2000; ++i) {
      const auto key = static_cast<std::uint32_t>(random() % 9);
      const recency::place place = real.touch(key);
      ASSERT_LT(place.slot, limit);
      const auto found = std::find(order.begin(), order.end(), key);
      ASSERT_EQ(place.fresh, found == order.end());
      if (found != order.end()) {
        ASSERT_EQ(slots[key], place.slot);
        order.erase(found);
      } else if (order.size() == limit) {
        ASSERT_EQ(slots[order.back()], place.slot);
        slots.erase(order.back());
        order.pop_back();
      }
      order.push_front(key);
      slots[key] = place.slot;
    }
  }
}

}  // namespace
}  // namespace crosstie::schedule
