#include "cluster/json_scan.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <string>

namespace crosstie::cluster {
namespace {

struct ending {
  bracket_scan::result result = bracket_scan::result::open;
  std::size_t at = 0;
  std::int64_t newlines = 0;
  bool operator==(const ending&) const = default;
};

// The naive twin: byte by byte.
ending naive_scan(const std::string& text, std::int64_t deepest) {
  ending found;
  std::int64_t depth = 0;
  bool inside = false, escaped = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\n') ++found.newlines;
    const bool is_escaped = escaped;
    escaped = c == '\\' && !is_escaped;
    if (c == '"' && !is_escaped) {
      inside = !inside;
    } else if (!inside && (c == '{' || c == '[')) {
      if (++depth > deepest) return {bracket_scan::result::too_deep, i, found.newlines};
    } else if (!inside && (c == '}' || c == ']')) {
      if (--depth == 0) return {bracket_scan::result::closed, i + 1, found.newlines};
    }
  }
  found.at = text.size();
  return found;
}

// `blocks_at_once` at a time.
ending scan(const std::string& text, std::int64_t deepest, std::size_t blocks_at_once) {
  bracket_scan scan;
  const char* at = text.data();
  const char* end = text.data() + text.size();
  while (at != end) {
    const std::size_t left = static_cast<std::size_t>(end - at) / bracket_scan::block_bytes;
    const auto result = scan.scan(at, std::min(left, blocks_at_once), deepest);
    if (result != bracket_scan::result::open) {
      return {result, static_cast<std::size_t>(at - text.data()), scan.newlines};
    }
  }
  return {bracket_scan::result::open, text.size(), scan.newlines};
}

TEST(json_scan, agrees_with_a_naive_twin) {
  std::mt19937_64 random(5);
  int closed = 0, too_deep = 0, open = 0;
  for (int round = 0; round < 20000; ++round) {
    std::string text = "{";
    const std::string_view mix = round % 2 == 0 ? "{}[]\"\\\n a" : "\\\\\\\"\"{} a\n";
    const std::size_t size = bracket_scan::block_bytes * (1 + random() % 6);
    while (text.size() < size) text += mix[random() % mix.size()];
    const std::int64_t deepest = 1 + static_cast<std::int64_t>(random() % 12);
    const ending expected = naive_scan(text, deepest);
    ASSERT_EQ(scan(text, deepest, 1), expected) << text;
    ASSERT_EQ(scan(text, deepest, 100), expected) << text;
    closed += expected.result == bracket_scan::result::closed;
    too_deep += expected.result == bracket_scan::result::too_deep;
    open += expected.result == bracket_scan::result::open;
  }
  EXPECT_GT(closed, 100);
  EXPECT_GT(too_deep, 100);
  EXPECT_GT(open, 100);
}

}  // namespace
}  // namespace crosstie::cluster
