// The objects of a workload's script in a store, as though its dump had been read.
//
// Promise: what the store holds is what reading the dump would have put there.
// Cost: that of decoding each text. Thread safety: none.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cluster/decode.hpp"
#include "cluster/store.hpp"
#include "cluster/world.hpp"
#include "simulate/workload_script.hpp"

namespace crosstie::simulate {

class script_reader {
 public:
  script_reader(const workload_script& script, cluster::store& into);

  cluster::any_object read(workload_object object, std::string_view node);
  cluster::event read(const workload_event& what);
  // Everything of the dump; places as place_early() gives them.
  void load(const std::vector<std::string>& places);

 private:
  const workload_script* script_;
  cluster::store* objects_;
  cluster::decoder decoder_;
  std::string text_;
};

}  // namespace crosstie::simulate
