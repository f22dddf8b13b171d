#include "cluster/json_scan.hpp"

#include <bit>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace crosstie::cluster {

namespace {

// One bit a byte of a block, the first byte lowest.
struct block_bits {
  std::uint64_t quotes = 0, backslashes = 0, opening = 0, closing = 0, newlines = 0;
};

// '[' and '{' differ in one bit only, and so do ']' and '}'.
constexpr char brace_bit = 0x20;

#if defined(__SSE2__)
[[gnu::always_inline]] inline block_bits classify(const char* block) {
  block_bits bits;
  for (int quarter = 0; quarter < 4; ++quarter) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(block + 16 * quarter));
    const __m128i braces = _mm_or_si128(bytes, _mm_set1_epi8(brace_bit));
    const int shift = 16 * quarter;
    auto mask = [shift](__m128i where) {
      return static_cast<std::uint64_t>(static_cast<std::uint32_t>(_mm_movemask_epi8(where)))
             << shift;
    };
    bits.quotes |= mask(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')));
    bits.backslashes |= mask(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')));
    bits.opening |= mask(_mm_cmpeq_epi8(braces, _mm_set1_epi8('{')));
    bits.closing |= mask(_mm_cmpeq_epi8(braces, _mm_set1_epi8('}')));
    bits.newlines |= mask(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('\n')));
  }
  return bits;
}
#else
inline block_bits classify(const char* block) {
  block_bits bits;
  for (std::size_t i = 0; i < bracket_scan::block_bytes; ++i) {
    const std::uint64_t bit = std::uint64_t{1} << i;
    if (block[i] == '"') bits.quotes |= bit;
    if (block[i] == '\\') bits.backslashes |= bit;
    if ((block[i] | brace_bit) == '{') bits.opening |= bit;
    if ((block[i] | brace_bit) == '}') bits.closing |= bit;
    if (block[i] == '\n') bits.newlines |= bit;
  }
  return bits;
}
#endif

// The bytes that a backslash escapes: every second one of a run, and what follows an odd run.
// Adding the run's starts to the run carries a bit to its end, which tells odd from even.
[[gnu::always_inline]] inline std::uint64_t find_escaped(std::uint64_t backslashes,
                                                         std::uint64_t& next_escaped) {
  if (backslashes == 0) [[likely]] {
    const std::uint64_t escaped = next_escaped;
    next_escaped = 0;
    return escaped;
  }
  constexpr std::uint64_t odd_bits = 0xAAAAAAAAAAAAAAAAu;
  const std::uint64_t may_escape = backslashes & ~next_escaped;
  const std::uint64_t series = ((may_escape << 1) | odd_bits) - may_escape;
  const std::uint64_t escape_or_end = series ^ odd_bits;
  const std::uint64_t escaped = escape_or_end ^ (backslashes | next_escaped);
  next_escaped = (escape_or_end & backslashes) >> 63;
  return escaped;
}

// Bit i becomes the parity of bits 0 to i: all bytes from an opening quote to before the closing.
[[gnu::always_inline]] inline std::uint64_t prefix_xor(std::uint64_t bits) {
  for (int step = 1; step < 64; step *= 2) bits ^= bits << step;
  return bits;
}

[[gnu::always_inline]] inline bracket_scan::result scan_blocks(bracket_scan& scan, const char*& at,
                                                               std::size_t blocks,
                                                               std::int64_t deepest) {
  bracket_scan now = scan;  // in registers
  for (; blocks != 0; --blocks, at += bracket_scan::block_bytes) {
    const block_bits bits = classify(at);
    const std::uint64_t quotes = bits.quotes & ~find_escaped(bits.backslashes, now.next_escaped);
    const std::uint64_t inside = prefix_xor(quotes) ^ now.inside_text;
    now.inside_text = static_cast<std::uint64_t>(static_cast<std::int64_t>(inside) >> 63);
    const std::uint64_t opening = bits.opening & ~inside;
    const std::uint64_t closing = bits.closing & ~inside;
    const int opened = std::popcount(opening), closed = std::popcount(closing);
    if (closed < now.depth && now.depth + opened <= deepest) [[likely]] {
      now.depth += opened - closed;
      now.newlines += std::popcount(bits.newlines);
      continue;
    }
    for (std::uint64_t brackets = opening | closing; brackets != 0; brackets &= brackets - 1) {
      const int place = std::countr_zero(brackets);
      const bool opens = (opening >> place & 1) != 0;
      now.depth += opens ? 1 : -1;
      if (now.depth != 0 && now.depth <= deepest) continue;
      // What is before the bracket; a bracket is no newline.
      const std::uint64_t before = (std::uint64_t{1} << place) - 1;
      now.newlines += std::popcount(bits.newlines & before);
      at += place + (opens ? 0 : 1);
      scan = now;
      return opens ? bracket_scan::result::too_deep : bracket_scan::result::closed;
    }
    now.newlines += std::popcount(bits.newlines);
  }
  scan = now;
  return bracket_scan::result::open;
}

#if defined(__x86_64__)
// The same code for processors that count bits in one instruction (all since 2013).
[[gnu::target("avx2,bmi,bmi2,popcnt")]] bracket_scan::result scan_blocks_avx2(
    bracket_scan& scan, const char*& at, std::size_t blocks, std::int64_t deepest) {
  return scan_blocks(scan, at, blocks, deepest);
}
#endif

}  // namespace

bracket_scan::result bracket_scan::scan(const char*& at, std::size_t blocks, std::int64_t deepest) {
#if defined(__x86_64__)
  static const bool has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2");
  if (has_avx2) return scan_blocks_avx2(*this, at, blocks, deepest);
#endif
  return scan_blocks(*this, at, blocks, deepest);
}

}  // namespace crosstie::cluster
