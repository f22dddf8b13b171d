// Random numbers that are the same on every machine: a hash of (seed, stream, counter).
//
// Promise: a stream depends on its seed and its two numbers alone, so that what is drawn for one
// node or one deployment does not shift when another draws more. No state is shared.
// Source: the finalizer of SplitMix64 (Steele, Lea, Flood 2014), keyed.
// Cost: three multiplications a draw. Thread safety: none; streams are cheap values.
#pragma once

#include <cstdint>
#include <span>

namespace crosstie::simulate {

class random_stream {
 public:
  random_stream(std::uint64_t seed, std::uint64_t kind, std::uint64_t number)
      : key_(mix(mix(mix(seed) + kind) + number)) {}

  std::uint64_t next() { return mix(key_ + golden_ratio * ++counter_); }

  // Uniform in [0, limit); limit > 0. The bias of limit / 2^64 does not matter here.
  std::uint64_t below(std::uint64_t limit) {
    __extension__ using uint128 = unsigned __int128;
    return static_cast<std::uint64_t>((static_cast<uint128>(next()) * limit) >> 64);
  }
  std::int64_t between(std::int64_t low, std::int64_t high) {  // both included
    return low + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(high - low) + 1));
  }
  bool chance(std::uint64_t per_thousand) { return below(1000) < per_thousand; }

  template <class T>
  const T& pick(std::span<const T> choices) {
    return choices[below(choices.size())];
  }
  // An element with a member `weight`, as often as its share of all weights.
  template <class T>
  const T& pick_weighted(std::span<const T> choices) {
    std::uint64_t total = 0;
    for (const T& choice : choices) total += choice.weight;
    std::uint64_t left = below(total);
    for (const T& choice : choices) {
      if (left < choice.weight) return choice;
      left -= choice.weight;
    }
    return choices.back();
  }

 private:
  static constexpr std::uint64_t golden_ratio = 0x9E3779B97F4A7C15u;
  static constexpr std::uint64_t mix(std::uint64_t value) {
    value += golden_ratio;
    value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9u;
    value = (value ^ (value >> 27)) * 0x94D049BB133111EBu;
    return value ^ (value >> 31);
  }

  std::uint64_t key_;
  std::uint64_t counter_ = 0;
};

}  // namespace crosstie::simulate
