// Kubernetes quantities ("100m", "1.5Gi", "12e6"), exactly as the API server reads them.
//
// Promise: parse accepts and refuses what apimachinery's resource.ParseQuantity does; a value finer
// than one nano is rounded up (away from zero), one with a binary suffix is cut to int64 units, any
// other to 10^28 of them. Beyond int64, value and milli_value answer what the Go code does.
// Cost: no allocation. Source of the grammar: k8s.io/apimachinery/pkg/api/resource/quantity.go.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string_view>

namespace crosstie::cluster {

struct quantity {
  __extension__ using int128 = __int128;
  static constexpr std::int8_t no_scale = 127;

  int128 nanos = 0;  // value * 10^9
  // The Go code keeps an int64 and a power of ten, this one, for as long as they hold the number,
  // else a decimal of any length (no_scale). Which of them shows only beyond int64.
  std::int8_t scale = 0;

  // Rounded up to whole units or thousandths, as Quantity.Value and MilliValue.
  std::int64_t value() const;
  std::int64_t milli_value() const;

  quantity& operator+=(const quantity& other);
  bool operator==(const quantity& other) const { return nanos == other.nanos; }
  auto operator<=>(const quantity& other) const { return nanos <=> other.nanos; }
};

std::optional<quantity> parse_quantity(std::string_view text);

}  // namespace crosstie::cluster
