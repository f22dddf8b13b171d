// Which events may help a pod that no node took, from what the nodes have against it.
//
// Promise: the union over upstream's queueing hints, by kind of event, of each plugin that rejects
// the pod. Cost: O(rejections). Thread safety: pure functions.
#pragma once

#include "schedule/evaluation.hpp"
#include "schedule/queue.hpp"

namespace crosstie::schedule {

event_set events_for(std::uint32_t rejections);  // a set of rejection_bit
event_set events_for(const evaluation& all);

}  // namespace crosstie::schedule
