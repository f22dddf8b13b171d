#include "lab/claims.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <crosstie/key.hpp>
#include <memory>
#include <stdexcept>

namespace crosstie::bench {

using cli::case_fields;

namespace {

constexpr std::int64_t million = 1'000'000;

// ---- R6 to R11: layouts

double at_million(const results& from, const char* metric, const char* layout, const char* library,
                  const char* operation) {
  case_fields of = {
      {"keys", "u32 pair"}, {"entries", million}, {"layout", layout}, {"library", library}};
  if (*operation != 0) of.emplace_back("operation", operation);
  return from.value(metric, of);
}

}  // namespace

judgement judge_writes(const results& from) {
  const auto ms = [&](const char* layout) {
    return at_million(from, "time", layout, "std", "insert");  // ns each = ms a million
  };
  const auto mb = [&](const char* layout) { return at_million(from, "memory", layout, "std", ""); };
  const double text = ms("concatenated string"), nested = ms("nested map"), flat = ms("struct key");
  const bool time = flat < nested && nested < text;
  const bool memory =
      mb("struct key") < mb("nested map") && mb("struct key") < mb("concatenated string");
  return {
      grade(time && memory, time || memory || flat < text),
      fmt::format("std: {:.0f} ms, {:.1f} MB; {:.0f} ms, {:.1f} MB; {:.0f} ms, {:.1f} MB. "
                  "crosstie flat_set: {:.0f} ms, {:.1f} MB",
                  text, mb("concatenated string"), nested, mb("nested map"), flat, mb("struct key"),
                  at_million(from, "time", "struct key", "crosstie", "insert"),
                  at_million(from, "memory", "struct key", "crosstie", "")),
      fmt::format("In random order. Where writes are ordered by row, the nested map takes "
                  "{:.0f} ms: it {} the flat key ({:.0f} ms), since its inner map stays cached. "
                  "Nested memory depends on the entries a row: thirty here.",
                  at_million(from, "time", "nested map", "std", "ordered insert"),
                  at_million(from, "time", "nested map", "std", "ordered insert") <
                          at_million(from, "time", "struct key", "std", "ordered insert")
                      ? "beats"
                      : "does not beat",
                  at_million(from, "time", "struct key", "std", "ordered insert"))};
}

judgement judge_lookups(const results& from) {
  const auto ns = [&](const char* layout, const char* library) {
    return at_million(from, "time", layout, library, "hit");
  };
  const double flat = ns("struct key", "boost"), text = ns("concatenated string", "boost");
  return {
      grade(text / flat > 50, text / flat > 3),
      fmt::format("boost: struct {} ns, array {} ns, string {} ns with {} allocations: {:.1f} "
                  "times; crosstie assignment {} ns",
                  figure(flat), figure(ns("array key", "boost")), figure(text),
                  figure(at_million(from, "allocations", "concatenated string", "boost", "hit")),
                  text / flat, figure(ns("assignment", "crosstie"))),
      "1.8 ns is a lookup in the first-level cache, not among 10^6 entries in random order: the "
      "report asked for few keys again and again. Array and struct are the same bytes."};
}

judgement judge_erasure(const results& from) {
  const auto of = [&](const char* metric, const char* layout) {
    return from.value(
        metric,
        {{"keys", "u32 pair"}, {"layout", layout}, {"library", "boost"}, {"operation", "hit"}});
  };
  (void)from.value("indirect branches", {{"layout", "type-erased key"}});
  const double calls = of("indirect branches", "type-erased key");
  const double allocations = of("allocations", "type-erased key");
  return {
      grade(calls >= 1 && allocations >= 1 && of("allocations", "struct key") == 0 &&
                of("indirect branches", "struct key") < 0.5,
            calls >= 1 || allocations >= 1),
      fmt::format("boost, static -> erased: {} -> {} instructions, {} -> {} indirect branches, "
                  "{} -> {} allocations, {} -> {} mispredicted branches",
                  figure(of("instructions", "struct key")),
                  figure(of("instructions", "type-erased key")),
                  figure(of("indirect branches", "struct key")), figure(calls),
                  figure(of("allocations", "struct key")), figure(allocations),
                  figure(of("branches mispredicted", "struct key")),
                  figure(of("branches mispredicted", "type-erased key"))),
      "Prediction is not defeated: with one type of key an indirect call has one target, and is "
      "predicted. The allocation is the greater cost."};
}

judgement judge_fitness(const results&) {
  struct with_pointer {
    const char* name;
  };
  struct with_fraction {
    double share;
  };
  class no_equality {
    int hidden_ = 0;

   public:
    int hidden() const { return hidden_; }
  };
  constexpr bool refused = key_fault_of<with_pointer> == key_fault::character_pointer &&
                           key_fault_of<with_fraction> == key_fault::floating_point &&
                           !composite_key<no_equality>;
  return {grade(refused, false),
          "character pointers, floating point and types without equality are refused by the "
          "compiler",
          "Hash and equality are made from the same fields, so they agree by construction "
          "(include/crosstie/key.hpp)."};
}

judgement judge_formatting(const results& from) {
  const double allocations = at_million(from, "allocations", "concatenated string", "std", "hit");
  const double texts = from.value("allocations", {{"keys", "node x pod uid"},
                                                  {"layout", "concatenated string"},
                                                  {"library", "std"},
                                                  {"operation", "hit"}});
  return {grade(texts >= 1, texts > 0),
          fmt::format("allocations a lookup: {} for two u32, {} for a node's name and a UID",
                      figure(allocations), figure(texts)),
          "A std::string of up to 15 bytes needs no heap, so two short numbers are free of it; "
          "names are not."};
}

judgement judge_empty_rows(const results& from) {
  const double std_row = from.value("empty row", {{"library", "std"}});
  return {grade(std_row >= 20, std_row > 0),
          fmt::format("bytes that an emptied row keeps: std {}, boost {}, absl {}, crosstie {}",
                      figure(std_row), figure(from.value("empty row", {{"library", "boost"}})),
                      figure(from.value("empty row", {{"library", "absl"}})),
                      figure(from.value("empty row", {{"library", "crosstie"}}))),
          "An empty inner map costs its own header in the outer table, and more where it has had "
          "entries: buckets are kept."};
}

namespace {

// ---- R12, R13: misses

}  // namespace

judgement judge_compounding(const results& from) {
  std::string ours = fmt::format(
      "drawn: 10 % becomes {:.1f} %, 30 % becomes {:.1f} %",
      100 * from.value("two levels drawn", {{"one level misses, %", std::int64_t{10}}}),
      100 * from.value("two levels drawn", {{"one level misses, %", std::int64_t{30}}}));
  const case_fields nested = {{"layout", "nested map"}, {"library", "std"}};
  const cli::measurement* by_model = from.find("by the model", nested);
  if (by_model == nullptr) {
    return {reproduced::partly, ours,
            "The arithmetic holds; cachegrind has not counted in this run."};
  }
  double worst = 0;
  for (const cli::measurement& one : from.all()) {
    if (one.metric != "by the model" || !has_fields(one, nested)) continue;
    const double counted = from.value("last-level misses a lookup", one.of);
    ours += fmt::format("; {} KiB: model {:.2f}, counted {:.2f}",
                        std::get<std::int64_t>(one.of.back().second) / 1024, one.value, counted);
    worst = std::max(worst, std::abs(one.value - counted));
  }
  return {grade(worst < 0.15, true), ours,
          "The arithmetic is right for levels of equal size that miss independently. Real ones are "
          "not: the outer level is small and stays cached, the inner one misses, and a chained "
          "table misses more than once a level, so that counts may exceed 1."};
}

judgement judge_cures(const results& from) {
  const auto scan = [&](const char* index) {
    return from.value("time", {{"row index", index}, {"operation", "row scan"}});
  };
  const auto insert = [&](const char* index) {
    return from.value("time", {{"row index", index}, {"operation", "insert"}});
  };
  const auto layer = [&](const char* kind, const char* questions) {
    return from.value("time",
                      {{"layout", "nested map"}, {"questions", questions}, {"layer", kind}});
  };
  const double plain = layer("none", "zipf"), with = layer("8,192 answers", "zipf");
  const bool index_pays = scan("yes") < scan("no") / 10;
  return {grade(index_pays && with < plain, index_pays || with < plain),
          fmt::format(
              "row scan {} -> {} ns with an index, insert {} -> {} ns; recent answers before a "
              "nested map: Zipf {} -> {} ns ({:.0f} % hits), uniform {} -> {} ns ({:.0f} %)",
              figure(scan("no")), figure(scan("yes")), figure(insert("no")), figure(insert("yes")),
              figure(plain), figure(with),
              100 * from.value("hit rate", {{"layout", "nested map"}, {"questions", "zipf"}}),
              figure(layer("none", "uniform")), figure(layer("8,192 answers", "uniform")),
              100 * from.value("hit rate", {{"layout", "nested map"}, {"questions", "uniform"}})),
          "The index pays at the first row scan. A layer pays only where questions repeat and what "
          "it stands before is slow: before a table that answers in a few ns it costs more than it "
          "saves."};
}

namespace {

// ---- R14, R15: growth

}  // namespace

judgement judge_growth(const results& from) {
  const auto of = [&](const char* metric, const char* layout, const char* library,
                      const char* kept) {
    return from.value(metric, {{"layout", layout}, {"library", library}, {"reserved", kept}});
  };
  const double count = of("growths", "struct key", "boost", "no");
  const double longest = of("insert max", "struct key", "boost", "no");
  const double reserved = of("insert max", "struct key", "boost", "yes");
  const double by_row = of("insert max", "relation by row", "crosstie", "no");
  return {grade(count >= 5 && longest > 20 * reserved, count >= 3),
          fmt::format("boost struct key: {} growths, the longest insert {} us, reserved {} us; "
                      "relation by row, which grows row by row: {} us",
                      figure(count), figure(longest / 1000), figure(reserved / 1000),
                      figure(by_row / 1000)),
          "Each doubling stops the one insert that meets it, for as long as all entries take to "
          "move; amortised it is a constant. There is no collection to shorten."};
}

judgement judge_timeline(const results& from) {
  std::int64_t seen = 0;
  for (const cli::measurement& one : from.all()) seen += one.metric == "growth";
  if (seen == 0) throw std::out_of_range("growth");
  return {reproduced::yes,
          fmt::format("{} growths found by their allocations, each tied to its insert and its time",
                      seen),
          "The pointwise minimum over the runs takes out the machine's own pauses, which a single "
          "timeline mistakes for the table's."};
}

namespace {

// ---- R16 to R18: long keys

double long_hit(const results& from, std::int64_t bytes, const char* layout, const char* library,
                std::int64_t entries) {
  return from.value("time", {{"bytes", bytes},
                             {"entries", entries},
                             {"layout", layout},
                             {"library", library},
                             {"operation", "hit"}});
}
std::int64_t case_entries(const results& from) {
  const cli::measurement* one = from.find("memory", {{"bytes", std::int64_t{124}}});
  if (one == nullptr) throw std::out_of_range("long keys");
  return std::get<std::int64_t>(one->of[1].second);
}

}  // namespace

judgement judge_hashing(const results& from) {
  const auto hash = [&](std::int64_t bytes) {
    return from.value("time", {{"bytes", bytes}, {"library", "std"}, {"operation", "hash"}});
  };
  const double dearer = hash(128) / hash(64) - 1;
  double good = 0;
  for (const cli::measurement& one : from.all()) {
    if (one.metric == "chain median" && cli::to_text(one.of[0].second).starts_with("names")) {
      good = std::max(good, one.value);
    }
  }
  const double bad = from.value("chain median", {{"hash", "h1 ^ (h2 << 1)"}});
  return {
      grade(dearer > 0.2 && bad >= 11, dearer > 0.2),
      fmt::format("std::hash of 128 bytes against 64: {:+.0f} %; chain median {} for long names "
                  "with good hashes, {} for h1 ^ (h2 << 1) on a grid",
                  100 * dearer, figure(good), figure(bad)),
      "Longer text costs its bytes. Chains do not grow with the length of keys: a median of 11 "
      "says that the hash was bad or the table overfull, which theory (the mark in the plot) "
      "shows."};
}

judgement judge_long_lookups(const results& from) {
  const std::int64_t entries = case_entries(from);
  const double brief = long_hit(from, 16, "concatenated string", "std", entries);
  const double lengthy = long_hit(from, 124, "concatenated string", "std", entries);
  const double cured = long_hit(from, 124, "16-byte digest", "crosstie", entries);
  return {grade(lengthy / brief > 8, lengthy / brief > 1.3),
          fmt::format("16 -> 124 bytes: {} -> {} ns ({:.1f} times); by digest {} ns", figure(brief),
                      figure(lengthy), lengthy / brief, figure(cured)),
          "More bytes to join, hash and compare, and the key is on the heap. What the report adds "
          "beyond that is its collector, which has every key to trace."};
}

judgement judge_threshold(const results& from) {
  constexpr std::int64_t entries = 10'000;
  const auto hit = [&](std::int64_t bytes) {
    return long_hit(from, bytes, "concatenated string", "std", entries);
  };
  const double before = hit(64) / hit(8), after = hit(512) / hit(64);
  const double digest = long_hit(from, 512, "16-byte digest", "crosstie", entries);
  return {grade(after > 1.5 * before && digest < hit(512), digest < hit(512)),
          fmt::format("8 -> 64 bytes: {:.1f} times, 64 -> 512 bytes: {:.1f} times; at 512 bytes "
                      "{} ns, by digest {} ns",
                      before, after, figure(hit(512)), figure(digest)),
          "There is no step at 64 bytes: the cost grows with the bytes, first by the heap (15 "
          "bytes), then by cache lines. A digest still hashes every byte asked for; it saves the "
          "comparison and the stored text."};
}

namespace {

// ---- R22 ----

}  // namespace

judgement judge_matrix(const results& from) {
  const auto ns = [&](const char* layout, const char* order) {
    return from.value("time", {{"layout", layout}, {"operation", order}});
  };
  const double refused = from.value("misaligned block refused", {{"layout", "crosstie::matrix"}});
  const double blocks = from.value("blocks", {{"layout", "crosstie::matrix"}});
  const double own = ns("crosstie::matrix", "column order");
  const double vectors = ns("vector of vectors", "column order");
  return {
      grade(refused == 1 && blocks == 1 && own <= 1.1 * vectors, refused == 1),
      fmt::format("row order: matrix {} ns a cell, off by 8 bytes {}, vectors {}; column order "
                  "{}, {}, {}; a misaligned block is refused",
                  figure(ns("crosstie::matrix", "row order")),
                  figure(ns("block, off by 8", "row order")),
                  figure(ns("vector of vectors", "row order")), figure(own),
                  figure(ns("block, off by 8", "column order")), figure(vectors)),
      "Order decides, alignment hardly: a load across two lines costs a little on this machine. "
      "One block means one allocation; there is no collector to spare."};
}

}  // namespace crosstie::bench
