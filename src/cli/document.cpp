#include "cli/document.hpp"

#include <rapidjson/prettywriter.h>
#include <yaml-cpp/emitter.h>

#include <cmath>
#include <string>

namespace crosstie::cli {
namespace {

constexpr int decimals = 4;

double rounded(double value) {
  const double scale = std::pow(10.0, decimals);
  return std::isfinite(value) ? std::round(value * scale) / scale : 0.0;
}

// The length of the well-formed UTF-8 sequence at the start of `text`; 0 where there is none.
std::size_t sequence_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  const bool overlong = (lead == 0xE0 && byte(1) < 0xA0) || (lead == 0xF0 && byte(1) < 0x90);
  const bool beyond = (lead == 0xF4 && byte(1) > 0x8F) || (lead == 0xED && byte(1) > 0x9F);
  return overlong || beyond ? 0 : length;
}

std::string valid_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = sequence_length(text);
    out += length > 0 ? text.substr(0, length) : std::string_view("\xEF\xBF\xBD");
    text.remove_prefix(length > 0 ? length : 1);
  }
  return out;
}

// '<' stands only inside texts, and spelled so it cannot end the script element around it.
class script_stream {
 public:
  using Ch = char;
  explicit script_stream(output& to) : to_(&to) {}
  void Put(char byte) {
    if (byte == '<') {
      to_->write("\\u003c");
    } else {
      to_->Put(byte);
    }
  }
  void Flush() {}

 private:
  output* to_;
};

template <class Writer, class Stream>
class json_document final : public document {
 public:
  using document::boolean, document::integer, document::number, document::text;

  explicit json_document(output& to) : to_(&to), stream_(to), writer_(stream_) {
    writer_.SetMaxDecimalPlaces(decimals);
    if constexpr (requires { writer_.SetIndent(' ', 2); }) writer_.SetIndent(' ', 2);
  }
  void begin_object() override { writer_.StartObject(); }
  void end_object() override { writer_.EndObject(); }
  void begin_array() override { writer_.StartArray(); }
  void end_array() override { writer_.EndArray(); }
  void key(std::string_view name) override { text(name); }
  void text(std::string_view value) override {
    const std::string valid = valid_utf8(value);
    writer_.String(valid.data(), static_cast<rapidjson::SizeType>(valid.size()));
  }
  void integer(std::int64_t value) override { writer_.Int64(value); }
  void number(double value) override { writer_.Double(rounded(value)); }
  void boolean(bool value) override { writer_.Bool(value); }
  void finish() override { to_->Put('\n'); }

 private:
  output* to_;
  Stream stream_;
  Writer writer_;
};

// A plain YAML scalar that no reader, of YAML 1.1 or 1.2, takes for a number, a truth value or
// null: it starts with a letter, holds nothing special, and is none of the reserved words.
bool plain_in_yaml(std::string_view value) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  if (value.empty() || !letter(value[0])) return false;
  for (const char c : value) {
    if (!letter(c) && !(c >= '0' && c <= '9') && c != '-' && c != '.' && c != '_' && c != '/') {
      return false;
    }
  }
  std::string lower(value);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  for (const char* word : {"true", "false", "yes", "no", "on", "off", "y", "n", "null"}) {
    if (lower == word) return false;
  }
  return true;
}

class yaml_document final : public document {
 public:
  using document::boolean, document::integer, document::number, document::text;

  explicit yaml_document(output& to) : to_(&to), stream_(to), out_(stream_) {}
  void begin_object() override { out_ << YAML::BeginMap; }
  void end_object() override { out_ << YAML::EndMap; }
  void begin_array() override { out_ << YAML::BeginSeq; }
  void end_array() override { out_ << YAML::EndSeq; }
  void key(std::string_view name) override {
    // yaml-cpp writes a key past 1,024 bytes as a complex one; names here are far shorter.
    out_ << YAML::Key;
    text(name);
    out_ << YAML::Value;
  }
  void text(std::string_view value) override {
    if (plain_in_yaml(value)) {
      out_ << std::string(value);
    } else {
      out_ << YAML::DoubleQuoted << valid_utf8(value);
    }
  }
  void integer(std::int64_t value) override { out_ << value; }
  void number(double value) override { out_ << fmt::format("{}", rounded(value)); }
  void boolean(bool value) override { out_ << value; }
  void finish() override { to_->Put('\n'); }

 private:
  output* to_;
  output_stream stream_;
  YAML::Emitter out_;
};

}  // namespace

std::unique_ptr<document> make_document(spelling how, output& to) {
  switch (how) {
    case spelling::script:
      return std::make_unique<json_document<rapidjson::Writer<script_stream>, script_stream>>(to);
    case spelling::yaml:
      return std::make_unique<yaml_document>(to);
    case spelling::json:
      break;
  }
  return std::make_unique<json_document<rapidjson::PrettyWriter<output>, output&>>(to);
}

}  // namespace crosstie::cli
