// addedAffinity of NodeAffinityArgs: reading and validation.
//
// Promise: as plugin_arguments.hpp says; a preferred term of weight 0 is not validated, as upstream
// never looks at it.
#pragma once

#include "cluster/objects.hpp"
#include "schedule/configuration_field.hpp"

namespace crosstie::schedule {

cluster::node_affinity read_added_affinity(configuration_object& from, cluster::name_table& names,
                                           problem_list& faults);

}  // namespace crosstie::schedule
