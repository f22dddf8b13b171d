// Crosstie's table library: every table. What is written for or read from outside has headers of
// its own, for those who need it: serialise.hpp, print.hpp, fmt.hpp, pmr.hpp.
#pragma once

#include <crosstie/assignment.hpp>
#include <crosstie/concurrent_map.hpp>
#include <crosstie/dense_id.hpp>
#include <crosstie/digest.hpp>
#include <crosstie/digest_map.hpp>
#include <crosstie/fields.hpp>
#include <crosstie/flat_map.hpp>
#include <crosstie/flat_set.hpp>
#include <crosstie/hash.hpp>
#include <crosstie/interner.hpp>
#include <crosstie/key.hpp>
#include <crosstie/lru_map.hpp>
#include <crosstie/matrix.hpp>
#include <crosstie/probe.hpp>
#include <crosstie/relation.hpp>
#include <crosstie/stats.hpp>
#include <crosstie/steady_map.hpp>
#include <crosstie/table.hpp>
#include <crosstie/uuid.hpp>
#include <crosstie/uuid_assignment.hpp>
