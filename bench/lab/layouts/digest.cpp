// 16-byte digest of both parts: a key of one size whatever the names; names cannot be read back.
#include <crosstie/hash.hpp>

#include "lab/layouts/flat.hpp"

namespace crosstie::bench {
namespace {

template <class Part>
digest digest_of(const Part& row, const Part& column) {
  hash_state low(0x243f6a8885a308d3), high(0x13198a2e03707344);
  for (hash_state* half : {&low, &high}) {
    if constexpr (std::is_integral_v<Part>) {
      half->add_bits(row, 32);
      half->add_bits(column, 32);
    } else {
      half->add_text(row);
      half->add_text(column);
    }
  }
  return {low.finish(), high.finish()};
}

struct digested {
  static constexpr bool scannable = false;
  static digest stored(const auto& key) { return digest_of(key.row, key.column); }
  static digest asked(const auto& key) { return digest_of(key.row, key.column); }
};

}  // namespace

void add_digest(layouts<number_key>& to) {
  add_flat<number_key, digested, digest>(to, "16-byte digest");
}
void add_digest(layouts<text_key>& to) {
  add_flat<text_key, digested, digest>(to, "16-byte digest");
}

}  // namespace crosstie::bench
