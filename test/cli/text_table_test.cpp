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

}  // namespace
}  // namespace crosstie::cli
