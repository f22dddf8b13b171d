// Objects of a store as JSON, as `kubectl get -o json` prints them: the API server's defaults and a
// kubelet's usual status included, so that other tools accept the text.
//
// Promise: reading the text again gives an equal object. Not written, since nothing here makes
// them: volumes, resource claims, the status of an in-place resize, declared features, and
// spellings that the model does not keep (an unknown taint effect or operator). Cost: linear in the
// text, appended to one string. Thread safety: none needed.
#pragma once

#include <iosfwd>
#include <string>
#include <string_view>

#include "cluster/store.hpp"

namespace crosstie::simulate {

void append_json(const cluster::store& objects, const cluster::node& node, std::string& out);
void append_json(const cluster::store& objects, const cluster::pod& pod, std::string& out);
void append_json(const cluster::store& objects, const cluster::namespace_object& ns,
                 std::string& out);
void append_json(const cluster::store& objects, const cluster::priority_class& priority,
                 std::string& out);

// A v1 List, an item a line.
class list_writer {
 public:
  explicit list_writer(std::ostream& out);

  void add(std::string_view json);
  template <class Object>
  void add(const cluster::store& objects, const Object& object) {
    item_.clear();
    append_json(objects, object, item_);
    add(item_);
  }
  void finish();

 private:
  std::ostream& out_;
  std::string item_;
  bool first_ = true;
};

// A List of namespaces, priority classes, nodes, pods. Without `pending`, pods
// that are on no node are left out.
void write_list(const cluster::store& objects, bool pending, std::ostream& out);

}  // namespace crosstie::simulate
