// lab: the field report's experiments in one run, and one page that judges its claims.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <map>
#include <memory>

#include "harness/allocation.hpp"
#include "harness/plot.hpp"
#include "harness/progress.hpp"
#include "lab/claims.hpp"
#include "lab/experiments.hpp"
#include "lab/layout.hpp"
#include "subcommands.hpp"

namespace crosstie::bench {
namespace {

// R11: what a row costs that has lost its columns.
void measure_empty_rows(bool quick, results& into) {
  const key_set<number_key> keys = make_number_keys(quick ? 600 : 30'000);
  for (const layout<number_key>& one : all_layouts<number_key>()) {
    if (one.name != "nested map") continue;
    const allocation_meter meter;
    const auto made = one.make();
    made->put(keys.inserted);
    if (made->drop(keys.inserted) != keys.inserted.size())
      throw wrong_answer("lab: a key was lost");
    into.add(
        "layouts", {{"layout", one.name}, {"library", one.library}}, "empty row", "bytes",
        exactly(static_cast<double>(meter.read().live_bytes) / static_cast<double>(keys.rows)));
  }
}

void measure(const bench_options& options, const before_after_options& scheduling, results& into) {
  bench_options few = options;
  few.rounds = std::min(options.rounds, 3);
  const std::string size = options.quick ? "entries=300" : "entries=1e6";
  measure_layouts(few,
                  {.select = "keys=u32 pair," + size +
                             ",library=std|boost|crosstie,layout=nested map|concatenated string|"
                             "struct key|array key|16-byte digest|relation by row|assignment"},
                  into);
  measure_layouts(few,
                  {.select = std::string("keys=node x pod uid,entries=") +
                             (options.quick ? "300" : "100000") + ",library=std|boost|crosstie"},
                  into);
  measure_empty_rows(options.quick, into);
  measure_key_cost(few, into);
  measure_cache(few, into);
  measure_growth(few, into);
  measure_long_keys(few, into);
  measure_matrix(few, into);
  measure_before_after(options, scheduling, into);
}

std::string verdict_html(reproduced how) {
  const std::string text(to_text(how));
  return fmt::format("<span class=\"verdict {}\">{}</span>",
                     how == reproduced::not_measured ? "unknown" : text, text);
}

void introduce(const std::map<reproduced, int>& verdicts, page& to) {
  const auto count = [&](reproduced how) {
    const auto at = verdicts.find(how);
    return at == verdicts.end() ? 0 : at->second;
  };
  to.text(
      "A field report tells of a scheduler, written in Go, that kept \"is this pod on that node\" "
      "in "
      "a map of maps, and of what a flat key won. Its claims are repeated here in C++ on this "
      "machine, every answer checked. Times are medians; a whisker is the interval that holds the "
      "median with 95 % confidence. Blue bars are Crosstie's or the ones to look at.");
  to.text(fmt::format("Of {} claims {} are reproduced, {} partly, {} not; {} were not measured.",
                      all_claims().size(), count(reproduced::yes), count(reproduced::partly),
                      count(reproduced::no), count(reproduced::not_measured)));
}

void draw_ratios(const results& found, page& to) {
  std::vector<bar> bars;
  for (const ratio& one : compare_ratios(found)) {
    bars.push_back({one.name, one.ours, 0, 0, "", true, one.theirs, "report"});
  }
  if (bars.empty()) return;
  to.card("The report's ratios and ours");
  to.plot(draw_bars("How many times as much (dashed: the report)", "times", bars));
}

void draw(const results& found, double pace, page& to) {
  to.card("The report's claims, repeated");
  std::string rows;
  std::map<reproduced, int> verdicts;
  for (const claim& one : all_claims()) {
    const judgement by = judge(one, found);
    ++verdicts[by.how];
    rows +=
        fmt::format("<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n",
                    one.code, escaped(one.text), escaped(one.theirs), escaped(by.ours),
                    verdict_html(by.how), escaped(by.why));
  }
  introduce(verdicts, to);
  to.html(
      "<div class=\"scroll claims\"><table><tr><th></th><th>claim</th><th>the report</th>"
      "<th>measured here</th><th>reproduced</th><th>why</th></tr>\n" +
      rows + "</table></div>\n");
  draw_ratios(found, to);
  to.card("Where the report contradicts itself");
  for (const std::string& one : contradictions()) to.text(one);
  to.card("R1 to R5, R23: a scheduler before and after");
  draw_before_after(found, pace, to);
  draw_layouts(found, to);
  to.card("R8: what a key costs");
  draw_key_cost(found, to);
  to.card("R12, R13: cache");
  draw_cache(found, to);
  to.card("R14, R15: growth");
  draw_growth(found, to);
  to.card("R16 to R18: long keys");
  draw_long_keys(found, to);
  to.card("R22: dense matrix");
  draw_matrix(found, to);
}

}  // namespace

void define_lab(CLI::App& app) {
  const auto own = std::make_shared<before_after_options>();
  CLI::App& made = define_bench(
      app, "lab", "the field report's claims, repeated and judged on one page",
      [=](const bench_options& options, results& into) {
        measure(options, *own, into);
        into.notes.clear(), into.brief = true;
        for (const claim& one : all_claims()) {
          const judgement by = judge(one, into);
          into.notes.push_back(fmt::format("{:4}{:13}{}", one.code, to_text(by.how), by.ours));
        }
      },
      [=](const results& found, page& to) { draw(found, own->pace, to); });
  made.add_option("--pace", own->pace, "pods a second of wall-clock time (1200)")
      ->check(CLI::Range(0.1, 1e6));
  made.add_option("--seconds", own->seconds, "of each paced run (30)")
      ->check(CLI::Range(0.01, 3600.0));
}

}  // namespace crosstie::bench
