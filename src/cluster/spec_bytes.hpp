// The canonical bytes of a pod spec: equal specs and no others have equal bytes.
//
// Promise: every field of pod_spec and of what it holds takes part; the compiler refuses a new
// field that for_each_field does not name.
// Cost: one pass over the spec. Thread safety: pure functions.
#pragma once

#include <string>

#include "cluster/objects.hpp"

namespace crosstie::cluster {

// Replaces what `bytes` holds, so that its memory can be used again.
void write_canonical_bytes(const pod_spec& spec, std::string& bytes);

// What the spec's vectors occupy, the spec itself aside.
std::size_t count_heap_bytes(const pod_spec& spec);

}  // namespace crosstie::cluster
