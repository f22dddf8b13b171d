#include "simulate/simulation.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <set>
#include <sstream>

#include "simulate/event_writer.hpp"
#include "simulate/generator.hpp"
#include "simulate/openb.hpp"
#include "simulate/small_cluster.hpp"
#include "simulate/temporary_file.hpp"

namespace crosstie::simulate {
namespace {

options generated(generate_spec spec) {
  options what;
  what.from = spec;
  return what;
}

// Everything but the clocks.
std::string describe(const outcome& result) {
  std::ostringstream out;
  for (const auto& [pod, node] : placements_of(result)) out << pod << " " << node << "\n";
  for (const decision& one : result.decisions) {
    out << result.full_name(one.pod) << " " << result.text(one.node) << " " << one.at << " "
        << one.attempt << " " << result.messages[one.message] << " " << static_cast<int>(one.what)
        << "\n";
  }
  for (const waiting_pod& one : result.waiting) {
    out << result.full_name(one.pod) << " " << static_cast<int>(one.why) << " "
        << result.messages[one.message] << "\n";
  }
  for (const sample& one : result.series) {
    out << one.decisions << " " << one.placed << " " << one.waiting << " " << one.at << "\n";
  }
  const summary& sums = result.summary;
  out << sums.nodes << " " << sums.pods << " " << sums.placed << " " << sums.unschedulable << " "
      << sums.gated << " " << sums.decisions << " " << sums.events << " " << sums.ended << "\n";
  for (const auto& one : sums.reasons) out << one.reason << " " << one.pods << "\n";
  for (const auto& one : sums.resources) {
    out << one.name << " " << one.requested << " " << one.utilisation << " " << one.fragmentation
        << "\n";
  }
  for (const auto& one : sums.per_node) {
    out << result.text(one.node);
    for (const std::int64_t amount : one.requested) out << " " << amount;
    out << "\n";
  }
  for (const auto& warning : result.warnings) out << warning << "\n";
  return out.str();
}

// ---- what every outcome keeps to ---------------------------------------------------------------

std::int64_t amount_of(const outcome& result, const cluster::resource_list& amounts,
                       std::string_view name) {
  for (const auto& one : amounts) {
    if (result.text(one.name) == name) {
      return name == "cpu" ? one.amount.milli_value() : one.amount.value();
    }
  }
  return 0;
}

// Counts again, pod by pod, what each node has given.
void expect_capacity_kept(const outcome& result) {
  const cluster::store& objects = *result.objects;
  for (const std::string_view resource : {"cpu", "memory", "nvidia.com/gpu", "pods"}) {
    std::map<std::string_view, std::int64_t> used;
    for (std::uint32_t slot = 0; slot < objects.pod_slots(); ++slot) {
      const cluster::pod_id id{slot};
      if (!objects.alive(id) || objects[id].node == cluster::no_name) continue;
      std::int64_t asked = resource == "pods" ? 1 : 0;
      std::int64_t most = 0;
      for (const auto& one : objects.spec(id).containers) {
        asked += amount_of(result, one.requests, resource);
      }
      for (const auto& one : objects.spec(id).init_containers) {
        most = std::max(most, amount_of(result, one.requests, resource));
      }
      used[objects.text(objects[id].node)] += std::max(asked, most);
    }
    for (const auto& [name, amount] : used) {
      const auto node = objects.find_node(*objects.names().find(name));
      ASSERT_TRUE(node);
      EXPECT_LE(amount, amount_of(result, objects[*node].allocatable, resource))
          << name << " " << resource;
    }
  }
}

TEST(simulation, placements_respect_capacity) {
  for (const std::uint64_t seed : {1, 2, 3}) {
    for (const std::int64_t pods : {100, 400, 1000}) {  // from half empty to far too many
      const outcome result =
          run(generated({.nodes = 20, .pods = pods, .bound = 100, .seed = seed}));
      expect_capacity_kept(result);
      expect_counts_agree(result);
      EXPECT_EQ(result.summary.pods, pods);
      EXPECT_EQ(result.summary.placed + static_cast<std::int64_t>(result.waiting.size()), pods);
    }
  }
}

TEST(simulation, a_generated_cluster_mostly_fits) {
  const outcome result = run(generated({.nodes = 500, .pods = 3000}));
  EXPECT_GT(result.summary.placed, 2700);
  EXPECT_GT(result.summary.unschedulable, 0);
  EXPECT_GT(result.summary.gated, 0);
  std::set<std::string> reasons;
  for (const auto& one : result.summary.reasons) reasons.insert(one.reason);
  EXPECT_TRUE(reasons.contains("Insufficient cpu"));
  EXPECT_TRUE(reasons.contains("node(s) didn't match Pod's node affinity/selector"));
}

TEST(simulation, a_static_dump_tries_every_pod_once) {
  const outcome result = run(generated({.nodes = 30, .pods = 1500}));
  EXPECT_EQ(result.summary.decisions, 1500 - result.summary.gated);
  EXPECT_EQ(result.summary.ended, result.summary.started);
  for (const decision& one : result.decisions) EXPECT_EQ(one.attempt, 1u);
}

TEST(simulation, equal_runs_are_equal_and_seeds_matter) {
  options what = generated({.nodes = 40, .pods = 500, .bound = 50});
  const std::string once = describe(run(what));
  EXPECT_EQ(once, describe(run(what)));
  what.ties.seed = 2;
  EXPECT_NE(once, describe(run(what)));
  what.ties.by_name = true;
  const std::string by_name = describe(run(what));
  EXPECT_EQ(by_name, describe(run(what)));
  EXPECT_NE(once, by_name);
}

TEST(simulation, equal_runs_at_a_rate_are_equal) {
  options what = generated({.nodes = 10, .pods = 300});
  what.arrive = {arrivals::mode::rate, 7};
  EXPECT_EQ(describe(run(what)), describe(run(what)));
}

// ---- inputs ------------------------------------------------------------------------------------

TEST(simulation, a_written_dump_is_placed_as_the_generated_cluster) {
  const temporary_folder folder;
  const generate_spec spec{.nodes = 60, .pods = 900, .bound = 200, .seed = 5};
  std::ostringstream out;
  write_generated_dump(spec, true, out);
  options from_file;
  from_file.from = dump_input{{folder.write("dump.json", out.str())}};
  from_file.strict = true;
  for (const bool by_name : {false, true}) {
    options in_process = generated(spec);
    in_process.ties.by_name = from_file.ties.by_name = by_name;
    EXPECT_EQ(placements_of(run(from_file)), placements_of(run(in_process)));
  }
}

TEST(simulation, written_arrivals_are_placed_as_arrivals_at_a_rate) {
  const temporary_folder folder;
  const generate_spec spec{.nodes = 20, .pods = 400, .bound = 50};
  std::ostringstream dump, events;
  write_generated_dump(spec, false, dump);
  write_generated_arrivals(spec, 3, events);
  options replayed;
  replayed.from = dump_input{{folder.write("dump.json", dump.str())}};
  replayed.events_path = folder.write("events.jsonl", events.str());
  options in_process = generated(spec);
  in_process.arrive = {arrivals::mode::rate, 3};
  const outcome a = run(replayed);
  const outcome b = run(in_process);
  EXPECT_EQ(placements_of(a), placements_of(b));
  EXPECT_EQ(a.summary.pods, 400);
  EXPECT_EQ(a.summary.ended - a.summary.started, b.summary.ended - b.summary.started);
}

TEST(simulation, the_published_trace_is_placed) {
  const std::filesystem::path data = std::filesystem::path(CROSSTIE_SHARED) / "data/openb";
  if (!std::filesystem::exists(data)) GTEST_SKIP() << data << " is not there";
  options what;
  what.from =
      trace_input{data / "openb_node_list_all_node.csv", data / "openb_pod_list_default.csv"};
  const outcome result = run(what);
  EXPECT_EQ(result.summary.nodes, 1523);
  EXPECT_EQ(result.summary.pods, 8152);
  EXPECT_EQ(result.summary.decisions, 8152);
  EXPECT_GT(result.summary.placed, 7500);
  expect_counts_agree(result);
  what.arrive.when = arrivals::mode::recorded;
  const outcome recorded = run(what);
  EXPECT_EQ(recorded.summary.departed, 8152);
  EXPECT_EQ(recorded.summary.placed_now, 0);
  EXPECT_TRUE(recorded.warnings.empty());
}

// ---- stopping and telling
// ------------------------------------------------------------------------

TEST(simulation, a_stop_keeps_what_is_done_so_far) {
  std::atomic<bool> stop = false;
  options what = generated({.nodes = 20, .pods = 500});
  what.stop = &stop;
  int reports = 0;
  what.report = [&](const progress&) {  // for the first time after the first decision
    ++reports;
    stop = true;
  };
  const outcome result = run(what);
  EXPECT_TRUE(result.summary.stopped);
  EXPECT_GT(reports, 0);
  EXPECT_EQ(result.summary.decisions, 1);
  EXPECT_EQ(result.summary.untried + result.summary.gated, 499);
  expect_counts_agree(result);
}

TEST(simulation, the_last_report_is_complete) {
  options what = generated({.nodes = 20, .pods = 200});
  progress last;
  what.report = [&](const progress& now) { last = now; };
  const outcome result = run(what);
  EXPECT_EQ(last.decisions, result.summary.decisions);
  EXPECT_EQ(last.placed, result.summary.placed);
  EXPECT_EQ(last.expected, 200);
  EXPECT_FALSE(result.summary.stopped);
}

TEST(simulation, many_decisions_are_sampled_evenly) {
  const outcome result = run(generated({.nodes = 200, .pods = 5000}));
  ASSERT_GT(result.series.size(), 300u);
  ASSERT_LE(result.series.size(), 1024u);
  const std::int64_t stride = result.series[1].decisions - result.series[0].decisions;
  for (std::size_t i = 1; i + 1 < result.series.size(); ++i) {
    EXPECT_EQ(result.series[i].decisions - result.series[i - 1].decisions, stride);
  }
}

TEST(simulation, an_empty_cluster_is_no_error) {
  const outcome result = run(generated({.nodes = 0, .pods = 3}));
  EXPECT_EQ(result.summary.placed, 0);
  const outcome nothing = run(generated({.nodes = 0, .pods = 0}));
  EXPECT_EQ(nothing.summary.decisions, 0);
}

}  // namespace
}  // namespace crosstie::simulate
