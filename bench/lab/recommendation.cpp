#include "lab/recommendation.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>

#include "harness/progress.hpp"
#include "lab/selection.hpp"
#include "lab/table_load.hpp"

namespace crosstie::bench {
namespace {

using weights = std::map<std::string, double, std::less<>>;  // of operations, together 1

// Slower than this in the first round, a layout is not measured again.
constexpr double hopeless = 2.5;
// Among layouts that are this close to the fastest, memory decides.
constexpr double as_fast = 1.03;

weights read_mix(const std::string& text) {
  const auto chosen = selection::parse(text.empty() ? "hit=80,miss=10,insert=5,erase=5" : text,
                                       {std::begin(load_operations), std::end(load_operations)});
  if (!chosen) throw CLI::ValidationError("--mix", chosen.error());
  weights mix;
  double sum = 0;
  for (const char* operation : load_operations) {
    if (!chosen->names(operation)) continue;
    const std::string value = chosen->values(operation, {}).front();
    const std::size_t weight = to_count(value);
    if (weight == 0) throw CLI::ValidationError("--mix", operation + ("=" + value) + ": no weight");
    sum += mix[operation] = static_cast<double>(weight);
  }
  for (auto& [operation, weight] : mix) weight /= sum;
  return mix;
}

template <class Key>
bool can_do(const layout<Key>& one, const weights& mix) {
  return (one.rows != scan::impossible || !mix.contains("row scan")) &&
         (one.columns != scan::impossible || !mix.contains("column scan"));
}

template <class Key>
struct candidate {
  layout<Key> of;
  double memory = 0;
  summary first{}, chosen{}, judged{};  // mixed time
};

template <class Key>
cli::case_fields fields_of(const layout<Key>& one) {
  return {{"layout", one.name}, {"library", one.library}};
}

template <class Key>
std::string name_of(const candidate<Key>& one) {
  return fmt::format("{} ({})", one.of.name, one.of.library);
}

// The weight of one phase: a batch that a layout takes only as a loop counts as its hits.
double weight_of(const std::string& operation, bool batched, const weights& mix) {
  const auto weight = [&](std::string_view name) {
    const auto at = mix.find(name);
    return at == mix.end() ? 0 : at->second;
  };
  return weight(operation) + (operation == "hit" && !batched ? weight("batched hit") : 0);
}

// The mixed time of each round.
template <class Key>
std::vector<std::vector<double>> measure(const std::vector<candidate<Key>>& all,
                                         const key_set<Key>& keys, const weights& mix, int count) {
  rounds to("recommendation", count);
  for (const candidate<Key>& one : all) {
    add_load(to, one.of, keys, fields_of(one.of), [&](std::string_view operation) {
      return mix.contains(operation) || (operation == "hit" && mix.contains("batched hit"));
    });
  }
  results unused;
  to.run(unused);
  std::vector<std::vector<double>> mixed;
  for (std::size_t i = 0; i < all.size(); ++i) {
    std::vector<double>& sums = mixed.emplace_back(static_cast<std::size_t>(count));
    for (std::size_t p = 0; p < to.at(i).phases.size(); ++p) {
      const double weight = weight_of(to.at(i).phases[p].operation, all[i].of.batched, mix);
      for (std::size_t r = 0; r < sums.size(); ++r) sums[r] += weight * to.times(i, p)[r];
    }
  }
  return mixed;
}

// Every second of the rounds, from the given one.
summary summarize_half(const std::vector<double>& of, std::size_t from) {
  std::vector<double> half;
  for (std::size_t r = std::min(from, of.size() - 1); r < of.size(); r += 2) half.push_back(of[r]);
  return summarize(std::move(half));
}

template <class Key>
std::string describe_keys(const key_set<Key>& keys) {
  const auto entries = static_cast<double>(keys.inserted.size());
  std::string text = fmt::format(
      "{} distinct keys, {} rows of {:.1f} columns on average, {} columns in {:.1f} rows each; ",
      keys.inserted.size(), keys.rows, entries / static_cast<double>(keys.rows), keys.columns,
      entries / static_cast<double>(keys.columns));
  if constexpr (std::is_same_v<Key, number_key>) {
    text += keys.dense ? "numbers that may index an array" : "numbers too sparse to index an array";
  } else {
    text += fmt::format("text of {:.0f} and {:.0f} bytes{}", keys.row_bytes, keys.column_bytes,
                        keys.uuids ? ", the second a UUID" : "");
  }
  return text;
}

template <class Key>
std::string reason_for(const candidate<Key>& one, const key_set<Key>& keys) {
  const std::string& name = one.of.name;
  const double bytes = keys.row_bytes + keys.column_bytes;
  if (name == "assignment") return "each column is in one row, so membership is one load";
  if (name == "uuid assignment") {
    return "each column is a UUID in one row: packed to 16 bytes, it is hashed without its text, "
           "and each row's name is kept once";
  }
  if (name == "row id + packed uuid") {
    return "UUIDs packed to 16 bytes and rows as integers leave keys without text";
  }
  if (name.starts_with("relation") || name == "table")
    return "ids are dense: a row is one small block, found by index";
  if (name == "interned assignment") {
    return "each column is in one row: only the column is hashed, its row's name then compared";
  }
  if (name == "interned relation" || name == "interned ids") {
    return "each name is kept once and the pairs are integers";
  }
  if (name == "row id + text") {
    return fmt::format(
        "{} row names are interned, so that an entry holds {:.0f} bytes of text less", keys.rows,
        keys.row_bytes);
  }
  if (name == "16-byte digest") {
    return fmt::format(
        "16 bytes stand for {:.0f}, inside the table: no text is compared or "
        "reached for (nor can it be read back)",
        bytes);
  }
  if (name == "nested map") return "its rows are few or used together, so the outer step is cached";
  if (name == "sorted vector") return "it is loaded at once and then asked; no hash, no slack";
  if (name == "concatenated string") return "one string an entry is still short";
  return "one hash and one probe find both parts, without an object a row";
}

template <class Key>
void advise(const std::vector<candidate<Key>>& all, const candidate<Key>& best,
            const key_set<Key>& keys, const std::vector<candidate<Key>>& screened, results& into) {
  const auto fastest =
      std::ranges::min_element(all, {}, [](const candidate<Key>& one) { return one.judged.value; });
  const double beyond = best.judged.value / fastest->judged.value - 1;
  into.notes.push_back("keys: " + describe_keys(keys));
  into.notes.push_back(fmt::format("recommended: {}: {} ns a mixed operation, {} bytes an entry",
                                   name_of(best), figure(best.chosen.value), figure(best.memory)));
  into.notes.push_back("because " + reason_for(best, keys));
  for (const candidate<Key>& one : screened) {
    if (one.of.name != "nested map" || one.of.library != "std") continue;
    into.notes.push_back(fmt::format(
        "a nested std::unordered_map takes {:.1f} times as long and {:.1f} times the memory",
        one.first.value / best.first.value, one.memory / best.memory));
  }
  into.notes.push_back(
      fmt::format("measured again, it was {:.1f} % from the fastest{}", 100 * beyond,
                  &*fastest == &best ? ": it was the fastest" : ", " + name_of(*fastest)));
  into.add("recommendation", fields_of(best.of), "beyond the fastest", "share", exactly(beyond));
}

template <class Key>
void recommend_for(const key_set<Key>& keys, const weights& mix, int rounds, results& into) {
  std::vector<candidate<Key>> screened;
  for (layout<Key>& one : all_layouts<Key>()) {
    if (!fits(one, keys) || !can_do(one, mix)) continue;
    show_progress("recommendation", 0, 1, "memory of " + one.name);
    candidate<Key> added{std::move(one)};
    added.memory = measure_memory(added.of, keys);
    screened.push_back(std::move(added));
  }
  const auto first = measure(screened, keys, mix, 1);
  for (std::size_t i = 0; i < screened.size(); ++i) screened[i].first = summarize(first[i]);
  const double quickest =
      std::ranges::min(screened, {}, [](const auto& one) { return one.first.value; }).first.value;
  std::vector<candidate<Key>> all;
  for (const candidate<Key>& one : screened) {
    if (one.first.value <= hopeless * quickest) all.push_back(one);
  }
  // In turns, so that a stretch of noise does not fall on one half alone.
  const auto mixed = measure(all, keys, mix, std::max(2, rounds));
  for (std::size_t i = 0; i < all.size(); ++i) {
    all[i].chosen = summarize_half(mixed[i], 0), all[i].judged = summarize_half(mixed[i], 1);
  }
  const double fastest =
      std::ranges::min(all, {}, [](const auto& one) { return one.chosen.value; }).chosen.value;
  const candidate<Key>* best = nullptr;
  for (const candidate<Key>& one : all) {
    if (one.chosen.value > as_fast * fastest) continue;
    if (best == nullptr || one.memory < best->memory) best = &one;
  }
  for (const candidate<Key>& one : screened) {
    into.add("recommendation", fields_of(one.of), "memory", "bytes/entry", exactly(one.memory));
    into.add("recommendation", fields_of(one.of), "first round", "ns", one.first);
  }
  for (const candidate<Key>& one : all) {
    into.add("recommendation", fields_of(one.of), "to choose", "ns", one.chosen);
    into.add("recommendation", fields_of(one.of), "to judge", "ns", one.judged);
  }
  advise(all, *best, keys, screened, into);
}

}  // namespace

void recommend(const std::string& file, const std::string& mix, int rounds, results& into) {
  const weights wanted = read_mix(mix);
  const auto keys = read_key_file(file);
  if (!keys) throw CLI::ValidationError("--keys", keys.error());
  std::visit([&](const auto& set) { recommend_for(set, wanted, rounds, into); }, *keys);
}

}  // namespace crosstie::bench
