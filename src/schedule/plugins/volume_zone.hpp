// VolumeZone: a pod whose bound volumes are labelled with a zone or region goes there.
//
// Promise: upstream's verdicts: nodes without any zone label pass, a volume's beta label may match
// the node's stable one, and a label with an empty zone in it is ignored.
// Cost: pre_filter O(volumes of the pod), filter O(labels of those volumes).
// Thread safety: none.
#pragma once

#include "schedule/plugin.hpp"

namespace crosstie::schedule::plugins {

inline constexpr plugin::points volume_zone_points{
    .pre_filter = true, .filter = true, .filters_alone = true};

// The labels by which volumes say their zone and region, in any spelling.
cluster::label_set zone_labels_of(const cluster::store& objects,
                                  const cluster::persistent_volume& volume);

std::unique_ptr<plugin> make_volume_zone(const cluster::view& view, const profile& by, pod_id pod);

}  // namespace crosstie::schedule::plugins
