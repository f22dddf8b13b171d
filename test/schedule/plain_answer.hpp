// The plain evaluation of a pod, for tests that compare the engine with it.
#pragma once

#include "schedule/evaluation.hpp"
#include "schedule/nomination.hpp"

namespace crosstie::schedule {

// `on` has a state and settings, of which the first profile is the pod's.
template <class Cluster>
evaluation evaluate_plainly(Cluster& on, pod_id pod, bool preemption) {
  const std::vector<nomination> nominated = find_nominations(on.state.look(), on.settings);
  return evaluate(on.state.look(), on.settings.profiles[0], pod,
                  {.nominations = nominated, .preemption = preemption});
}

}  // namespace crosstie::schedule
