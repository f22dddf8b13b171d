// A source of documents: whatever kubectl prints, object by object.
//
// Promise: the objects of files, directories and standard input in order: a List (also a typed one
// such as PodList), single objects, several of them one after another or one a line, several YAML
// documents; each of it gzipped or not. What a file holds is seen by its content, not by its name.
// A directory stands for its files that end in .json, .yaml, .yml or .gz, sorted by name.
// Cost: memory for the largest object, not for the List; JSON is cut at several GB/s.
// Every byte is checked to be UTF-8 and every bracket and quote to be closed, here or by the
// decoder; the first thing wrong ends the reading.
// Thread safety: none.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <span>
#include <string>

#include "cluster/byte_source.hpp"
#include "cluster/document.hpp"
#include "cluster/error.hpp"

namespace crosstie::cluster {

struct input_limits {
  std::size_t depth = 512;                                  // brackets inside brackets
  std::size_t object_bytes = std::size_t{256} << 20;        // of one object's text
  std::size_t alias_bytes = std::size_t{16} << 20;          // of YAML text repeated by aliases
  std::size_t yaml_lookahead_bytes = std::size_t{2} << 20;  // of a YAML text or "[...]"
  std::size_t window_bytes = std::size_t{256} << 10;        // read at a time
};

// An error ends the reading and is handed on.
using document_sink = std::function<std::expected<void, error>(const document&)>;

struct input_options {
  input_limits limits;
  // Bytes read from the files so far, and in all; 0 in all where standard input is among them.
  std::function<void(std::uint64_t read, std::uint64_t total)> progress;
};

// Is a file of this name read where its directory is given?
bool is_dump_name(const std::string& path);

std::expected<void, error> read_documents(std::span<const std::string> paths,
                                          const input_options& options, const document_sink& sink);

// One source alone, its format known.
std::expected<void, error> split_json(byte_source& from, std::string_view file,
                                      const input_limits& limits, const document_sink& sink);
std::expected<void, error> split_yaml(byte_source& from, std::string_view file,
                                      const input_limits& limits, const document_sink& sink);

}  // namespace crosstie::cluster
