// UUID slots: a hash table from 16-byte keys to 4-byte numbers, densely packed.
//
//   bucket, 128 bytes:  [6 tags | filter | count] [6 x 20 bytes: key, number]
//
// Promise: 21.3 bytes a slot, 78 to 86 % full once there are many; a lookup mostly reads one
//   bucket. The buckets are any number: a hash picks its own by multiplication, so growth by a
//   tenth keeps the order of the elements, and reads and writes memory from front to back.
// Invariants: a tag is 0 in an empty slot, else 1 to 255, from the key's hash. An element lies in
//   the first bucket with room at or after that of its hash (around the end), and each full bucket
//   before its own carries its mark: a bit of the filter, and the count (as in detail/group.hpp).
//   Some bucket has room.
// Exceptions: strong guarantee. Thread safety: any number of readers, or one writer.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include <crosstie/detail/group.hpp>
#include <crosstie/detail/prefetch.hpp>
#include <crosstie/hash.hpp>
#include <crosstie/stats.hpp>
#include <crosstie/uuid.hpp>

namespace crosstie::detail {

struct alignas(64) uuid_bucket {
  static constexpr unsigned slots = 6, filter = 6, count = 7;
  static constexpr std::uint32_t all_slots = (1U << slots) - 1;

  std::uint8_t tags[slots + 2] = {};  // and behind them the filter and the count
  std::uint32_t words[slots][5];      // left alone where the tag is 0

  uuid_bucket() noexcept {}  // NOLINT: no more than the tags is to be written

  // Bit i is set where slot i has this tag.
  [[nodiscard]] std::uint32_t match(std::uint8_t tag) const noexcept {
#if CROSSTIE_SSE2
    return equal_bytes(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(tags)), tag) & all_slots;
#else
    std::uint32_t mask = 0;
    for (unsigned i = 0; i < slots; ++i) mask |= std::uint32_t{tags[i] == tag} << i;
    return mask;
#endif
  }
  [[nodiscard]] bool may_overflow(std::uint64_t hash) const noexcept {
    return (tags[filter] & group::filter_bit(hash)) != 0;
  }
  // One by one: a load of all tags would wait for the one that has just been stored.
  [[nodiscard]] unsigned first_empty() const noexcept {
    return static_cast<unsigned>(std::find(tags, tags + slots, 0) - tags);
  }
  void mark_overflow(std::uint64_t hash) noexcept {
    tags[filter] |= group::filter_bit(hash);
    if (tags[count] != group::sticky_count) ++tags[count];
  }
  void unmark_overflow() noexcept {
    if (tags[count] == group::sticky_count) return;
    if (--tags[count] == 0) tags[filter] = 0;
  }

  [[nodiscard]] static uuid key(const std::uint32_t* slot) noexcept {
    const auto* bytes = reinterpret_cast<const char*>(slot);
    return {load<std::uint64_t>(bytes), load<std::uint64_t>(bytes + 8)};
  }
};
static_assert(sizeof(uuid_bucket) == 128);

// An array of buckets that begin at cache lines. The memory is asked for at the usual alignment and
// the first line found in it: with an alignment of its own it takes glibc 120 ns instead of 20.
template <class Alloc>
class uuid_buckets {
  struct chunk {
    alignas(16) std::byte bytes[16];  // left alone
    chunk() noexcept {}               // NOLINT
  };
  static constexpr std::size_t line = 64, chunks_a_bucket = sizeof(uuid_bucket) / sizeof(chunk);

 public:
  uuid_buckets(std::size_t count, const Alloc& alloc)
      : chunks_(count == 0 ? 0 : count * chunks_a_bucket + line / sizeof(chunk) - 1, alloc),
        size_(count) {
    void* memory = chunks_.data();
    std::size_t room = chunks_.size() * sizeof(chunk);
    first_ = static_cast<uuid_bucket*>(std::align(line, count * sizeof(uuid_bucket), memory, room));
    std::uninitialized_default_construct_n(first_, count);
  }
  uuid_buckets(uuid_buckets&& other) noexcept
      : chunks_(std::move(other.chunks_)),
        first_(std::exchange(other.first_, nullptr)),
        size_(std::exchange(other.size_, 0)) {}
  uuid_buckets& operator=(uuid_buckets&&) = delete;

  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] const uuid_bucket* data() const noexcept { return first_; }
  [[nodiscard]] const uuid_bucket* begin() const noexcept { return first_; }
  [[nodiscard]] const uuid_bucket* end() const noexcept { return first_ + size_; }
  [[nodiscard]] uuid_bucket* begin() noexcept { return first_; }
  [[nodiscard]] uuid_bucket* end() noexcept { return first_ + size_; }
  [[nodiscard]] const uuid_bucket& operator[](std::size_t i) const noexcept { return first_[i]; }
  [[nodiscard]] uuid_bucket& operator[](std::size_t i) noexcept { return first_[i]; }
  [[nodiscard]] Alloc get_allocator() const noexcept { return Alloc(chunks_.get_allocator()); }
  [[nodiscard]] std::size_t memory_bytes() const noexcept {
    return chunks_.capacity() * sizeof(chunk);
  }
  void swap(uuid_buckets& other) noexcept {
    chunks_.swap(other.chunks_);
    std::swap(first_, other.first_);
    std::swap(size_, other.size_);
  }

 private:
  std::vector<chunk, typename std::allocator_traits<Alloc>::template rebind_alloc<chunk>> chunks_;
  uuid_bucket* first_;
  std::size_t size_;
};

template <class Alloc>
class uuid_slots {
  using bucket = uuid_bucket;

 public:
  // Where an element lies: its words, or nullptr.
  using place = const std::uint32_t*;
  [[nodiscard]] static std::uint32_t number(place at) noexcept { return at[4]; }

  explicit uuid_slots(const Alloc& alloc, std::size_t buckets = 0) : buckets_(buckets, alloc) {}
  uuid_slots(uuid_slots&& other) noexcept
      : buckets_(std::move(other.buckets_)), size_(std::exchange(other.size_, 0)) {}
  uuid_slots& operator=(uuid_slots&&) = delete;

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] std::size_t capacity() const noexcept { return buckets_.size() * bucket::slots; }

  [[nodiscard]] static std::uint64_t hash(uuid key, std::uint64_t seed) noexcept {
    return fold(custom_hash<uuid>{}(key, seed), mix_a);
  }

  [[nodiscard, gnu::always_inline]] place find(std::uint64_t hash, uuid key) const noexcept {
    if (buckets_.empty()) return nullptr;
    const std::uint8_t tag = group::tag_of(hash);
    const bucket* at = buckets_.data() + home_of(hash);
    // The half that the tags do not lie in is asked for before they have come.
    __builtin_prefetch(reinterpret_cast<const char*>(at) + 64);
    for (std::size_t left = buckets_.size();;) {
      for (std::uint32_t same = at->match(tag); same != 0; same &= same - 1) {
        const std::uint32_t* slot = at->words[static_cast<unsigned>(std::countr_zero(same))];
        if (bucket::key(slot) == key) [[likely]]
          return slot;
      }
      if (!at->may_overflow(hash) || --left == 0) [[likely]]
        return nullptr;
      at = at + 1 == buckets_.data() + buckets_.size() ? buckets_.data() : at + 1;
    }
  }
  void set_number(place at, std::uint32_t number) noexcept {
    const position found = position_of(at);
    buckets_[found.bucket].words[found.slot][4] = number;
  }

  [[gnu::always_inline]] void prefetch(std::uint64_t hash) const noexcept {
    const auto* first = reinterpret_cast<const std::byte*>(buckets_.data());
    const std::size_t at = home_of(hash) * sizeof *buckets_.data();
    prefetch_element(first, at);
    prefetch_element(first, at + 64);
  }

  // Room for `size` elements in all.
  void reserve(std::size_t size, std::uint64_t seed) {
    if (size > limit(buckets_.size())) rebuild(buckets_for(size), seed);
  }
  void reserve_one(std::uint64_t seed) {
    if (size_ < limit(buckets_.size())) return;
    const std::size_t count = buckets_.size();
    rebuild(count < 10 ? 2 * count + (count == 0) : count + count / 10, seed);
  }
  void shrink_to_fit(std::uint64_t seed) { rebuild(size_ == 0 ? 0 : buckets_for(size_), seed); }

  // Adds a key that is not there; there must be room.
  void add(std::uint64_t hash, uuid key, std::uint32_t number) noexcept {
    std::size_t at = home_of(hash);
    unsigned slot;
    while ((slot = buckets_[at].first_empty()) == bucket::slots) {
      buckets_[at].mark_overflow(hash);
      at = next(at);
    }
    buckets_[at].tags[slot] = group::tag_of(hash);
    std::memcpy(buckets_[at].words[slot], &key, sizeof key);
    buckets_[at].words[slot][4] = number;
    ++size_;
  }
  void erase(place at, std::uint64_t hash) noexcept {
    const position found = position_of(at);
    buckets_[found.bucket].tags[found.slot] = 0;
    for (std::size_t b = home_of(hash); b != found.bucket; b = next(b)) {
      buckets_[b].unmark_overflow();
    }
    --size_;
  }

  // Calls visit(key, number) for every element.
  template <class Visit>
  void for_each(Visit&& visit) const {
    for (const bucket& at : buckets_) {
      for (unsigned slot = 0; slot < bucket::slots; ++slot) {
        if (at.tags[slot] != 0) visit(bucket::key(at.words[slot]), number(at.words[slot]));
      }
    }
  }

  // Slot by slot, of capacity(): the first from `slot` on that has an element, or capacity(); and
  // what is there.
  [[nodiscard]] std::size_t next_full(std::size_t slot) const noexcept {
    while (slot < capacity() && buckets_[slot / bucket::slots].tags[slot % bucket::slots] == 0) {
      ++slot;
    }
    return slot;
  }
  [[nodiscard]] place at_slot(std::size_t slot) const noexcept {
    return buckets_[slot / bucket::slots].words[slot % bucket::slots];
  }
  [[nodiscard]] static uuid key(place at) noexcept { return bucket::key(at); }

  void count_into(stats_counter& counter, std::uint64_t seed) const {
    counter.add_table(capacity(), rebuilds_.value());
    for (std::size_t b = 0; b < buckets_.size(); ++b) {
      counter.add_group(buckets_[b].tags[bucket::count] != 0);
      for (unsigned slot = 0; slot < bucket::slots; ++slot) {
        if (buckets_[b].tags[slot] == 0) continue;
        const std::uint64_t code = hash(bucket::key(buckets_[b].words[slot]), seed);
        const std::size_t home = home_of(code);
        counter.add(code, (b >= home ? b - home : b + buckets_.size() - home) + 1);
      }
    }
  }

  void clear() noexcept {
    for (bucket& at : buckets_) std::fill(std::begin(at.tags), std::end(at.tags), 0);
    size_ = 0;
  }
  void swap(uuid_slots& other) noexcept {
    buckets_.swap(other.buckets_);
    std::swap(size_, other.size_);
  }
  [[nodiscard]] std::size_t memory_bytes() const noexcept { return buckets_.memory_bytes(); }

 private:
  [[nodiscard]] static std::size_t limit(std::size_t buckets) noexcept {
    return buckets * bucket::slots * 55 / 64;
  }
  [[nodiscard]] static std::size_t buckets_for(std::size_t size) noexcept {
    // So many are refused by the allocation, and their products do not overflow before.
    constexpr std::size_t too_many = std::numeric_limits<std::size_t>::max() / 64;
    std::size_t count = size / bucket::slots + 1;
    if (count >= too_many / bucket::slots) return too_many;
    while (limit(count) < size) count += count / 64 + 1;
    return count;
  }
  [[nodiscard]] std::size_t home_of(std::uint64_t hash) const noexcept {
    return static_cast<std::size_t>((static_cast<uint128>(hash) * buckets_.size()) >> 64);
  }
  [[nodiscard]] std::size_t next(std::size_t at) const noexcept {
    return at + 1 == buckets_.size() ? 0 : at + 1;
  }
  struct position {
    std::size_t bucket;
    std::size_t slot;
  };
  [[nodiscard]] position position_of(place at) const noexcept {
    const auto bytes = static_cast<std::size_t>(reinterpret_cast<const char*>(at) -
                                                reinterpret_cast<const char*>(buckets_.data()));
    return {bytes / sizeof(bucket), (bytes % sizeof(bucket) - 8) / sizeof(bucket::words[0])};
  }

  void rebuild(std::size_t count, std::uint64_t seed) {
    uuid_slots grown(buckets_.get_allocator(), count);
    for_each([&](uuid key, std::uint32_t number) { grown.add(hash(key, seed), key, number); });
    swap(grown);
    rebuilds_.count();
  }

  uuid_buckets<Alloc> buckets_;
  std::size_t size_ = 0;
  [[no_unique_address]] rebuild_count rebuilds_;
};

}  // namespace crosstie::detail
