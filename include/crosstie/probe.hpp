// Probes: where a running process can be watched by eBPF, SystemTap or perf, without a restart.
//
//   provider crosstie      arguments, 8 bytes each
//   insert                 hash of the key, groups looked at, size, capacity    after the insertion
//   erase                  the same                                             after the erasure
//   growth                 hash of the new key or 0, 0, size, new capacity      after the move
//
//   bpftrace -e 'usdt:./app:crosstie:insert { @probe_length = lhist(arg1, 1, 9, 1); }'
//
// Promise: flat_set and flat_map have them in every build. Each probe is one site of a program, in
// a
//   function that is not inlined: hundreds of sites in templates would take a debugger minutes to
//   attach to. A semaphore that a watcher counts up guards the call, so that an unwatched table
//   pays one load and one branch an insertion or erasure; lookups have no probe.
// The site is a plain one-byte nop (nop5 is not known to all watchers), described by a note in the
//   format of SystemTap's sys/sdt.h, whose header is not needed: `readelf -n` shows it.
// Define CROSSTIE_NO_PROBES to leave them out. ELF on x86-64 and arm64; elsewhere there are none.
// Thread safety: the semaphores are written by the kernel, and only read here.
#pragma once

#include <crosstie/detail/language.hpp>

#include <cstdint>

#if defined(__ELF__) && (defined(__x86_64__) || defined(__aarch64__)) && \
    !defined(CROSSTIE_NO_PROBES)
#define CROSSTIE_PROBES 1
#else
#define CROSSTIE_PROBES 0
#endif

#if CROSSTIE_PROBES

// Weak, so that the copies of all files that include this become one.
extern "C" {
[[gnu::weak, gnu::visibility("hidden"), gnu::section(".probes"), gnu::used]]
volatile unsigned short crosstie_insert_semaphore = 0;  // NOLINT: the kernel writes it
[[gnu::weak, gnu::visibility("hidden"), gnu::section(".probes"), gnu::used]]
volatile unsigned short crosstie_erase_semaphore = 0;  // NOLINT
[[gnu::weak, gnu::visibility("hidden"), gnu::section(".probes"), gnu::used]]
volatile unsigned short crosstie_growth_semaphore = 0;  // NOLINT
}

// The site and its note. "?" puts the note into the group of the function around it, so that where
// the linker drops copies of the function, it drops their notes.
#define CROSSTIE_PROBE_SITE(name)                                             \
  __asm__ volatile(                                                           \
      "990: nop\n"                                                            \
      ".pushsection .note.stapsdt,\"?\",\"note\"\n"                           \
      ".balign 4\n"                                                           \
      ".4byte 992f-991f, 994f-993f, 3\n"                                      \
      "991: .asciz \"stapsdt\"\n"                                             \
      "992: .balign 4\n"                                                      \
      "993: .8byte 990b\n"                                                    \
      ".8byte _.stapsdt.base\n"                                               \
      ".8byte crosstie_" #name                                                \
      "_semaphore\n"                                                          \
      ".asciz \"crosstie\"\n"                                                 \
      ".asciz \"" #name                                                       \
      "\"\n"                                                                  \
      ".asciz \"8@%0 8@%1 8@%2 8@%3\"\n"                                      \
      "994: .balign 4\n"                                                      \
      ".popsection\n"                                                         \
      ".ifndef _.stapsdt.base\n"                                              \
      ".pushsection .stapsdt.base,\"aG\",\"progbits\",.stapsdt.base,comdat\n" \
      ".weak _.stapsdt.base\n"                                                \
      ".hidden _.stapsdt.base\n"                                              \
      "_.stapsdt.base: .space 1\n"                                            \
      ".size _.stapsdt.base, 1\n"                                             \
      ".popsection\n"                                                         \
      ".endif\n" ::"r"(hash),                                                 \
      "r"(probe_length), "r"(size), "r"(capacity))

#define CROSSTIE_DEFINE_PROBE(name)                                                                \
  [[nodiscard]] inline bool watches_##name() noexcept { return crosstie_##name##_semaphore != 0; } \
  [[gnu::noinline]] inline void name(std::uint64_t hash, std::uint64_t probe_length,               \
                                     std::uint64_t size, std::uint64_t capacity) noexcept {        \
    CROSSTIE_PROBE_SITE(name);                                                                     \
  }

#else

#define CROSSTIE_DEFINE_PROBE(name)                                        \
  [[nodiscard]] constexpr bool watches_##name() noexcept { return false; } \
  constexpr void name(std::uint64_t, std::uint64_t, std::uint64_t, std::uint64_t) noexcept {}

#endif

namespace crosstie::probes {

CROSSTIE_DEFINE_PROBE(insert)
CROSSTIE_DEFINE_PROBE(erase)
CROSSTIE_DEFINE_PROBE(growth)

}  // namespace crosstie::probes

#undef CROSSTIE_DEFINE_PROBE
