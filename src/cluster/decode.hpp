// One Kubernetes object from its JSON text.
//
// Promise: every kind of objects.hpp with exactly the fields there, read as the API server reads
// them: a null is an absent field, unknown fields are passed over, of a field given twice the last
// counts, and what the API server fills in is filled in (requests from limits, host ports of the
// host network, "default-scheduler", the namespace "default"). A kind that placing does not read
// becomes an other_object. Anything wrong is an error that names object, field and line; then
// `into` has gained at most names and interned parts, no object.
// Cost: one structural pass and one walk over the text; nothing is allocated for what is passed
// over.
// Not done: a priority class is not looked up here, see resolve_priority().
// Thread safety: one decoder belongs to one thread.
#pragma once

#include <expected>
#include <memory>
#include <string_view>

#include "cluster/document.hpp"
#include "cluster/error.hpp"
#include "cluster/objects.hpp"
#include "cluster/store.hpp"

namespace crosstie::cluster {

class decoder {
 public:
  explicit decoder(store& into);
  ~decoder();

  std::expected<any_object, error> decode(const document& from);

  // Of the pod decoded last: is spec.priority absent, which class does it name (no_name: none),
  // and is spec.preemptionPolicy absent?
  struct pod_priority {
    bool absent = false;
    name_id class_name = no_name;
    bool preemption_policy_absent = false;
  };
  const pod_priority& last_priority() const;

 private:
  class implementation;
  std::unique_ptr<implementation> implementation_;
};

// The same for a single text without padding (it is copied).
std::expected<any_object, error> decode(std::string_view json, store& into, const origin& from);

// What the API server's priority admission would have set: the class by name, or the global
// default. Returns false, and leaves the pod alone, where the named class is not in the store.
bool resolve_priority(store& into, pod& object, const decoder::pod_priority& wanted);

}  // namespace crosstie::cluster
