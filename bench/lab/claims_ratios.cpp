#include <stdexcept>

#include "lab/claims.hpp"

namespace crosstie::bench {
namespace {

using cli::case_fields;

double divide(const results& from, const char* metric, const case_fields& over,
              const case_fields& under) {
  return from.value(metric, over) / from.value(metric, under);
}

case_fields of_numbers(const char* layout, const char* library, const char* operation) {
  case_fields of = {{"keys", "u32 pair"},
                    {"entries", std::int64_t{1'000'000}},
                    {"layout", layout},
                    {"library", library}};
  if (*operation != 0) of.emplace_back("operation", operation);
  return of;
}

// Times that the nested map takes beside the flat key, by ids and by names.
double step(const results& from, const char* metric, bool ids) {
  return divide(from, metric, {{"table", ids ? "nested map of ids" : "nested map"}},
                {{"table", ids ? "struct key of ids" : "struct key"}});
}

double of_insert(const results& from, const char* over) {
  return divide(from, "time", of_numbers(over, "std", "insert"),
                of_numbers("struct key", "std", "insert"));
}
double of_long_hit(const results& from) {
  const auto hit = [&](std::int64_t bytes) -> case_fields {
    return {{"bytes", bytes},
            {"entries", std::int64_t{100'000}},
            {"layout", "concatenated string"},
            {"library", "std"},
            {"operation", "hit"}};
  };
  return divide(from, "time", hit(124), hit(16));
}
double of_long_hash(const results& from) {
  const auto hash = [](std::int64_t bytes) -> case_fields {
    return {{"bytes", bytes}, {"library", "std"}, {"operation", "hash"}};
  };
  return divide(from, "time", hash(128), hash(64));
}

struct measured {
  const char* name;
  double theirs;
  double (*ours)(const results& from);
};
constexpr measured all[] = {
    {"R1: CPU a pod, nested / flat, ids", 48.2 / 37.4,
     [](const results& r) { return step(r, "paced cpu a pod", true); }},
    {"R1: the same, names", 48.2 / 37.4,
     [](const results& r) { return step(r, "paced cpu a pod", false); }},
    {"R2: P99, nested / flat, ids", 342.0 / 203,
     [](const results& r) { return step(r, "paced p99", true); }},
    {"R4: throughput, flat / nested, ids", 1671.0 / 1180,
     [](const results& r) { return 1 / step(r, "throughput", true); }},
    {"R4: the same, names", 1671.0 / 1180,
     [](const results& r) { return 1 / step(r, "throughput", false); }},
    {"R6: write, string / struct", 182.0 / 76,
     [](const results& r) { return of_insert(r, "concatenated string"); }},
    {"R6: write, nested / struct", 137.0 / 76,
     [](const results& r) { return of_insert(r, "nested map"); }},
    {"R6: memory, nested / struct", 68.9 / 24,
     [](const results& r) {
       return divide(r, "memory", of_numbers("nested map", "std", ""),
                     of_numbers("struct key", "std", ""));
     }},
    {"R7: lookup, string / struct", 142.6 / 1.82,
     [](const results& r) {
       return divide(r, "time", of_numbers("concatenated string", "boost", "hit"),
                     of_numbers("struct key", "boost", "hit"));
     }},
    {"R16: hash, long / short", 1.37, of_long_hash},
    {"R17: lookup, long / short", 943.0 / 82, of_long_hit},
    {"R23: memory, nested / digest", 48.0 / 16, [](const results& r) {
       return divide(r, "memory of 10,000 entries", {{"layout", "nested map"}, {"library", "std"}},
                     {{"layout", "16-byte digest"}, {"library", "crosstie"}});
     }}};

}  // namespace

std::vector<ratio> compare_ratios(const results& from) {
  std::vector<ratio> found;
  for (const measured& one : all) {
    try {
      found.push_back({one.name, one.theirs, one.ours(from)});
    } catch (const std::out_of_range&) {
      continue;  // not measured in this run
    }
  }
  return found;
}

}  // namespace crosstie::bench
