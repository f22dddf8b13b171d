#include "tables/records.hpp"

#include <algorithm>
#include <utility>

namespace crosstie::bench {
namespace {

void add_figure(cli::measured_case& to, const char* name, const cli::measurement* found) {
  if (found == nullptr) return;
  to.figures.emplace_back(name, found->value);
  to.checked = to.checked && found->checked;
}

}  // namespace

std::vector<cli::measured_case> make_records(const results& found) {
  std::vector<cli::measured_case> all;
  for (const cli::measurement& one : found.all()) {
    if (one.bench != "tables" || one.metric != "time") continue;
    cli::measured_case record{one.of, {}, true};
    cli::case_fields inserted = one.of;  // bytes are counted once all insertions are done
    inserted.back().second = "insert";
    add_figure(record, "ns", &one);
    add_figure(record, "bytes_per_entry", found.find("memory", inserted));
    add_figure(record, "resident_bytes_per_entry", found.find("resident", inserted));
    add_figure(record, "allocations", found.find("allocations", one.of));
    all.push_back(std::move(record));
  }
  return all;
}

}  // namespace crosstie::bench
