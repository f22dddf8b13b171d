#include "cli/suggestion.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

namespace crosstie::cli {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::array<std::string_view, 5> words{"simulate", "explain", "generate", "bench",
                                                "completion"};

TEST(suggestion, finds_words_a_few_edits_away) {
  EXPECT_THAT(nearest("simulte", words, 3), ElementsAre("simulate"));
  EXPECT_THAT(nearest("siumlate", words, 3), ElementsAre("simulate"));  // neighbours swapped
  EXPECT_THAT(nearest("explainn", words, 3), ElementsAre("explain"));
  EXPECT_THAT(nearest("hench", words, 3), ElementsAre("bench"));
}

TEST(suggestion, finds_nothing_where_nothing_is_near) {
  EXPECT_THAT(nearest("deploy", words, 3), IsEmpty());
  EXPECT_EQ(did_you_mean("deploy", words), "");
  EXPECT_THAT(nearest("", words, 3), IsEmpty());
}

TEST(suggestion, nearest_come_first_and_parts_of_words_last) {
  constexpr std::array<std::string_view, 4> pods{"web-2", "web-10", "my-web-1-copy", "web-1"};
  EXPECT_THAT(nearest("web-1", pods, 4), ElementsAre("web-1", "web-10", "web-2", "my-web-1-copy"));
  EXPECT_THAT(nearest("web-1", pods, 2), ElementsAre("web-1", "web-10"));
  EXPECT_EQ(did_you_mean("web-1", pods), "; did you mean web-1, web-10 or web-2?");
}

}  // namespace
}  // namespace crosstie::cli
