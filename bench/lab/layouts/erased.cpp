// Type-erased key: the table knows an interface; every key, asked for or stored, is a boxed value
// whose hash and equality are virtual calls, as behind an interface of Go.
#include <crosstie/hash.hpp>
#include <memory>
#include <typeinfo>

#include "lab/layouts/flat.hpp"

namespace crosstie::bench {
namespace {

class boxed {
 public:
  virtual ~boxed() = default;
  virtual std::uint64_t hash(std::uint64_t seed) const = 0;
  virtual bool equals(const boxed& other) const = 0;
};

// Keys of numbers hold them; keys of text hold views, and their text if they are stored.
template <class Key>
class box final : public boxed {
 public:
  box(const Key& key, bool stored) : key_(key) {
    if constexpr (std::is_same_v<Key, text_key>) {
      if (!stored) return;
      text_.reset(new char[key.row.size() + key.column.size()]);
      key.row.copy(text_.get(), key.row.size());
      key.column.copy(text_.get() + key.row.size(), key.column.size());
      key_ = {{text_.get(), key.row.size()}, {text_.get() + key.row.size(), key.column.size()}};
    }
  }
  std::uint64_t hash(std::uint64_t seed) const override {
    hash_state state(seed);
    if constexpr (std::is_same_v<Key, text_key>) {
      state.add_text(key_.row);
      state.add_text(key_.column);
    } else {
      state.add_bits(key_.row, 32);
      state.add_bits(key_.column, 32);
    }
    return state.finish();
  }
  bool equals(const boxed& other) const override {
    return typeid(other) == typeid(box) && static_cast<const box&>(other).key_ == key_;
  }
  const Key& key() const { return key_; }

 private:
  Key key_;
  std::unique_ptr<char[]> text_;
};

struct erased {
  std::unique_ptr<boxed> held;
  friend bool operator==(const erased& a, const erased& b) { return a.held->equals(*b.held); }
};
struct erased_hash {
  std::size_t operator()(const erased& key) const noexcept { return key.held->hash(0); }
  std::uint64_t operator()(const erased& key, std::uint64_t seed) const noexcept {
    return key.held->hash(seed);
  }
};

template <class Key>
struct boxing {
  static constexpr bool scannable = true;
  static erased stored(const Key& key) { return {std::make_unique<box<Key>>(key, true)}; }
  static erased asked(const Key& key) { return {std::make_unique<box<Key>>(key, false)}; }
  static auto row_of(const erased& element) {
    return static_cast<const box<Key>&>(*element.held).key().row;
  }
  static auto column_of(const erased& element) {
    return static_cast<const box<Key>&>(*element.held).key().column;
  }
};

using std_set = std::unordered_set<erased, erased_hash>;
using boost_set = boost::unordered_flat_set<erased, erased_hash>;
using absl_set = absl::flat_hash_set<erased, erased_hash, std::equal_to<>>;

template <class Key>
void add(layouts<Key>& to) {
  to.push_back(describe<Key, flat<std_set, boxing<Key>>>("type-erased key", "std"));
  to.push_back(describe<Key, flat<boost_set, boxing<Key>>>("type-erased key", "boost"));
  to.push_back(describe<Key, flat<absl_set, boxing<Key>>>("type-erased key", "absl"));
}

}  // namespace

void add_erased(layouts<number_key>& to) { add<number_key>(to); }
void add_erased(layouts<text_key>& to) { add<text_key>(to); }

}  // namespace crosstie::bench
