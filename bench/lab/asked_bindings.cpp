#include "lab/asked_bindings.hpp"

#include <algorithm>
#include <deque>
#include <stdexcept>

#include "lab/layout.hpp"

namespace crosstie::bench {
namespace {

using cluster::node_id;
using cluster::pod_id;

template <class Key>
class keyed_bindings final : public asked_bindings {
 public:
  keyed_bindings(const cluster::store& objects, const layout<Key>& how)
      : objects_(objects), table_(how.make()) {
    for (std::uint32_t n = 0; n < objects.node_slots(); ++n) {
      questions_.push_back(key_of(0, node_id{n}));
    }
    for (std::uint32_t slot = 0; slot < objects.pod_slots(); ++slot) {
      if (objects.alive(pod_id{slot})) learn_name(pod_id{slot});
    }
  }
  std::uint64_t ask_all_nodes(pod_id pod) override {
    const Key of_pod = key_of(learn_name(pod), node_id{0});
    for (Key& key : questions_) key.column = of_pod.column;
    return table_->has(questions_);
  }
  bool bind(pod_id pod, node_id node) override {
    const Key key = key_of(learn_name(pod), node);
    return table_->put({&key, 1}) == 1;
  }
  bool unbind(pod_id pod, node_id node) override {
    const Key key = key_of(index(pod), node);
    return table_->drop({&key, 1}) == 1;
  }

 private:
  // Another pod may have had the slot before.
  std::uint32_t learn_name(pod_id pod) {
    const std::uint32_t slot = index(pod);
    if constexpr (std::is_same_v<Key, text_key>) {
      if (slot >= names_.size()) names_.resize(slot + 1);
      names_[slot] = objects_.full_name(pod);
    }
    return slot;
  }
  Key key_of(std::uint32_t slot, node_id node) const {
    if constexpr (std::is_same_v<Key, number_key>) {
      return {index(node), slot};
    } else {
      return {objects_.text(objects_[node].name),
              slot < names_.size() ? std::string_view(names_[slot]) : std::string_view()};
    }
  }
  const cluster::store& objects_;
  std::unique_ptr<table<Key>> table_;
  std::deque<std::string> names_;  // of pods by slot; a deque's do not move
  std::vector<Key> questions_;
};

template <class Key>
std::unique_ptr<asked_bindings> make_keyed(const cluster::store& objects, const asked_layout& how) {
  for (const layout<Key>& one : all_layouts<Key>()) {
    if (one.name != how.name || one.library != how.library) continue;
    return std::make_unique<keyed_bindings<Key>>(objects, one);
  }
  throw std::logic_error("before-after: no such layout");
}

}  // namespace

std::unique_ptr<asked_bindings> make_asked_bindings(const cluster::store& objects,
                                                    const asked_layout& how) {
  return how.ids ? make_keyed<number_key>(objects, how) : make_keyed<text_key>(objects, how);
}

}  // namespace crosstie::bench
