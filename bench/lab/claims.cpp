#include "lab/claims.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace crosstie::bench {
namespace {

using cli::case_fields;

std::string change(double before, double after) {
  return fmt::format("{} -> {} ({:+.1f} %)", figure(before), figure(after),
                     100 * (after / before - 1));
}

// ---- R1 to R5: the scheduler

double scheduler(const results& from, const char* metric, const char* table) {
  return from.value(metric, {{"table", table}});
}

// The report's step, from a map of maps to a flat key, taken with names and with ids for keys; and
// the steps to our tables and our engine.
struct steps {
  double names_before, names_after, ids_before, ids_after, own, engine;
  double names() const { return names_after / names_before - 1; }
  double ids() const { return ids_after / ids_before - 1; }
  double own_ids() const { return own / ids_before - 1; }
  double best() const { return std::max({names(), ids(), own_ids()}); }
  double least() const { return std::min({names(), ids(), own_ids()}); }
};
steps find_steps(const results& from, const char* metric, double factor = 1) {
  const auto of = [&](const char* table) { return factor * scheduler(from, metric, table); };
  return {of("nested map"),
          of("struct key"),
          of("nested map of ids"),
          of("struct key of ids"),
          of("ours: assignment of ids"),
          of("Crosstie's engine")};
}
std::string describe(const steps& found) {
  return fmt::format("names: {}; ids: {}, with an assignment {}; Crosstie's engine {}",
                     change(found.names_before, found.names_after),
                     change(found.ids_before, found.ids_after), change(found.ids_before, found.own),
                     figure(found.engine));
}

judgement judge_cpu(const results& from) {
  const steps found = find_steps(from, "paced cpu a pod");
  const double busy = 100 * scheduler(from, "paced cpu", "nested map");
  return {
      grade(std::min(found.names(), found.ids()) < -0.15, found.least() < -0.03),
      "CPU a pod, us; " + describe(found),
      (busy > 95 ? std::string("The plain scheduler cannot keep the pace and takes the whole core "
                               "whatever the table, so the CPU a pod is compared. ")
                 : std::string()) +
          "With names the flat key must hash both texts for every question, where a nested map "
          "that is asked node by node hashes them apart and looks into a small map. Not asking "
          "once a node saves far more: the engine's figure."};
}

judgement judge_p99(const results& from) {
  const steps found = find_steps(from, "paced p99");
  return {grade(std::min(found.names(), found.ids()) < -0.25, found.least() < -0.05),
          "P99 of a decision, ms; " + describe(found),
          "A decision takes what its work takes: the table's share of it is what a table can save. "
          "The report's P99 of hundreds of ms is that of a queue near saturation, where a small "
          "saving of work shortens the wait a lot; it depends on the pace more than on the table."};
}

judgement judge_collections(const results& from) {
  const steps found = find_steps(from, "allocations a pod");
  return {grade(found.names() < -0.2 || found.ids() < -0.2, found.least() < -0.02),
          "allocations a pod; " + describe(found),
          "C++ has no collector; calls of operator new stand in its place, at equal load: a pod. "
          "Those of the plain evaluation outnumber the table's by thousands, and a std table "
          "allocates a node an entry, nested or flat."};
}

judgement judge_throughput(const results& from) {
  const steps found = find_steps(from, "throughput");
  const double share = scheduler(from, "in the table", "nested map");
  return {grade(std::max(found.names(), found.ids()) > 0.25, found.best() > 0.03),
          "pods/s; " + describe(found),
          fmt::format("No table can win more than its own share: one that cost nothing would give "
                      "{:+.0f} % over the nested map of names here, and {:+.1f} % by R5's 19.8 %. "
                      "The interned assignment of the same names reaches {} pods/s ({:+.0f} %).",
                      100 * (1 / (1 - share) - 1), 100 * (1 / (1 - 0.198) - 1),
                      figure(scheduler(from, "throughput", "ours: interned assignment")),
                      100 * (scheduler(from, "throughput", "ours: interned assignment") /
                                 found.names_before -
                             1))};
}

judgement judge_share(const results& from) {
  const double names = 100 * scheduler(from, "in the table", "nested map");
  const double ids = 100 * scheduler(from, "in the table", "nested map of ids");
  return {grade((names > 12 && names < 30) || (ids > 12 && ids < 30), names > 4),
          fmt::format("{} % of the time is spent in the nested map of names, {} % in that of ids; "
                      "{} % in an assignment of ids",
                      figure(names), figure(ids),
                      figure(100 * scheduler(from, "in the table", "ours: assignment of ids"))),
          "The share is what 5,000 questions a pod cost beside 5,000 evaluations of every plugin: "
          "a leaner evaluator raises it, a richer one lowers it. Collections are no part of it "
          "here (R3)."};
}

// ---- R19, R22, R23

judgement judge_attribution(const results& from) {
  const auto per_pod = [&](const char* table) {
    return 1e6 / scheduler(from, "throughput", table);
  };
  const auto in_table = [&](const char* table) {
    return per_pod(table) * scheduler(from, "in the table", table);
  };
  const double all = per_pod("nested map") - per_pod("ours: interned assignment");
  const double table = in_table("nested map") - in_table("ours: interned assignment");
  const double share = table / all;
  return {grade(share > 0.8 && share < 1.25, share > 0.4 && share < 2),
          fmt::format("names, nested map -> interned assignment: {} us a pod saved, {} us of it in "
                      "the table ({:.0f} %)",
                      figure(all), figure(table), 100 * share),
          "The same program with another table: nothing else can differ but what the table does to "
          "the caches of its neighbours. crosstie bench diff shows it case by case, and as a heat "
          "map of two profiles."};
}

judgement judge_sizes(const results& from) {
  const auto mb = [&](const char* layout, const char* library) {
    return from.value("memory of 10,000 entries", {{"layout", layout}, {"library", library}}) / 1e6;
  };
  const double nested = mb("nested map", "std"), digest = mb("16-byte digest", "crosstie");
  return {grade(nested > 30, nested / digest > 2),
          fmt::format("nested std map {} MB -> 16-byte digests {} MB: {:.1f} times smaller",
                      figure(nested), figure(digest), nested / digest),
          "The direction holds and more; 4.8 KB an entry does not: no layout of these keys needs a "
          "twentieth of it. The report's figure must hold what hangs on the entries."};
}

}  // namespace

std::string_view to_text(reproduced how) {
  switch (how) {
    case reproduced::yes:
      return "yes";
    case reproduced::partly:
      return "partly";
    case reproduced::no:
      return "no";
    case reproduced::not_measured:
      return "not measured";
  }
  return "";
}

std::vector<claim> all_claims() {
  return {
      {"R1", "scheduler's CPU share, nested map -> flat key", "48.2 % -> 37.4 % (-22.4 %)",
       judge_cpu},
      {"R2", "P99 at 1,000 requests/s", "342 -> 203 ms (-40.6 %)", judge_p99},
      {"R3", "garbage collections a second", "8.7 -> 5.5 (-36.8 %)", judge_collections},
      {"R4", "scheduling throughput", "1,180 -> 1,671/s (+41.6 %)", judge_throughput},
      {"R5", "map lookups' share of CPU at 5,000 nodes", "19.8 %", judge_share},
      {"R6", "10^6 writes: concatenated string; nested map; struct of two ints",
       "182 ms, 42.1 MB; 137 ms, 68.9 MB; 76 ms, 24.0 MB", judge_writes},
      {"R7", "lookups among 10^6: struct, array, formatted string",
       "1.82 ns, 1.75 ns, 142.6 ns (over 75 times)", judge_lookups},
      {"R8", "a type-erased key costs an allocation, an indirect call and branch prediction",
       "all three; static: none", judge_erasure},
      {"R9", "an unfit key is refused at compile time", "refused", judge_fitness},
      {"R10", "formatting a key per lookup allocates and copies", "1 allocation of 24 B",
       judge_formatting},
      {"R11", "a nested map pays for every empty inner map", "24 B each", judge_empty_rows},
      {"R12", "a nested lookup compounds the miss rates of its levels",
       "10 % -> 19 %, 30 % -> 51 %", judge_compounding},
      {"R13", "cures: a row index beside the flat key, a layer against repeated questions", "-",
       judge_cures},
      {"R14", "growth at each doubling copies all buckets and pauses", "-", judge_growth},
      {"R15", "allocations and a timeline tie growth to pauses", "-", judge_timeline},
      {"R16", "long keys: hashing, chain length", "+37 %; median 11", judge_hashing},
      {"R17", "long keys: lookup", "82 -> 943 ns (11.5 times)", judge_long_lookups},
      {"R18", "degradation starts past 64 B; a digest cures it", "64 B", judge_threshold},
      {"R19", "the difference of two builds lies in map access", "23 % of CPU", judge_attribution},
      {"R22", "a dense, aligned, checked matrix in one block", "-", judge_matrix},
      {"R23", "10,000 entries, map of maps -> 16-byte digests", "48 MB -> 16 MB", judge_sizes}};
}

judgement judge(const claim& one, const results& from) {
  try {
    return one.judge(from);
  } catch (const std::out_of_range& missing) {
    return {reproduced::not_measured, "-",
            std::string("This run has not measured it: ") + missing.what() + "."};
  }
}

std::vector<std::string> contradictions() {
  // NOLINTBEGIN(bugprone-suspicious-missing-comma): sentences are longer than lines
  return {
      "R1 says -22.4 %, its headline 23 %. And 48.2 -> 37.4 is 10.8 points of a machine.",
      "R2 puts the loss of P99 at 139 ms (342 - 203), R5 at 210 ms.",
      "R4's old scheduler manages 1,180 a second, yet R5 loads it with more than 1,200: its "
      "queue, and with it P99, then grows for as long as the load lasts.",
      "R4 wins 41.6 % by a table that R5 says took 19.8 % of the CPU: a table that cost nothing at "
      "all would win 1 / (1 - 0.198), that is 24.7 %. The rest must be the collector's.",
      "R7's lookups of 1.82 ns among 10^6 entries of 24 bytes (R6) are faster than a "
      "second-level cache: the keys asked for were few.",
      "R12's printed formula is not the one its figures follow, which is 1 - (1 - p)^2.",
      "R16's chain median of 11 is laid to the length of keys (R18); chains depend on the hash and "
      "the load factor, not on the length.",
      "R20 calls the kernel's hash map a red-black tree; it is a table of buckets with lists.",
      "R23's 48 MB for 10,000 entries are 4.8 KB an entry, and its 16 MB after the cure still "
      "1.6 KB for a key of 16 bytes."};
  // NOLINTEND(bugprone-suspicious-missing-comma)
}

}  // namespace crosstie::bench
