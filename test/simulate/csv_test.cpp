#include "simulate/csv.hpp"

#include <gtest/gtest.h>

#include "simulate/temporary_file.hpp"

namespace crosstie::simulate {
namespace {

TEST(csv_reader, finds_columns_by_name_and_passes_over_empty_lines) {
  const temporary_folder folder;
  auto csv = csv_reader::open(folder.write("a.csv", "b,a\r\n1,x\r\n\n2,\n"), {"a", "b"});
  ASSERT_TRUE(csv);
  ASSERT_TRUE(csv->next().value());
  EXPECT_EQ(csv->text("a"), "x");
  EXPECT_EQ(csv->number("b", 0).value(), 1);
  ASSERT_TRUE(csv->next().value());
  EXPECT_EQ(csv->text("a"), "");
  EXPECT_EQ(csv->text("c"), "");
  EXPECT_EQ(csv->wrong("a", "x").line, 4);
  EXPECT_FALSE(csv->next().value());
}

TEST(csv_reader, a_last_line_needs_no_end) {
  const temporary_folder folder;
  auto csv = csv_reader::open(folder.write("a.csv", "a\n7"), {"a"});
  ASSERT_TRUE(csv);
  ASSERT_TRUE(csv->next().value());
  EXPECT_EQ(csv->number("a", 0).value(), 7);
}

TEST(csv_reader, errors_name_file_line_and_column) {
  const temporary_folder folder;
  const std::string path = folder.write("a.csv", "a,b\n1,2\n3\n");
  auto csv = csv_reader::open(path, {"a"});
  ASSERT_TRUE(csv);
  ASSERT_TRUE(csv->next().value());
  EXPECT_EQ(to_string(csv->number("a", 2, 5).error()),
            path + ":2: a: expected a whole number from 2 to 5, found \"1\"");
  const auto next = csv->next();
  ASSERT_FALSE(next);
  EXPECT_EQ(to_string(next.error()), path + ":3: expected 2 fields, found 1");
}

TEST(csv_reader, refuses_headers_and_files_that_lack_something) {
  const temporary_folder folder;
  const auto message = [&](const std::string& path) {
    const auto csv = csv_reader::open(path, {"a"});
    return csv ? std::string("accepted") : csv.error().expected;
  };
  EXPECT_EQ(message(folder.write("a.csv", "b\n")), "expected this column in the header");
  EXPECT_EQ(message(folder.write("a.csv", "a,a\n")), "expected this column once in the header");
  EXPECT_EQ(message(folder.write("a.csv", "")), "expected a header line, found an empty file");
  EXPECT_EQ(message(folder.path("none.csv")), "cannot read: No such file or directory");
}

}  // namespace
}  // namespace crosstie::simulate
