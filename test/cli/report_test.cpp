// The report page: self-contained, and drawn by a real browser.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

#include "cli/json.hpp"
#include "cli/process.hpp"
#include "cli/sample.hpp"

namespace crosstie::cli::test {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string write_report(const scratch& files, std::vector<std::string> arguments,
                         const std::string& input = {}) {
  const std::string path = files.path("report.html");
  arguments.insert(arguments.begin(), "simulate");
  arguments.insert(arguments.end(), {"--report", path, "-o", "name"});
  const result got = run(arguments, input);
  EXPECT_EQ(got.exit_code, 0) << got.err;
  return path;
}

nlohmann::json data_of(const std::string& page) {
  const std::string start = "<script id=\"data\" type=\"application/json\">";
  const std::size_t from = page.find(start) + start.size();
  return parse_json(page.substr(from, page.find("</script>", from) - from));
}

TEST(report, needs_nothing_from_elsewhere) {
  const scratch files;
  const std::string page = read_file(write_report(files, {"-f", "-"}, sample_cluster()));
  EXPECT_THAT(page, testing::StartsWith("<!doctype html>"));
  EXPECT_THAT(page, Not(HasSubstr("src=")));
  EXPECT_THAT(page, Not(HasSubstr("@import")));
  // The one address is the name of SVG's namespace, which nobody fetches.
  std::string rest = std::regex_replace(page, std::regex("http://www\\.w3\\.org/2000/svg"), "");
  EXPECT_THAT(rest, Not(HasSubstr("http")));
  EXPECT_THAT(rest, Not(HasSubstr("{{")));
}

TEST(report, data_is_the_outcome) {
  const scratch files;
  const auto data = data_of(read_file(write_report(files, {"-f", "-"}, sample_cluster())));
  EXPECT_EQ(data["placed"], 2);
  EXPECT_EQ(data["pods"], 4);
  ASSERT_EQ(data["nodes"].size(), 3u);
  EXPECT_EQ(data["nodes"][0][0], "big");
  EXPECT_EQ(data["nodes"][0][1], "zone-a");
  EXPECT_EQ(data["resources"][0]["name"], "cpu");
  std::int64_t timed = 0;
  for (const auto& bucket : data["timing"]["latency"]) timed += bucket[2].get<std::int64_t>();
  EXPECT_EQ(timed, data["decisions"]);
}

// Three cores on a node of one, beside a node of fifteen.
std::string overfull_cluster() {
  return sample_list(sample_node("n1", "1") + "," + sample_node("n2", "15") + "," +
                     sample_pod("default", "p", "3", R"("nodeName":"n1",)"));
}

TEST(report, nodes_have_their_amounts_and_resources_the_terminals_figures) {
  const scratch files;
  const std::string path = files.path("report.html");
  const auto data = data_of(read_file(write_report(files, {"-f", "-"}, overfull_cluster())));
  EXPECT_EQ(data["nodes"][0][4], 3000);
  EXPECT_EQ(data["nodes"][0][5], 1000);
  EXPECT_EQ(data["nodes"][1][4], 0);
  EXPECT_EQ(data["nodes"][1][5], 15000);

  // 0.44949 of all cores: rounded to 0.4495 first, it would be 45.0 %.
  const result got =
      run({"simulate", "--generate", "nodes=300,pods=4000,bound=1000", "--report", path});
  ASSERT_EQ(got.exit_code, 0) << got.err;
  const auto generated = data_of(read_file(path));
  EXPECT_EQ(generated["resources"][0]["used"], "44.9 %");
  for (const auto& one : generated["resources"]) {
    const auto name = one["name"].get<std::string>(), used = one["used"].get<std::string>(),
               fragmented = one["fragmented"].get<std::string>();
    EXPECT_THAT(got.out, testing::ContainsRegex("\n  " + name + " .* " + used + " +" + fragmented));
  }
}

TEST(report, texts_of_the_input_are_data_and_never_markup) {
  const scratch files;
  const std::string hostile = "</script><script>alert(1)</script>";
  std::string node = sample_node("big", "8");
  node.replace(node.find("zone-a"), 6, hostile);
  const std::string page = read_file(write_report(files, {"-f", "-"}, sample_list(node)));
  EXPECT_THAT(page, Not(HasSubstr(hostile)));
  EXPECT_EQ(data_of(page)["nodes"][0][1], hostile);
}

TEST(report, without_timing_the_same_bytes) {
  const scratch files;
  const std::vector<std::string> arguments{"--generate", "nodes=30,pods=200", "--no-timing"};
  const std::string first = read_file(write_report(files, arguments));
  EXPECT_EQ(read_file(write_report(files, arguments)), first);
  EXPECT_THAT(first, Not(HasSubstr("\"timing\"")));
}

// ---- in a browser -----------------------------------------------------------------------------

bool has_chromium() { return run_bash("command -v chromium").exit_code == 0; }

// The page after its script has run, as the browser sees it; empty where there is no browser.
std::string rendered(const std::string& path, const std::string& window = "1400,1700") {
  const scratch profile;
  const result got = run_bash(
      "timeout 120 chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run"
      " --disable-background-networking --disable-component-update --disable-sync"
      " --user-data-dir=" +
      profile.path("profile") + " --window-size=" + window +
      " --virtual-time-budget=5000 --dump-dom file://" + path);
  EXPECT_EQ(got.exit_code, 0) << got.err;
  return got.out;
}

// The part of the page inside the element of that id, up to the next section.
std::string section(const std::string& dom, const std::string& id) {
  const std::size_t from = dom.find("id=\"" + id + "\"");
  EXPECT_NE(from, std::string::npos) << id;
  return dom.substr(from, dom.find("</section>", from) - from);
}

std::int64_t sum_of(const std::string& text, const std::string& attribute) {
  std::int64_t sum = 0;
  const std::regex pattern(attribute + "=\"([0-9]+)\"");
  for (std::sregex_iterator at(text.begin(), text.end(), pattern), end; at != end; ++at) {
    sum += std::stoll((*at)[1]);
  }
  return sum;
}

TEST(report, a_browser_draws_every_plot) {
  if (!has_chromium()) GTEST_SKIP() << "chromium is not installed: the page was NOT looked at";
  const scratch files;
  const std::string path = write_report(files, {"--generate", "nodes=300,pods=3000,seed=2"});
  const auto data = data_of(read_file(path));
  const std::string dom = rendered(path);
  EXPECT_THAT(dom, HasSubstr("data-drawn=\"yes\""));
  EXPECT_EQ(sum_of(section(dom, "map"), "data-nodes"), 300);
  EXPECT_THAT(section(dom, "placed"), HasSubstr("stroke=\"var(--accent)\""));
  EXPECT_EQ(sum_of(section(dom, "latency"), "data-decisions"), data["decisions"]);
  EXPECT_THAT(section(dom, "tiles"), HasSubstr("Memory utilisation"));
  EXPECT_THAT(section(dom, "resources"), HasSubstr("<td>cpu</td>"));
  EXPECT_THAT(dom, Not(HasSubstr("NaN")));
  EXPECT_THAT(dom, Not(HasSubstr("undefined</")));
}

TEST(report, a_browser_tells_the_use_of_overfull_nodes_and_of_groups_by_their_sums) {
  if (!has_chromium()) GTEST_SKIP() << "chromium is not installed: the page was NOT looked at";
  const scratch files;
  const std::string dom = rendered(write_report(files, {"-f", "-"}, overfull_cluster()));
  EXPECT_THAT(section(dom, "map"), HasSubstr("zone-a: 2 · 18.8 %"));
  EXPECT_THAT(section(dom, "map-legend"), HasSubstr(" 300 %"));
  EXPECT_THAT(section(dom, "tiles"), HasSubstr(">18.8 %<"));
  EXPECT_THAT(section(dom, "resources"), HasSubstr("<td>18.8 %</td>"));
}

TEST(report, a_browser_draws_steps_over_time) {
  if (!has_chromium()) GTEST_SKIP() << "chromium is not installed: the page was NOT looked at";
  const scratch files;
  const std::string dom =
      rendered(write_report(files, {"--generate", "nodes=3,pods=4,seed=2", "--rate", "1/s"}));
  const std::regex steps("d=\"M[0-9.]+ [0-9.]+(H[0-9.]+V[0-9.]+)+\" fill=\"none\"");
  const std::string drawn = section(dom, "placed");
  const auto lines = std::distance(std::sregex_iterator(drawn.begin(), drawn.end(), steps), {});
  EXPECT_EQ(lines, 2) << drawn;
}

TEST(report, a_browser_draws_the_reasons) {
  if (!has_chromium()) GTEST_SKIP() << "chromium is not installed: the page was NOT looked at";
  const scratch files;
  const std::string dom = rendered(write_report(files, {"-f", "-"}, sample_cluster()), "420,900");
  EXPECT_THAT(dom, HasSubstr("data-drawn=\"yes\""));
  EXPECT_THAT(section(dom, "reasons"), HasSubstr("Insufficient cpu"));
  EXPECT_GT(sum_of(section(dom, "reasons"), "data-pods"), 0);
}

TEST(report, a_browser_lists_the_evicted_pods) {
  const scratch files;
  const std::string dump =
      sample_list(sample_node("only", "2") + "," +
                  sample_pod("web", "low", "2", R"("nodeName":"only","priority":1,)") + "," +
                  sample_pod("web", "high", "2", R"("priority":9,)"));
  const std::string path = write_report(files, {"-f", "-"}, dump);
  EXPECT_EQ(data_of(read_file(path))["evicted"],
            nlohmann::json::parse(R"([["web/low","only","web/high"]])"));
  if (!has_chromium()) GTEST_SKIP() << "chromium is not installed: the page was NOT looked at";
  EXPECT_THAT(section(rendered(path), "evicted"), HasSubstr("<td>web/low</td>"));
}

TEST(report, a_browser_copes_with_a_run_without_pods_and_nodes) {
  if (!has_chromium()) GTEST_SKIP() << "chromium is not installed: the page was NOT looked at";
  const scratch files;
  const std::string dom =
      rendered(write_report(files, {"-f", "-", "--no-timing"}, sample_list("")));
  EXPECT_THAT(dom, HasSubstr("data-drawn=\"yes\""));
  EXPECT_THAT(dom, HasSubstr("There is no node."));
  EXPECT_THAT(dom, HasSubstr("Clock readings were left out"));
}

}  // namespace
}  // namespace crosstie::cli::test
