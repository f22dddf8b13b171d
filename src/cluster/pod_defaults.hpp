// What the API server fills into a pod that its author left out, as far as placing depends on it,
// and the joining of spec and status, which may come in either order.
//
// Source: SetDefaults_Pod of pkg/apis/core/v1/defaults.go, and for the label keys of pod affinity
// applyMatchLabelKeysAndMismatchLabelKeys of pkg/registry/core/pod/strategy.go. What a stored
// object already has is left alone, so that a dump passes unchanged. Thread safety: none; pure
// functions of the scratch.
#pragma once

#include "cluster/decode_kinds.hpp"

namespace crosstie::cluster {

// Requests from limits, host ports of the host network, pod-level requests, the scheduler's name;
// then the statuses are joined to their containers.
void finish_spec(pod_scratch& scratch, name_table& names);

// matchLabelKeys and mismatchLabelKeys of pod affinity become requirements with the pod's own
// values. A stored term has them already; a term without a selector matches nothing and stays so.
void merge_label_keys(pod_scratch& scratch, const label_set& labels);

}  // namespace crosstie::cluster
