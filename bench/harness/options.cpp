#include "harness/options.hpp"

#include <sched.h>
#include <unistd.h>

#include <memory>

#include "harness/progress.hpp"

namespace crosstie::bench {
namespace {

cpu_set_t allowed_before;

void write_page(const std::string& path, const page& what) {
  auto to = cli::output::create(path);
  if (!to) throw std::runtime_error(to.error());
  what.print(*to);
  if (const auto done = to->finish(); !done) throw std::runtime_error(path + ": " + done.error());
}

}  // namespace

void publish(const results& found, const std::string& word) {
  const form how = word == "json" ? form::json : word == "csv" ? form::csv : form::table;
  cli::output to(STDOUT_FILENO);
  if (const auto printed = print_results(to, found, how); !printed) {
    throw wrong_answer(printed.error());
  }
  if (const auto done = to.finish(); !done) throw std::runtime_error(done.error());
}

int pin_to_core() {
  if (::sched_getaffinity(0, sizeof allowed_before, &allowed_before) != 0) return -1;
  // The last core: interrupts and other people's programs prefer the first.
  for (int core = CPU_SETSIZE - 1; core >= 0; --core) {
    if (!CPU_ISSET(core, &allowed_before)) continue;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(core, &one);
    return ::sched_setaffinity(0, sizeof one, &one) == 0 ? core : -1;
  }
  return -1;
}

void unpin() { ::sched_setaffinity(0, sizeof allowed_before, &allowed_before); }

CLI::App& define_bench(CLI::App& app, const std::string& name, const std::string& summary,
                       std::function<void(const bench_options&, results&)> measure,
                       std::function<void(const results&, page&)> draw) {
  CLI::App& own = *app.add_subcommand(name, summary);
  const auto options = std::make_shared<bench_options>();
  own.add_option("-o,--output", options->form, "how the results are printed (table)")
      ->check(CLI::IsMember({"table", "json", "csv"}));
  if (draw)
    own.add_option("--html", options->html, "also write a page with plots to this file")
        ->type_name("FILE");
  own.add_option("--rounds", options->rounds, "timed rounds, of which the median counts (7)")
      ->check(CLI::Range(1, 1000));
  own.add_flag("--quick", options->quick, "tiny, in seconds, with every answer checked");
  own.callback([=, measure = std::move(measure), draw = std::move(draw)] {
    if (options->quick) options->rounds = std::min(options->rounds, 2);
    results found;
    found.run.emplace_back("core", std::int64_t{pin_to_core()});
    measure(*options, found);
    clear_progress();
    if (!options->html.empty()) {
      page drawn(summary, found.run);
      draw(found, drawn);
      write_page(options->html, drawn);
    }
    publish(found, options->form);
  });
  return own;
}

}  // namespace crosstie::bench
