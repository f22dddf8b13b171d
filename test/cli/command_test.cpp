// The frame: help, version, mistakes on the command line, completion, what ends a run early.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <regex>
#include <sstream>

#include "cli/process.hpp"
#include "cli/sample.hpp"

namespace crosstie::cli::test {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;
using testing::StartsWith;

class help : public testing::TestWithParam<const char*> {};

TEST_P(help, shows_usage_and_examples) {
  const result got = run({GetParam(), "--help"});
  EXPECT_EQ(got.exit_code, 0);
  EXPECT_EQ(got.err, "");
  EXPECT_THAT(got.out, StartsWith("Usage: crosstie " + std::string(GetParam())));
  EXPECT_THAT(got.out, HasSubstr("\nExamples:\n  "));
  EXPECT_THAT(got.out, HasSubstr("crosstie " + std::string(GetParam())));
}

TEST_P(help, is_80_columns_wide_but_for_examples) {
  const std::string text = run({GetParam(), "--help"}).out;
  std::istringstream lines(text.substr(0, text.find("\nExamples:")));
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80u) << line;
}

TEST_P(help, has_a_manual_page) {
  const std::string page =
      read_file(std::string(CROSSTIE_SOURCE_DIR "/docs/man/crosstie-") + GetParam() + ".1");
  EXPECT_THAT(page, HasSubstr(".SH EXAMPLES"));
  // Those of --help, which for bench has remarks beside them.
  if (std::string(GetParam()) == "bench") return;
  std::string plain = std::regex_replace(page, std::regex(R"(\\\(aq)"), "'");
  plain = std::regex_replace(plain, std::regex(R"(\\(.))"), "$1");
  const std::string text = run({GetParam(), "--help"}).out;
  std::istringstream lines(text.substr(text.find("\nExamples:\n") + 11));
  for (std::string line; std::getline(lines, line);) {
    const std::size_t start = line.find_first_not_of(' ');
    if (start == std::string::npos) continue;
    EXPECT_THAT(plain, HasSubstr("\n" + line.substr(start) + "\n"));
  }
}

INSTANTIATE_TEST_SUITE_P(commands, help,
                         testing::Values("simulate", "explain", "generate", "bench", "completion"));

TEST(command, help_names_every_command) {
  const result got = run({"--help"});
  EXPECT_EQ(got.exit_code, 0);
  for (const char* name : {"simulate", "explain", "generate", "bench", "completion"}) {
    EXPECT_THAT(got.out, HasSubstr(std::string("\n  ") + name + " "));
  }
}

// Without the DeviceClasses, pods that want their resources would be short of them without a
// warning.
TEST(command, every_list_for_kubectl_names_the_kinds_that_are_asked_about) {
  const std::string list = "resourceclaims,deviceclasses -A -o json > cluster.json\n";
  EXPECT_THAT(run({"--help"}).out, HasSubstr(list));
  EXPECT_THAT(run({"simulate", "--help"}).out, HasSubstr(list));
  EXPECT_THAT(run({"explain", "--help"}).out, HasSubstr(list));
  EXPECT_THAT(read_file(CROSSTIE_SOURCE_DIR "/README.md"), HasSubstr(list));
}

TEST(command, version_is_one_line) {
  const result got = run({"--version"});
  EXPECT_EQ(got.exit_code, 0);
  EXPECT_THAT(got.out, MatchesRegex("crosstie [0-9]+\\.[0-9]+\\.[0-9]+\n"));
}

TEST(command, mistakes_are_answered_with_what_is_near) {
  expect_refused(run({}), "expected a command");
  expect_refused(run({"simulat"}), "unknown command \"simulat\"; did you mean simulate?");
  expect_refused(run({"explain", "--plugin"}), "unknown option --plugin; did you mean --plugins?");
  expect_refused(run({"simulate", "--genrate=x"}), "did you mean --generate");
  expect_refused(run({"simulate", "-o", "jsn"}), "did you mean json?");
  expect_refused(run({"simulate", "surplus"}), "unexpected argument \"surplus\"");
  expect_refused(run({"completion", "fish"}), "expected bash, zsh");
}

TEST(command, options_that_contradict_each_other_are_refused) {
  expect_refused(run({"simulate"}), "expected one input");
  expect_refused(run({"simulate", "--generate", "nodes=1", "-f", "x"}), "expected one input");
  expect_refused(run({"simulate", "--trace", "openb"}), "--nodes FILE and --pods FILE");
  expect_refused(run({"simulate", "--generate", "--nodes", "x"}), "belong to --trace openb");
  expect_refused(run({"generate", "--events", "-"}), "expected --dump FILE");
  expect_refused(run({"simulate", "--generate", "--rate", "1/s", "--pace", "1/s"}),
                 "at most one of --rate, --pace");
  expect_refused(run({"explain", "-f", "x"}), "expected the names of pods, or --all");
  expect_refused(run({"explain", "-f", "x", "--all", "pod"}), "expected the names of pods, or");
  expect_refused(run({"explain", "--all"}), "required");
}

TEST(command, bad_values_are_refused_with_what_would_do) {
  expect_refused(run({"simulate", "--generate", "nods=3"}), "nods");
  expect_refused(run({"simulate", "--generate", "nodes=-3"}), "nodes");
  expect_refused(run({"simulate", "--generate", "--rate", "fast"}), "--rate: ");
  expect_refused(run({"simulate", "--generate", "--tie-break", "random"}), "--tie-break: ");
  expect_refused(run({"generate", "nodes=x"}), "nodes");
}

TEST(command, files_that_are_not_there_are_named) {
  expect_refused(run({"simulate", "-f", "/nowhere/a.json"}), "/nowhere/a.json");
  expect_refused(run({"explain", "--all", "-f", "/nowhere/a.json"}), "/nowhere/a.json");
  expect_refused(run({"explain", "--all", "-f", "-", "--config", "/nowhere/c.yaml"}),
                 "/nowhere/c.yaml: No such file or directory");
}

TEST(command, bench_says_where_its_program_is_missing) {
  const scratch alone;
  std::filesystem::copy_file(CROSSTIE_BINARY, alone.path("crosstie"));
  const result got = process(alone.path("crosstie"), {"bench"}).wait();
  EXPECT_EQ(got.exit_code, 1);
  EXPECT_THAT(got.err, HasSubstr(alone.path("crosstie-bench") + " is not there"));
}

TEST(command, bench_hands_its_arguments_over) {
  const scratch together;
  std::filesystem::copy_file(CROSSTIE_BINARY, together.path("crosstie"));
  const std::string program =
      together.write("crosstie-bench", "#!/bin/sh\nprintf '<%s>' \"$@\"\nexit 7\n");
  std::filesystem::permissions(program, std::filesystem::perms::owner_all);
  result got = process(together.path("crosstie"), {"bench", "--filter", "a b", "c"}).wait();
  EXPECT_EQ(got.exit_code, 7);
  EXPECT_EQ(got.out, "<--filter><a b><c>");
  got = process(together.path("crosstie"), {"bench", "--", "--help"}).wait();
  EXPECT_EQ(got.out, "<--help>");
}

// ---- completion -------------------------------------------------------------------------------

// What bash offers for the last of the words.
std::string completed(const std::string& words) {
  const result got =
      run_bash("source <($crosstie completion bash) || exit 1\nCOMP_WORDS=(" + words +
               ")\nCOMP_CWORD=$((${#COMP_WORDS[@]} - 1))\ncompopt() { :; }\n"
               "_crosstie\necho \"${COMPREPLY[*]}\"");
  EXPECT_EQ(got.exit_code, 0) << got.err;
  EXPECT_EQ(got.err, "");
  return got.out;
}

TEST(completion, bash_completes_commands_options_and_values) {
  EXPECT_EQ(completed("crosstie sim"), "simulate\n");
  EXPECT_EQ(completed("crosstie simulate --rep"), "--report\n");
  EXPECT_EQ(completed("crosstie simulate --strict --rep"), "--report\n");
  EXPECT_EQ(completed("crosstie simulate -o ''"), "summary wide json yaml name\n");
  EXPECT_EQ(completed("crosstie explain --output = w"), "wide\n");
  EXPECT_EQ(completed("crosstie explain --output ="), "table wide summary json yaml\n");
  EXPECT_EQ(completed("crosstie completion z"), "zsh\n");
}

// The benches are another program's, which may not have been built.
bool has_bench() {
  return std::filesystem::exists(std::filesystem::path(CROSSTIE_BINARY).parent_path() /
                                 "crosstie-bench");
}

TEST(completion, bash_completes_benches_and_their_options) {
  if (!has_bench()) GTEST_SKIP() << "crosstie-bench is not built";
  EXPECT_EQ(completed("$crosstie bench lay"), "layouts\n");
  EXPECT_EQ(completed("$crosstie bench layouts --rec"), "--recommend\n");
  EXPECT_EQ(completed("$crosstie bench layouts --quick --output ''"), "table json csv\n");
  EXPECT_EQ(completed("$crosstie bench nothing --"), "\n");
  const scratch files;
  files.write("a.json", "");
  EXPECT_EQ(completed("$crosstie bench diff " + files.path("a.j")), files.path("a.json") + "\n");
}

TEST(completion, bash_knows_no_bench_where_there_is_none) {
  EXPECT_EQ(completed("/nowhere/crosstie bench lay"), "\n");
}

TEST(completion, zsh_completes_benches_and_their_options) {
  if (!has_bench()) GTEST_SKIP() << "crosstie-bench is not built";
  if (run_bash("command -v zsh").exit_code != 0) GTEST_SKIP() << "zsh is not installed";
  const result got = run_bash(R"($crosstie completion zsh > "$TMPDIR/_c"; zsh -c '
compdef() { : }
_describe() { print -l -- ${(P)2} }
_arguments() { print -l -- "$@" }
source "$TMPDIR/_c"
words=('"$crosstie"' bench ""); CURRENT=3; _crosstie
words=('"$crosstie"' bench diff ""); CURRENT=4; _crosstie')");
  EXPECT_EQ(got.exit_code, 0) << got.err;
  EXPECT_THAT(got.out, HasSubstr("layouts:key layouts"));
  EXPECT_THAT(got.out, HasSubstr("*:value:_files"));
  EXPECT_THAT(got.out, HasSubstr(":value:(table json csv)"));
}

TEST(completion, bash_completes_file_names) {
  const scratch files;
  files.write("cluster.json", "");
  EXPECT_EQ(completed("crosstie explain -f " + files.path("clus")),
            files.path("cluster.json") + "\n");
}

TEST(completion, bash_script_is_well_formed) {
  const result got = run_bash("$crosstie completion bash | bash -n");
  EXPECT_EQ(got.exit_code, 0) << got.err;
}

TEST(completion, zsh_script_is_well_formed) {
  if (run_bash("command -v zsh").exit_code != 0) GTEST_SKIP() << "zsh is not installed";
  const result got = run_bash("$crosstie completion zsh > \"$TMPDIR/_c\"; zsh -n \"$TMPDIR/_c\"");
  EXPECT_EQ(got.exit_code, 0) << got.err;
}

TEST(completion, zsh_script_knows_commands_and_values) {
  const std::string script = run({"completion", "zsh"}).out;
  EXPECT_THAT(script, StartsWith("#compdef crosstie\n"));
  EXPECT_THAT(script, HasSubstr("'simulate:"));
  EXPECT_THAT(script, HasSubstr("(summary wide json yaml name)"));
  EXPECT_THAT(script, HasSubstr("'*--filename["));
}

// ---- ends before the end ----------------------------------------------------------------------

TEST(command, a_closed_pipe_ends_it_without_a_word) {
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  ::close(ends[0]);
  process child(CROSSTIE_BINARY, {"generate", "nodes=200,pods=2000"}, {}, ends[1]);
  ::close(ends[1]);
  const result got = child.wait();
  EXPECT_EQ(got.signal, SIGPIPE);
  EXPECT_EQ(got.err, "");
}

TEST(command, head_gets_its_lines) {
  const result got = run_bash("$crosstie generate nodes=200,pods=2000 | head -c 1");
  EXPECT_EQ(got.exit_code, 0);
  EXPECT_EQ(got.out, "{");
  EXPECT_EQ(got.err, "");
}

TEST(command, a_full_disk_is_a_failure) {
  const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  if (full < 0) GTEST_SKIP() << "there is no /dev/full";
  const std::vector<std::vector<std::string>> command_lines{{"generate", "nodes=3,pods=3"},
                                                            {"completion", "bash"},
                                                            {"--version"},
                                                            {"--help"},
                                                            {"simulate", "--help"}};
  for (const auto& arguments : command_lines) {
    const result got = process(CROSSTIE_BINARY, arguments, {}, full).wait();
    EXPECT_EQ(got.exit_code, 1) << arguments.back();
    EXPECT_EQ(got.err, "crosstie: error: standard output: No space left on device\n");
  }
  ::close(full);
}

}  // namespace
}  // namespace crosstie::cli::test
