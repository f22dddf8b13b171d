// 16-byte digest of both parts, keyed against forged collisions: a key of one size whatever the
// names; names cannot be read back.
#include <crosstie/digest.hpp>

#include "lab/layouts/flat.hpp"

namespace crosstie::bench {
namespace {

// One key for the process, drawn at random: digests are compared within a run only.
const digester& digest() {
  static const digester made;
  return made;
}

struct digested {
  static constexpr bool scannable = false;
  static digest128 stored(const auto& key) { return digest()(key.row, key.column); }
  static digest128 asked(const auto& key) { return digest()(key.row, key.column); }
};

}  // namespace

void add_digest(layouts<number_key>& to) {
  add_flat<number_key, digested, digest128>(to, "16-byte digest");
}
void add_digest(layouts<text_key>& to) {
  add_flat<text_key, digested, digest128>(to, "16-byte digest");
}

}  // namespace crosstie::bench
