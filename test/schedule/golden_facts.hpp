// An answer about a pod taken apart into single facts, so that two answers can be compared one by
// one: class of fact, then where ("prod/web on node-7"), then what, spelled as text.
#pragma once

#include <simdjson.h>

#include <map>
#include <string>

#include "schedule/evaluation.hpp"

namespace crosstie::schedule {

using fact_list = std::map<std::string, std::map<std::string, std::string>>;

// Of our evaluation; and of an entry of a golden file's expected.pods.
fact_list list_facts(const cluster::store& objects, const evaluation& answer);
fact_list list_facts(simdjson::dom::element expected);

}  // namespace crosstie::schedule
