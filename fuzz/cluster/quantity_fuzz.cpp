// Any text as a quantity: within the limits, and the same when its value is written out and read
// again, or with the other sign.
#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>

#include "cluster/quantity.hpp"
#include "require.hpp"

namespace {

using crosstie::cluster::parse_quantity;
using crosstie::cluster::quantity;
using crosstie::cluster::require;

std::string write_nanos(quantity::int128 nanos) {
  std::string text = "n";
  const bool negative = nanos < 0;
  for (auto rest = negative ? -nanos : nanos; rest != 0 || text.size() == 1; rest /= 10) {
    text += static_cast<char>('0' + static_cast<int>(rest % 10));
  }
  if (negative) text += '-';
  std::reverse(text.begin(), text.end());
  return text;
}

// Away from zero, by less than one; beyond int64 only that there is an answer.
void check_rounding(const quantity& parsed) {
  constexpr quantity::int128 per_unit = 1'000'000'000;
  constexpr quantity::int128 most = per_unit * std::numeric_limits<std::int64_t>::max();
  const quantity::int128 units = parsed.value();
  if (parsed.nanos > most || parsed.nanos < -most) return;
  require((units >= 0) == (parsed.nanos >= 0) || parsed.nanos == 0);
  const auto excess = units * per_unit - parsed.nanos;
  require(parsed.nanos >= 0 ? excess >= 0 && excess < per_unit : excess <= 0 && excess > -per_unit);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto parsed = parse_quantity(text);
  if (!parsed) return 0;
  constexpr quantity::int128 per_unit = 1'000'000'000;
  constexpr quantity::int128 limit = per_unit * 10'000'000'000'000 * 1'000'000'000'000'000;
  require(parsed->nanos <= limit && parsed->nanos >= -limit);
  require(parse_quantity(write_nanos(parsed->nanos)) == parsed);
  check_rounding(*parsed);
  if (text[0] != '-' && text[0] != '+') {
    const auto opposite = parse_quantity("-" + text);
    require(opposite && opposite->nanos == -parsed->nanos);
  }
  return 0;
}
