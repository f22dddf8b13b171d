// Choices: where a test of random operations takes its decisions from: a seed, or a fuzzer's bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>

// Ends the program, so that a failure is a failure under GoogleTest and under libFuzzer alike.
#define REQUIRE_THAT(condition)                                                           \
  do {                                                                                    \
    if (!(condition)) {                                                                   \
      std::fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                       \
    }                                                                                     \
  } while (false)

namespace crosstie::test {

class random_choices {
 public:
  random_choices(std::uint64_t seed, std::size_t steps) : engine_(seed), left_(steps) {}
  bool more() { return left_ != 0 && left_-- != 0; }
  std::uint32_t below(std::uint32_t limit) { return static_cast<std::uint32_t>(engine_() % limit); }

 private:
  std::mt19937_64 engine_;
  std::size_t left_;
};

class byte_choices {
 public:
  byte_choices(const std::uint8_t* data, std::size_t size) : at_(data), end_(data + size) {}
  bool more() const { return at_ != end_; }
  std::uint32_t below(std::uint32_t limit) {
    std::uint32_t value = next();
    if (limit > 256) value = value << 8 | next();
    return value % limit;
  }

 private:
  std::uint32_t next() { return at_ == end_ ? 0 : *at_++; }
  const std::uint8_t* at_;
  const std::uint8_t* end_;
};

// A text whose length is mostly short, sometimes beyond every small-buffer and length limit.
template <class Choices>
std::string choose_text(Choices& choices, std::uint32_t variety) {
  const std::uint32_t number = choices.below(variety);
  std::string text = std::to_string(number);
  if (number % 3 == 0) text.insert(0, "node-with-a-name-longer-than-a-string-holds-in-place-");
  if (number % 17 == 0) text.append(150 + number % 50, 'x');
  if (number == 5) text.clear();
  return text;
}

}  // namespace crosstie::test
