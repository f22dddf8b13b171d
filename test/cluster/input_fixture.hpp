// What the tests of reading share: texts as sources, and a directory that goes away.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>
#include <zlib.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "cluster/input.hpp"

namespace crosstie::cluster {

struct seen_document {
  std::string json, kind;
  std::int64_t line, item;
  bool operator==(const seen_document&) const = default;
};

struct seen_input {
  std::vector<seen_document> documents;
  std::string problem;  // the error's text; empty where there is none
};

using splitter = std::expected<void, error> (*)(byte_source&, std::string_view, const input_limits&,
                                                const document_sink&);

// What a splitter hands on, the text coming at most `step` bytes at a time.
inline seen_input split(splitter by, std::string_view text, const input_limits& limits = {},
                        std::size_t step = SIZE_MAX) {
  memory_bytes bytes(text, step);
  seen_input seen;
  const auto done =
      by(bytes, "in", limits, [&](const document& from) -> std::expected<void, error> {
        seen.documents.push_back(
            {std::string(from.json), std::string(from.kind), from.from.line, from.from.item});
        return {};
      });
  if (!done) seen.problem = to_string(done.error());
  return seen;
}

inline std::string gzip(std::string_view text) {
  std::string packed(compressBound(text.size()) + 64, '\0');
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

class scratch_directory {
 public:
  scratch_directory() {
    std::string name = (std::filesystem::temp_directory_path() / "crosstie-XXXXXX").string();
    EXPECT_NE(mkdtemp(name.data()), nullptr);
    path_ = name;
  }
  ~scratch_directory() { std::filesystem::remove_all(path_); }
  scratch_directory(const scratch_directory&) = delete;
  scratch_directory& operator=(const scratch_directory&) = delete;

  std::string path() const { return path_; }
  std::string write(const std::string& name, std::string_view text) const {
    const std::string path = path_ + "/" + name;
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }

 private:
  std::string path_;
};

}  // namespace crosstie::cluster
