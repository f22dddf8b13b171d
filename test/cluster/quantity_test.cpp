#include "cluster/quantity.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <random>
#include <string>
#include <vector>

namespace crosstie::cluster {
namespace {

using int128 = quantity::int128;
constexpr std::int64_t max_int64 = std::numeric_limits<std::int64_t>::max();

std::string digits_of(int128 number) {
  const bool negative = number < 0;
  std::string text;
  for (int128 rest = negative ? -number : number; rest != 0 || text.empty(); rest /= 10) {
    text += static_cast<char>('0' + static_cast<int>(rest % 10));
  }
  if (negative) text += '-';
  std::reverse(text.begin(), text.end());
  return text;
}

std::string nanos_of(std::string_view text) {
  const auto parsed = parse_quantity(text);
  return parsed ? digits_of(parsed->nanos) : "refused";
}

struct fact {
  std::string_view text, nanos;
};

// What resource.ParseQuantity of apimachinery v0.36.2 answers.
constexpr fact facts[] = {
    {"0", "0"},
    {"0Ki", "0"},
    {"1", "1000000000"},
    {"+1", "1000000000"},
    {"-1", "-1000000000"},
    {"1n", "1"},
    {"4u", "4000"},
    {"3m", "3000000"},
    {"8k", "8000000000000"},
    {"7M", "7000000000000000"},
    {"6G", "6000000000000000000"},
    {"5T", "5000000000000000000000"},
    {"2P", "2000000000000000000000000"},
    {"1E", "1000000000000000000000000000"},
    {"8Ki", "8192000000000"},
    {"7Mi", "7340032000000000"},
    {"6Gi", "6442450944000000000"},
    {"5Ti", "5497558138880000000000"},
    {"4Pi", "4503599627370496000000000"},
    {"3Ei", "3458764513820540928000000000"},
    {"1e3", "1000000000000"},
    {"1E-3", "1000000"},
    {"1e+6", "1000000000000000"},
    {"1E6", "1000000000000000"},
    {"0.5Mi", "524288000000000"},
    {"1.1Ki", "1126400000000"},
    {"0.001Ki", "1024000000"},
    {"12.3m", "12300000"},
    {"1.5", "1500000000"},
    {"5.", "5000000000"},
    {".5", "500000000"},
    {"00.50", "500000000"},
    // Finer than a nano: away from zero.
    {"1.1n", "2"},
    {"-1.1n", "-2"},
    {"0.0000000001", "1"},
    {"-0.0000000001", "-1"},
    {"1e-400", "1"},
    {"0.99999999999n", "1"},
    {"0.0000000000000000000001Ki", "1"},
    {"0e-400", "0"},
    // No digit at all counts as zero in short numbers.
    {".", "0"},
    {"-", "0"},
    {"+", "0"},
    {"-.", "0"},
    {".Ki", "0"},
    {".Ti", "0"},
    {"e1", "0"},
    {"m", "0"},
    {".Ei", "refused"},
    {".Pi", "refused"},
    {".e-10", "refused"},
    // The exponent keeps 32 bits.
    {"1e4294967296", "1000000000"},
    // With a binary suffix the limit is int64.
    {"9223372036854775807", "9223372036854775807000000000"},
    {"8Ei", "9223372036854775807000000000"},
    {"7.99999999999999999999Ei", "9223372036854775807000000000"},
    {"9223372036854775807.5Ki", "9223372036854775807000000000"},
    {"-8Ei", "-9223372036854775807000000000"},
    // Else there is none in the Go code; here it is 10^28.
    {"9223372036854775808", "9223372036854775808000000000"},
    {"10E", "10000000000000000000000000000"},
    {"1e30", "10000000000000000000000000000000000000"},
    {"1e2000000000", "10000000000000000000000000000000000000"},
    // Not quantities.
    {"", "refused"},
    {" 1", "refused"},
    {"1 ", "refused"},
    {"1x", "refused"},
    {"1e", "refused"},
    {"1ki", "refused"},
    {"1K", "refused"},
    {"1i", "refused"},
    {"1mi", "refused"},
    {"1Kim", "refused"},
    {"1..2", "refused"},
    {"1.2.3", "refused"},
    {"--1", "refused"},
    {"+-1", "refused"},
    {"1_000", "refused"},
    {"0x10", "refused"},
    {"1e1.5", "refused"},
    {"1ee1", "refused"},
    {"1e+", "refused"},
    {"1e9223372036854775808", "refused"},
    {"Non-Numeric", "refused"},
};

TEST(quantity, reads_what_kubernetes_reads) {
  for (const fact& known : facts) EXPECT_EQ(nanos_of(known.text), known.nanos) << known.text;
}

TEST(quantity, rounds_up_to_units_and_thousandths) {
  struct rounding {
    std::string_view text;
    std::int64_t value, milli_value;
  };
  constexpr rounding roundings[] = {
      {"100m", 1, 100},
      {"1001m", 2, 1001},
      {"-1.5", -2, -1500},
      {"1n", 1, 1},
      {"1.0001", 2, 1001},
      {"0", 0, 0},
      {"2", 2, 2000},
      {"1Gi", 1 << 30, 1073741824000},
      {"12e6", 12000000, 12000000000},
      {"9223372036854775807", max_int64, -1000},
      {"9223372036854775807m", 9223372036854776, max_int64},
  };
  for (const rounding& known : roundings) {
    const auto parsed = parse_quantity(known.text);
    ASSERT_TRUE(parsed) << known.text;
    EXPECT_EQ(parsed->value(), known.value) << known.text;
    EXPECT_EQ(parsed->milli_value(), known.milli_value) << known.text;
  }
}

// Most of it wraps as Go's int64 does, some is 0: what apimachinery v0.36.2 answers.
TEST(quantity, beyond_int64_answers_as_upstream) {
  struct sum {
    std::string_view first, second;
    std::int64_t value, milli_value;
  };
  constexpr sum sums[] = {
      {"9223372036854776", "0", 9223372036854776, -9223372036854775616},
      {"18446744073709551615", "0", -1, -1000},
      {"9223372036854775807", "9223372036854775807", -2, -2000},
      {"8Ei", "0", max_int64, -1000},
      {"12345678901234567M", "0", 4807115922876968896, -7484280361224075776},
      {"10P", "0", 10'000'000'000'000'000, 0},
      {"9E", "0", 9'000'000'000'000'000'000, 0},
      {"9E", "500P", 0, 0},
      {"9E", "1", 9'000'000'000'000'000'001, -2011107970261187608},
      {"10E", "0", 0, 0},
      {"59e18", "0Ei", 3659767778871345152, 7312452276853932032},
      {"1e30", "0", 0, 0},
  };
  for (const sum& known : sums) {
    quantity both = *parse_quantity(known.first);
    both += *parse_quantity(known.second);
    EXPECT_EQ(both.value(), known.value) << known.first << " + " << known.second;
    EXPECT_EQ(both.milli_value(), known.milli_value) << known.first << " + " << known.second;
  }
}

TEST(quantity, compares_and_adds) {
  EXPECT_EQ(*parse_quantity("1000m"), *parse_quantity("1"));
  EXPECT_LT(*parse_quantity("100Gi"), *parse_quantity("10000T"));
  quantity sum = *parse_quantity("0.1m");
  for (int i = 0; i < 9; ++i) sum += *parse_quantity("0.1m");
  EXPECT_EQ(sum, *parse_quantity("1m"));
}

// The naive twin: school arithmetic on decimal digits.
std::string naive_nanos(const std::string& whole, const std::string& fraction, int twos, int tens) {
  std::string digits = whole + fraction;  // times 10^point
  int point = tens - static_cast<int>(fraction.size()) + 9;
  for (int i = 0; i < twos; ++i) {
    int carry = 0;
    for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit) {
      const int doubled = (*digit - '0') * 2 + carry;
      *digit = static_cast<char>('0' + doubled % 10);
      carry = doubled / 10;
    }
    if (carry != 0) digits.insert(digits.begin(), static_cast<char>('0' + carry));
  }
  for (; point > 0; --point) digits += '0';
  bool lost = false;
  for (; point < 0 && !digits.empty(); ++point) {
    lost |= digits.back() != '0';
    digits.pop_back();
  }
  if (lost) {
    std::size_t at = digits.size();
    while (at > 0 && digits[at - 1] == '9') digits[--at] = '0';
    if (at == 0) {
      digits.insert(digits.begin(), '1');
    } else {
      ++digits[at - 1];
    }
  }
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
  if (digits.empty()) return "0";
  const std::string limit = twos > 0 ? "9223372036854775807000000000" : "1" + std::string(37, '0');
  if (digits.size() > limit.size() || (digits.size() == limit.size() && digits > limit))
    return limit;
  return digits;
}

TEST(quantity, agrees_with_a_naive_twin) {
  struct suffix {
    std::string_view text;
    int twos, tens;
  };
  constexpr suffix suffixes[] = {
      {"", 0, 0},    {"n", 0, -9},   {"u", 0, -6},     {"m", 0, -3},  {"k", 0, 3},   {"M", 0, 6},
      {"G", 0, 9},   {"T", 0, 12},   {"P", 0, 15},     {"E", 0, 18},  {"Ki", 10, 0}, {"Mi", 20, 0},
      {"Gi", 30, 0}, {"Ti", 40, 0},  {"Pi", 50, 0},    {"Ei", 60, 0}, {"e5", 0, 5},  {"E-7", 0, -7},
      {"e+2", 0, 2}, {"e30", 0, 30}, {"e-30", 0, -30},
  };
  std::mt19937_64 random(3);
  auto draw = [&](std::size_t longest) {
    std::string digits(random() % (longest + 1), '0');
    for (char& digit : digits) {
      if (random() % 3 != 0) digit = static_cast<char>('0' + random() % 10);
    }
    return digits;
  };
  for (int round = 0; round < 20000; ++round) {
    const std::string whole = draw(round % 2 == 0 ? 6 : 22),
                      fraction = draw(round % 3 == 0 ? 40 : 4);
    if (whole.empty() && fraction.empty()) continue;
    const suffix& with = suffixes[random() % std::size(suffixes)];
    const std::string sign = random() % 2 == 0 ? "" : "-";
    const std::string text = sign + whole + '.' + fraction + std::string(with.text);
    std::string expected = naive_nanos(whole, fraction, with.twos, with.tens);
    if (expected != "0") expected.insert(0, sign);
    ASSERT_EQ(nanos_of(text), expected) << text;
  }
}

}  // namespace
}  // namespace crosstie::cluster
