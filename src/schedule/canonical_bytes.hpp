// Equal values, and no others of the same sequence of adds, have equal bytes: what to intern by.
//
// Promise: each list is preceded by its length, each optional by whether it is there.
// Cost: appending. Thread safety: none.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "cluster/demand.hpp"
#include "cluster/objects.hpp"

namespace crosstie::schedule {

class byte_writer {
 public:
  template <class T>
    requires(std::is_integral_v<T> || std::is_enum_v<T>)
  void add(T value) {
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  template <class T>
  void add(const std::vector<T>& values) {
    add(values.size());
    for (const T& value : values) add(value);
  }
  template <class T>
  void add(const std::optional<T>& value) {
    add(value.has_value());
    if (value) add(*value);
  }
  void add(const cluster::label& l) { add(l.key), add(l.value); }
  void add(const cluster::requirement& r) { add(r.key), add(r.op), add(r.values); }
  void add(const cluster::label_selector& s) { add(s.requirements); }
  void add(const cluster::node_selector_term& t) { add(t.match_expressions), add(t.match_fields); }
  void add(const cluster::node_selector& s) { add(s.terms); }
  void add(const cluster::preferred_node_term& t) { add(t.weight), add(t.preference); }
  void add(const cluster::toleration& t) { add(t.key), add(t.value), add(t.op), add(t.effect); }
  void add(const cluster::resource_request& r) { add(r.resource), add(r.amount); }
  void add(const cluster::container_port& p) { add(p.host_port), add(p.protocol), add(p.host_ip); }

  std::string_view bytes() const { return bytes_; }
  void clear() { bytes_.clear(); }

 private:
  std::string bytes_;
};

}  // namespace crosstie::schedule
