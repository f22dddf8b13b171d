// Crosstie's table library: every public header.
#pragma once

#include <crosstie/assignment.hpp>
#include <crosstie/dense_id.hpp>
#include <crosstie/fields.hpp>
#include <crosstie/flat_map.hpp>
#include <crosstie/flat_set.hpp>
#include <crosstie/hash.hpp>
#include <crosstie/interner.hpp>
#include <crosstie/key.hpp>
#include <crosstie/matrix.hpp>
#include <crosstie/probe.hpp>
#include <crosstie/relation.hpp>
#include <crosstie/steady_map.hpp>
#include <crosstie/table.hpp>
#include <crosstie/uuid.hpp>
#include <crosstie/uuid_assignment.hpp>
