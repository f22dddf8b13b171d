#include "cli/text_table.hpp"

#include <gtest/gtest.h>

#include "cli/process.hpp"

namespace crosstie::cli {
namespace {

TEST(text_table, columns_align_and_lines_end_without_blanks) {
  text_table table({{"NAME"}, {"COUNT", text_table::side::right}, {"NOTE"}});
  table.add({"a", "1", ""});
  table.add({"\xc3\xa9t\xc3\xa9-long", "12,345", "x"});
  const test::scratch files;
  auto to = output::create(files.path("out"));
  table.print(*to, 1);
  ASSERT_TRUE(to->finish());
  EXPECT_EQ(test::read_file(files.path("out")),
            " NAME       COUNT  NOTE\n"
            " a              1\n"
            " \xc3\xa9t\xc3\xa9-long  12,345  x\n");
}

TEST(text_table, control_characters_are_shown_not_sent) {
  text_table table({{"NAME"}});
  table.add({"a\x1b[2J\nb\x7f\t"});
  const test::scratch files;
  auto to = output::create(files.path("out"));
  table.print(*to);
  ASSERT_TRUE(to->finish());
  EXPECT_EQ(test::read_file(files.path("out")), "NAME\na\\x1b[2J\\x0ab\\x7f\\x09\n");
}

}  // namespace
}  // namespace crosstie::cli
