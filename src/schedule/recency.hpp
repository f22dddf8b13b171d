// A bounded set of slots for the keys asked most recently: which slot a key has, and whose slot is
// given away when all are taken.
//
// Promise: at most `limit` keys have a slot; a new key takes the slot of the key asked longest ago.
// Cost: O(1); 4 bytes for each key ever seen (keys are dense), 12 for each slot.
// Thread safety: none.
#pragma once

#include <cstdint>
#include <vector>

namespace crosstie::schedule {

class recency {
 public:
  struct place {
    std::uint32_t slot;
    bool fresh;  // the key had no slot before: its contents are another key's, or nothing
  };

  explicit recency(std::uint32_t limit) { reset(limit); }

  void reset(std::uint32_t limit) {
    limit_ = limit == 0 ? 1 : limit;
    slot_of_.clear();
    slots_.clear();
    newest_ = oldest_ = none;
  }

  place touch(std::uint32_t key) {
    if (key >= slot_of_.size()) slot_of_.resize(key + key / 2 + 1, none);
    if (const std::uint32_t slot = slot_of_[key]; slot != none) {
      if (slot != newest_) {
        unlink(slot);
        link(slot);
      }
      return {slot, false};
    }
    std::uint32_t slot;
    if (slots_.size() < limit_) {
      slot = static_cast<std::uint32_t>(slots_.size());
      slots_.push_back({});
    } else {
      slot = oldest_;
      unlink(slot);
      slot_of_[slots_[slot].key] = none;
    }
    slots_[slot].key = key;
    slot_of_[key] = slot;
    link(slot);
    return {slot, true};
  }

  std::uint32_t used() const { return static_cast<std::uint32_t>(slots_.size()); }
  std::size_t memory_bytes() const {
    return slot_of_.capacity() * sizeof(std::uint32_t) + slots_.capacity() * sizeof(entry);
  }

 private:
  static constexpr std::uint32_t none = 0xFFFFFFFFu;
  struct entry {
    std::uint32_t key = none, newer = none, older = none;
  };

  void unlink(std::uint32_t slot) {
    const entry& e = slots_[slot];
    (e.newer == none ? newest_ : slots_[e.newer].older) = e.older;
    (e.older == none ? oldest_ : slots_[e.older].newer) = e.newer;
  }
  void link(std::uint32_t slot) {
    slots_[slot].newer = none;
    slots_[slot].older = newest_;
    (newest_ == none ? oldest_ : slots_[newest_].newer) = slot;
    newest_ = slot;
  }

  std::uint32_t limit_ = 1, newest_ = none, oldest_ = none;
  std::vector<std::uint32_t> slot_of_;
  std::vector<entry> slots_;
};

}  // namespace crosstie::schedule
