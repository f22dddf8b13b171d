#include "simulate/workload_script.hpp"

#include <fmt/format.h>

#include <iterator>

#include "simulate/generator_parts.hpp"

namespace crosstie::simulate {
namespace {

// The same for all parts that stand for one object, before and after an update (FNV-1a).
std::uint64_t identity_of(const workload_part& part) {
  std::uint64_t hash = 0xCBF29CE484222325u;
  const auto add = [&](std::string_view text) {
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3u;
  };
  add(part.ns);
  add("/");
  add(part.name);
  return hash;
}

std::string_view take_hole(std::string_view& text) {
  std::size_t end = 1;
  while (end < text.size() && text[end] >= 'a' && text[end] <= 'z') ++end;
  const std::string_view hole = text.substr(1, end - 1);
  text.remove_prefix(end);
  return hole;
}

}  // namespace

std::string workload_script::name_of(workload_object object) const {
  const workload_part& part = parts[object.part];
  return part.numbered ? fmt::format("{}{:07}", part.name, object.number) : part.name;
}

void workload_script::append_text(workload_object object, std::string_view node,
                                  std::string& out) const {
  const workload_part& part = parts[object.part];
  std::string_view left = part.text;
  for (;;) {
    const std::size_t hole_at = left.find('$');
    out += left.substr(0, hole_at);
    if (hole_at == std::string_view::npos) return;
    left.remove_prefix(hole_at);
    const std::string_view hole = take_hole(left);
    if (hole == "name") {
      out += name_of(object);
    } else if (hole == "ns") {
      out += part.ns;
    } else if (hole == "uid") {
      random_stream random(seed, identity_of(part), object.number);
      out += make_uid(random);
    } else if (hole == "i") {
      fmt::format_to(std::back_inserter(out), "{}", object.number);
    } else if (hole == "tenth") {
      fmt::format_to(std::back_inserter(out), "{}", object.number / 10);
    } else if (hole == "number") {
      fmt::format_to(std::back_inserter(out), "{:07}", object.number);
    } else if (hole == "value") {
      out += part.values[object.number % part.values.size()];
    } else if (hole == "node") {
      if (!node.empty()) fmt::format_to(std::back_inserter(out), R"("nodeName":"{}",)", node);
    } else if (hole == "phase") {
      out += node.empty() ? "Pending" : "Running";
    }
  }
}

}  // namespace crosstie::simulate
