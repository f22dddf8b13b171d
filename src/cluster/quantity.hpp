// Kubernetes quantities ("100m", "1.5Gi", "12e6"), exactly as the API server reads them.
//
// Promise: parse accepts and refuses what apimachinery's resource.ParseQuantity does; a value finer
// than one nano is rounded up (away from zero), one beyond int64 units is cut to the limit.
// Cost: no allocation. Source of the grammar: k8s.io/apimachinery/pkg/api/resource/quantity.go.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string_view>

namespace crosstie::cluster {

struct quantity {
  __extension__ using int128 = __int128;
  int128 nanos = 0;  // value * 10^9

  // Rounded up to whole units or thousandths, cut to int64, as Quantity.Value and MilliValue.
  std::int64_t value() const;
  std::int64_t milli_value() const;

  quantity& operator+=(const quantity& other) {
    nanos += other.nanos;
    return *this;
  }
  auto operator<=>(const quantity&) const = default;
};

std::optional<quantity> parse_quantity(std::string_view text);

}  // namespace crosstie::cluster
