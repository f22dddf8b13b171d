// Files that the program writes: whole or not at all.
#include "cli/unfinished_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <thread>
#include <vector>

#include "cli/process.hpp"

namespace crosstie::cli::test {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> names_in(const std::string& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) {
    names.push_back(entry.path().filename().string());
  }
  std::ranges::sort(names);
  return names;
}

mode_t mode_of(const std::string& path) {
  struct stat file{};
  EXPECT_EQ(::stat(path.c_str(), &file), 0) << path;
  return file.st_mode & 07777;
}

TEST(unfinished_file, appears_when_it_is_published_and_never_half) {
  const scratch files;
  const std::string path = files.write("page", "before");
  {
    const auto dropped = unfinished_file::create(path);
    ASSERT_TRUE(dropped);
    EXPECT_TRUE(dropped->is_beside());
    ASSERT_EQ(::write(dropped->descriptor(), "half", 4), 4);
    EXPECT_EQ(read_file(path), "before");
  }
  EXPECT_THAT(names_in(files.path(".")), ElementsAre("page"));
  EXPECT_EQ(read_file(path), "before");

  auto first = unfinished_file::create(path), second = unfinished_file::create(files.path("new"));
  ASSERT_TRUE(first && second);
  ASSERT_EQ(::write(first->descriptor(), "after", 5), 5);
  EXPECT_EQ(first->publish(), 0);
  EXPECT_EQ(read_file(path), "after");
  EXPECT_EQ(second->publish(), 0);
  EXPECT_THAT(names_in(files.path(".")), ElementsAre("new", "page"));
}

TEST(unfinished_file, has_the_permissions_of_the_one_before_or_of_any_new_file) {
  const scratch files;
  const std::string mine = files.write("mine", "");
  fs::permissions(mine, fs::perms::owner_read | fs::perms::owner_write);
  const mode_t mask = ::umask(027);
  for (const std::string& path : {mine, files.path("new")}) {
    auto file = unfinished_file::create(path);
    ASSERT_TRUE(file) << path;
    EXPECT_EQ(file->publish(), 0);
  }
  ::umask(mask);
  EXPECT_EQ(mode_of(mine), 0600u);
  EXPECT_EQ(mode_of(files.path("new")), 0640u);
}

TEST(unfinished_file, a_link_stays_one) {
  const scratch files;
  fs::create_directory(files.path("folder"));
  const std::string target = files.write("folder/target", "before"), link = files.path("link");
  fs::create_symlink(target, link);
  auto file = unfinished_file::create(link);
  ASSERT_TRUE(file);
  ASSERT_EQ(::write(file->descriptor(), "after", 5), 5);
  EXPECT_EQ(file->publish(), 0);
  EXPECT_TRUE(fs::is_symlink(link));
  EXPECT_EQ(read_file(target), "after");
}

TEST(unfinished_file, what_is_no_regular_file_is_written_directly) {
  for (const char* path : {"/dev/null", "/dev/stdout"}) {
    const auto file = unfinished_file::create(path);
    ASSERT_TRUE(file) << path;
    EXPECT_FALSE(file->is_beside()) << path;
  }
  EXPECT_EQ(unfinished_file::create("").error(), ENOENT);
  EXPECT_EQ(unfinished_file::create("/").error(), EISDIR);
  EXPECT_EQ(unfinished_file::create("/dev/null/file").error(), ENOTDIR);
  const scratch files;
  const std::string out = files.path("out");
  const result got =
      run_bash("$crosstie generate nodes=1,pods=1 --dump /dev/stdout > " + out + "\nmkfifo " +
               files.path("fifo") + "\n$crosstie generate nodes=1,pods=1 --dump " +
               files.path("fifo") + " & cat " + files.path("fifo"));
  EXPECT_THAT(got.out, testing::StartsWith("{"));
  EXPECT_EQ(read_file(out), got.out);
  EXPECT_TRUE(fs::is_fifo(files.path("fifo")));
}

TEST(unfinished_file, of_a_full_disk_nothing_stays) {
  const scratch files;
  const std::string dump = files.write("dump.json", "before");
  // Files of at most 8 KiB: beyond, writing fails as on a full disk.
  const result got =
      run_bash("trap '' XFSZ; ulimit -f 8; $crosstie generate nodes=100,pods=100 --dump " + dump);
  EXPECT_EQ(got.exit_code, 1);
  EXPECT_THAT(got.err, HasSubstr("dump.json: File too large"));
  EXPECT_EQ(read_file(dump), "before");
  EXPECT_THAT(names_in(files.path(".")), ElementsAre("dump.json"));
}

TEST(unfinished_file, of_a_process_that_a_signal_ends_nothing_stays) {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    const scratch files;
    process child(CROSSTIE_BINARY,
                  {"generate", "nodes=5000,pods=10000000", "--dump", files.path("dump.json")});
    while (child.alive() && names_in(files.path(".")).empty()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    EXPECT_EQ(names_in(files.path(".")).size(), 1u);
    child.send(signal);
    EXPECT_EQ(child.wait().signal, signal);
    EXPECT_THAT(names_in(files.path(".")), IsEmpty());
  }
}

TEST(unfinished_file, names_of_one_file_are_told_from_others) {
  const scratch files;
  const std::string a = files.write("a", ""), b = files.write("b", "");
  fs::create_hard_link(a, files.path("hard"));
  EXPECT_TRUE(are_one_file(a, files.path("hard")));
  EXPECT_TRUE(are_one_file(
      a, files.path("../" + fs::path(files.path(".")).parent_path().filename().string() + "/a")));
  EXPECT_TRUE(are_one_file(files.path("new"), files.path("./new")));
  EXPECT_FALSE(are_one_file(a, b));
  EXPECT_FALSE(are_one_file(a, files.path("new")));
  EXPECT_FALSE(are_one_file(files.path("new"), a));
  EXPECT_FALSE(are_one_file(files.path("new"), files.path("other")));
  EXPECT_FALSE(are_one_file("/dev/null", "/dev/null"));
}

}  // namespace
}  // namespace crosstie::cli::test
