// Id index: finds dense ids by the hash of what they stand for. It only grows.
//
//   tags [16 bytes][16 bytes] ...     one byte of hash a slot, 0 where empty
//   ids  [16 x 4 B][16 x 4 B] ...     the id in that slot, behind all tags in one allocation
//
// Promise: 5 bytes a slot, 7/8 full at most; grows by half, so 5.7 to 8.6 bytes an id (single
//   groups aside). The number of groups is any, since a hash picks its group by multiplication.
// Invariant: an id lies in the first group with room, counted from the group of its hash; nothing
//   is ever erased, so a lookup ends at the first group with an empty slot.
// Thread safety: any number of readers, or one writer.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include <crosstie/dense_id.hpp>
#include <crosstie/detail/group.hpp>
#include <crosstie/hash.hpp>
#include <crosstie/stats.hpp>

namespace crosstie::detail {

template <class Alloc>
class id_index {
  using words =
      std::vector<std::uint32_t,
                  typename std::allocator_traits<Alloc>::template rebind_alloc<std::uint32_t>>;

 public:
  static constexpr std::size_t slots_a_group = 16;

  explicit id_index(const Alloc& alloc) : words_(alloc) {}
  id_index(id_index&& other) noexcept
      : words_(std::move(other.words_)),
        groups_(std::exchange(other.groups_, 0)),
        size_(std::exchange(other.size_, 0)) {}
  id_index& operator=(id_index&&) = delete;

  // The id with this hash for which is_it(id) holds, or no_index.
  template <class IsIt>
  [[nodiscard]] std::uint32_t find(std::uint64_t hash, IsIt&& is_it) const {
    if (groups_ == 0) return no_index;
    const std::uint8_t tag = group::tag_of(hash);
    for (std::size_t g = home_of(hash);; g = next(g)) {
      const std::uint8_t* tags = tags_of(g);
      for (std::uint32_t same = match(tags, tag); same != 0; same &= same - 1) {
        const std::uint32_t id = ids_of(g)[std::countr_zero(same)];
        if (is_it(id)) [[likely]]
          return id;
      }
      if (match(tags, 0) != 0) [[likely]]
        return no_index;
    }
  }

  // Room for one more; hash_of(id) tells the hash of an id in the index. Strong guarantee.
  template <class HashOf>
  void reserve_one(HashOf&& hash_of) {
    if (size_ < limit()) return;
    rebuild(groups_ < 8 ? 2 * groups_ + (groups_ == 0) : groups_ + groups_ / 2, hash_of);
  }

  template <class HashOf>
  void reserve(std::size_t size, HashOf&& hash_of) {
    if (size <= limit()) return;
    rebuild(groups_for(size), hash_of);
  }

  // Adds an id that is not there; there must be room.
  void add(std::uint64_t hash, std::uint32_t id) noexcept {
    std::size_t g = home_of(hash);
    std::uint32_t empty;
    while ((empty = match(tags_of(g), 0)) == 0) g = next(g);
    tags_of(g)[std::countr_zero(empty)] = group::tag_of(hash);
    ids_of(g)[std::countr_zero(empty)] = id;
    ++size_;
  }

  [[gnu::always_inline]] void prefetch(std::uint64_t hash) const noexcept {
    if (groups_ != 0) __builtin_prefetch(tags_of(home_of(hash)));
  }

  template <class HashOf>
  void count_into(stats_counter& counter, HashOf&& hash_of) const {
    counter.add_table(groups_ * slots_a_group, rebuilds_.value());
    for (std::size_t g = 0; g < groups_; ++g) {
      const std::uint8_t* tags = tags_of(g);
      counter.add_group(match(tags, 0) == 0);
      for (std::size_t i = 0; i < slots_a_group; ++i) {
        if (tags[i] == 0) continue;
        const std::uint64_t hash = hash_of(ids_of(g)[i]);
        const std::size_t home = home_of(hash);
        counter.add(hash, (g >= home ? g - home : g + groups_ - home) + 1);
      }
    }
  }

  [[nodiscard]] std::size_t memory_bytes() const noexcept {
    return words_.capacity() * sizeof(std::uint32_t);
  }

  template <class HashOf>
  void shrink_to_fit(HashOf&& hash_of) {
    rebuild(groups_for(size_), hash_of);
  }
  void clear() noexcept {
    words_.clear();
    groups_ = size_ = 0;
  }

  void swap(id_index& other) noexcept {
    std::swap(words_, other.words_);
    std::swap(groups_, other.groups_);
    std::swap(size_, other.size_);
  }

 private:
  static constexpr std::size_t tag_words = slots_a_group / sizeof(std::uint32_t);

  [[nodiscard]] const std::uint8_t* tags_of(std::size_t g) const noexcept {
    return reinterpret_cast<const std::uint8_t*>(words_.data() + g * tag_words);
  }
  [[nodiscard]] std::uint8_t* tags_of(std::size_t g) noexcept {
    return reinterpret_cast<std::uint8_t*>(words_.data() + g * tag_words);
  }
  [[nodiscard]] const std::uint32_t* ids_of(std::size_t g) const noexcept {
    return words_.data() + groups_ * tag_words + g * slots_a_group;
  }
  [[nodiscard]] std::uint32_t* ids_of(std::size_t g) noexcept {
    return words_.data() + groups_ * tag_words + g * slots_a_group;
  }

  [[nodiscard]] std::size_t limit() const noexcept { return groups_ * (slots_a_group * 7 / 8); }
  [[nodiscard]] static std::size_t groups_for(std::size_t size) noexcept {
    return (size + slots_a_group * 7 / 8 - 1) / (slots_a_group * 7 / 8);
  }

  [[nodiscard]] std::size_t home_of(std::uint64_t hash) const noexcept {
    return static_cast<std::size_t>((static_cast<uint128>(hash) * groups_) >> 64);
  }
  [[nodiscard]] std::size_t next(std::size_t g) const noexcept {
    return g + 1 == groups_ ? 0 : g + 1;
  }

  [[nodiscard]] static std::uint32_t match(const std::uint8_t* tags, std::uint8_t tag) noexcept {
#if CROSSTIE_SSE2
    return equal_bytes(_mm_loadu_si128(reinterpret_cast<const __m128i*>(tags)), tag);
#else
    std::uint32_t mask = 0;
    for (std::size_t i = 0; i < slots_a_group; ++i) mask |= std::uint32_t{tags[i] == tag} << i;
    return mask;
#endif
  }

  template <class HashOf>
  void rebuild(std::size_t groups, HashOf&& hash_of) {
    words(groups * (tag_words + slots_a_group), 0, words_.get_allocator()).swap(words_);
    groups_ = groups;
    rebuilds_.count();
    const auto count = static_cast<std::uint32_t>(std::exchange(size_, 0));
    // Ids are dense, so the old slots need not be read: this order reads what they stand for once,
    // from front to back.
    for (std::uint32_t id = 0; id < count; ++id) add(hash_of(id), id);
  }

  words words_;
  std::size_t groups_ = 0;
  std::size_t size_ = 0;
  [[no_unique_address]] rebuild_count rebuilds_;
};

}  // namespace crosstie::detail
