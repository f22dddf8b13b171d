#include "cluster/input.hpp"

#include <gtest/gtest.h>

#include "cluster/input_fixture.hpp"

namespace crosstie::cluster {
namespace {

struct read_result {
  std::vector<std::string> texts;  // file name and JSON
  std::string problem;
};

read_result read(std::vector<std::string> paths, const input_options& options = {}) {
  read_result result;
  const auto done =
      read_documents(paths, options, [&](const document& from) -> std::expected<void, error> {
        result.texts.push_back(std::filesystem::path(from.from.file).filename().string() + " " +
                               std::string(from.json));
        return {};
      });
  if (!done) result.problem = to_string(done.error());
  return result;
}

// Standard input is a pipe that holds `text`, while this lives.
class piped_input {
 public:
  explicit piped_input(std::string_view text) : saved_(dup(STDIN_FILENO)) {
    int ends[2];
    EXPECT_EQ(pipe(ends), 0);
    EXPECT_EQ(write(ends[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
    close(ends[1]);
    dup2(ends[0], STDIN_FILENO);
    close(ends[0]);
  }
  ~piped_input() {
    dup2(saved_, STDIN_FILENO);
    close(saved_);
  }

 private:
  int saved_;
};

TEST(input, several_files_of_several_formats) {
  const scratch_directory scratch;
  const auto result = read({scratch.write("b.json", "{\"b\":1}"), scratch.write("a.txt", "a: 1\n"),
                            scratch.write("c.json.gz", gzip("{\"items\":[{\"c\":1}]}")),
                            scratch.write("d", gzip("---\nd: 1\n---\ne: 1\n"))});
  EXPECT_EQ(result.problem, "");
  EXPECT_EQ(result.texts,
            (std::vector<std::string>{"b.json {\"b\":1}", "a.txt {\"a\":1}", "c.json.gz {\"c\":1}",
                                      "d {\"d\":1}", "d {\"e\":1}"}));
}

TEST(input, a_directory_is_its_files_by_name) {
  const scratch_directory scratch;
  scratch.write("b.yaml", "b: 1");
  scratch.write("a.json", "{\"a\":1}");
  scratch.write("c.yml", "c: 1");
  scratch.write("d.json.gz", gzip("{\"d\":1}"));
  scratch.write("notes.txt", "not ours");
  std::filesystem::create_directory(scratch.path() + "/e.json");
  const auto result = read({scratch.path()});
  EXPECT_EQ(result.problem, "");
  EXPECT_EQ(result.texts, (std::vector<std::string>{"a.json {\"a\":1}", "b.yaml {\"b\":1}",
                                                    "c.yml {\"c\":1}", "d.json.gz {\"d\":1}"}));
}

TEST(input, a_directory_follows_links_and_one_that_leads_nowhere_is_an_error) {
  const scratch_directory scratch;
  std::filesystem::create_symlink(scratch.write("a.txt", "{\"a\":1}"), scratch.path() + "/a.json");
  std::filesystem::create_directory(scratch.path() + "/folder");
  std::filesystem::create_symlink(scratch.path() + "/folder", scratch.path() + "/b.json");
  EXPECT_EQ(read({scratch.path()}).texts, (std::vector<std::string>{"a.json {\"a\":1}"}));

  const std::string nowhere = scratch.path() + "/c.json", loop = scratch.path() + "/d.json";
  std::filesystem::create_symlink("gone.json", nowhere);
  EXPECT_EQ(read({scratch.path()}).problem, nowhere + ": No such file or directory");
  std::filesystem::remove(nowhere);
  std::filesystem::create_symlink("d.json", loop);
  EXPECT_EQ(read({scratch.path()}).problem, loop + ": Too many levels of symbolic links");
}

TEST(input, a_directory_without_dumps_is_an_error) {
  const scratch_directory scratch;
  EXPECT_EQ(read({scratch.path()}).problem,
            scratch.path() + ": expected files that end in .json, .yaml, .yml or .gz, found none");
}

TEST(input, standard_input) {
  {
    const piped_input piped("{\"a\":1}");
    EXPECT_EQ(read({"-"}).texts, std::vector<std::string>{"- {\"a\":1}"});
  }
  {
    const piped_input piped(gzip("a: 1"));
    EXPECT_EQ(read({"-"}).texts, std::vector<std::string>{"- {\"a\":1}"});
  }
  EXPECT_EQ(read({"-", "-"}).problem, "-: expected standard input to be named once");
}

TEST(input, a_missing_file_is_an_error) {
  EXPECT_EQ(read({"/no/such/file"}).problem, "/no/such/file: No such file or directory");
  EXPECT_EQ(read({""}).problem, "expected a file, a directory or -, found \"\"");
}

TEST(input, gzip_streams_one_after_another_are_one_text) {
  const scratch_directory scratch;
  const auto result = read({scratch.write("a.gz", gzip("{\"a\":") + gzip("1}{\"b\":2}"))});
  EXPECT_EQ(result.texts, (std::vector<std::string>{"a.gz {\"a\":1}", "a.gz {\"b\":2}"}));
}

TEST(input, damaged_gzip_is_an_error) {
  const scratch_directory scratch;
  std::string text = "{\"items\":[";
  for (int i = 0; i < 5000; ++i) text += "{\"a\":" + std::to_string(i * 7919) + "},";
  text += "{}]}";
  const std::string packed = gzip(text);
  EXPECT_NE(read({scratch.write("cut.gz", packed.substr(0, packed.size() - 9))}).problem, "");
  EXPECT_NE(read({scratch.write("no-sum.gz", packed.substr(0, packed.size() - 4))}).problem, "");
  std::string flipped = packed;
  flipped[packed.size() - 6] ^= 1;  // in the checksum
  EXPECT_NE(read({scratch.write("sum.gz", flipped)}).problem, "");
  EXPECT_NE(read({scratch.write("tail.gz", packed + "x")}).problem, "");
  EXPECT_EQ(read({scratch.write("whole.gz", packed)}).problem, "");
}

TEST(input, progress_ends_at_the_total) {
  const scratch_directory scratch;
  std::uint64_t last = 0, total = 0;
  const std::string packed = gzip("{\"d\":1}");
  read({scratch.write("a.json", "{\"a\":1}"), scratch.write("b.gz", packed)},
       {.limits = {}, .progress = [&](std::uint64_t done, std::uint64_t all) {
          EXPECT_GE(done, last);
          last = done;
          total = all;
        }});
  EXPECT_EQ(total, 7 + packed.size());
  EXPECT_EQ(last, total);
}

}  // namespace
}  // namespace crosstie::cluster
