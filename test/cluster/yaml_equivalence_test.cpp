// The same objects as JSON and as YAML give the same JSON text to the decoder.
#include <gtest/gtest.h>
#include <simdjson.h>

#include <random>

#include "cluster/dump.hpp"
#include "cluster/input_fixture.hpp"
#include "sanitized.hpp"

namespace crosstie::cluster {
namespace {

using element = simdjson::dom::element;

std::string minify(std::string_view json) {
  simdjson::dom::parser parser;
  return simdjson::minify(element(parser.parse(simdjson::padded_string(json))));
}

// Writes a JSON value as YAML in block style; quotes are used where the text needs them, and at
// random elsewhere.
class yaml_writer {
 public:
  explicit yaml_writer(std::uint64_t seed) : random_(seed) {}

  std::string write(element value) {
    text_.clear();
    put(value, 0);
    return text_;
  }

 private:
  void put(element value, std::size_t indent) {
    if (value.is_object() && simdjson::dom::object(value).size() != 0) {
      text_ += '\n';
      for (const auto [key, member] : simdjson::dom::object(value)) {
        text_.append(indent, ' ');
        put_text(key);
        text_ += ':';
        put(member, indent + 2);
      }
    } else if (value.is_array() && simdjson::dom::array(value).size() != 0) {
      text_ += '\n';
      for (const element item : simdjson::dom::array(value)) {
        text_.append(indent, ' ');
        text_ += '-';
        put(item, indent + 2);
      }
    } else {
      text_ += ' ';
      if (value.is_string()) {
        put_text(std::string_view(value));
      } else {
        text_ += simdjson::minify(value);
      }
      text_ += random_() % 5 == 0 ? "  # a remark\n" : "\n";
    }
  }

  void put_text(std::string_view text) {
    const auto first = text.empty() ? '0' : text[0];
    const bool plain = ((first >= 'a' && first <= 'z') || (first >= 'A' && first <= 'Z')) &&
                       text.find_first_not_of(
                           "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                           "0123456789-./") == std::string_view::npos;
    static const std::vector<std::string_view> words = {"y",   "n",    "yes",   "no",  "on",
                                                        "off", "true", "false", "null"};
    std::string lower(text);
    for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    const bool word = std::find(words.begin(), words.end(), lower) != words.end();
    if (plain && !word && random_() % 2 == 0) {
      text_ += text;
      return;
    }
    text_ += '"';
    for (const char c : text) {
      if (c == '"' || c == '\\') text_ += '\\';
      if (c == '\n') {
        text_ += "\\n";
      } else {
        text_ += c;
      }
    }
    text_ += '"';
  }

  std::mt19937_64 random_;
  std::string text_;
};

std::string random_value(std::mt19937_64& random, int depth) {
  constexpr std::string_view scalars[] = {"0",
                                          "-17",
                                          "1.5",
                                          "true",
                                          "null",
                                          "\"a\"",
                                          "\"yes\"",
                                          "\"100m\"",
                                          "\"\"",
                                          "\"0x10\"",
                                          "\"1\"",
                                          "\": # -\"",
                                          "\"a: b\"",
                                          "\"~\"",
                                          "\"\u00e4 {x}\"",
                                          "\"a\\nb\\n\"",
                                          "\"- a\"",
                                          "\" blank \"",
                                          "\"\\\\\""};
  const auto choice = depth == 0 ? 9 : random() % 10;
  if (choice > 5) return std::string(scalars[random() % std::size(scalars)]);
  const bool object = choice > 2;
  std::string text = object ? "{" : "[";
  for (std::size_t i = 0, size = random() % 5; i < size; ++i) {
    if (i > 0) text += ',';
    if (object) text += "\"key" + std::to_string(i) + (random() % 2 == 0 ? ".a/b\":" : "\":");
    text += random_value(random, depth - 1);
  }
  return text + (object ? '}' : ']');
}

TEST(yaml_equivalence, of_random_objects) {
  std::mt19937_64 random(17);
  for (int round = 0; round < 500; ++round) {
    const std::string json = "{\"kind\":" + random_value(random, 5) + "}";
    simdjson::dom::parser parser;
    const simdjson::padded_string padded(json);
    const std::string yaml = yaml_writer(random()).write(parser.parse(padded));
    const seen_input seen = split(split_yaml, yaml);
    ASSERT_EQ(seen.problem, "") << yaml;
    ASSERT_EQ(seen.documents.size(), 1u) << yaml;
    ASSERT_EQ(minify(seen.documents[0].json), minify(json)) << yaml;
  }
}

std::vector<std::string> golden_files() {
  std::vector<std::string> files;
  const std::string directory = CROSSTIE_SHARED "/golden";
  if (!std::filesystem::is_directory(directory)) return files;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    if (entry.path().extension() == ".gz") files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::string unpack(const std::string& path) {
  auto source = open_bytes(path, {});
  std::string text;
  std::string part(1 << 16, '\0');
  for (;;) {
    const auto count = (*source)->read(part.data(), part.size());
    if (!count || *count == 0) return text;
    text.append(part, 0, *count);
  }
}

TEST(yaml_equivalence, golden_clusters_read_without_error_and_the_same_both_ways) {
  const std::vector<std::string> files = golden_files();
  if (files.empty()) GTEST_SKIP() << "NO GOLDEN CLUSTERS at " CROSSTIE_SHARED "/golden";
  const scratch_directory scratch;
  std::uint64_t objects = 0;
  for (std::size_t i = 0; i < files.size(); i += test::few_of_them) {
    const simdjson::padded_string text(unpack(files[i]));
    simdjson::dom::parser parser;
    const element cluster = parser.parse(text)["cluster"];
    store by_json;
    const std::vector<std::string> json{scratch.write("cluster.json", simdjson::minify(cluster))};
    const auto summary = read_dump(json, by_json);
    ASSERT_TRUE(summary) << files[i] << ": " << to_string(summary.error());
    EXPECT_TRUE(summary->other.empty()) << files[i] << ": " << describe_other_kinds(*summary);
    objects += summary->objects;
    if (i % 24 != 0) continue;  // YAML is slow
    store by_yaml;
    const std::vector<std::string> yaml{
        scratch.write("cluster.yaml", yaml_writer(i).write(cluster))};
    const auto same = read_dump(yaml, by_yaml);
    ASSERT_TRUE(same) << files[i] << ": " << to_string(same.error());
    // Both read in the same order, so that even the ids agree.
    ASSERT_EQ(same->objects, summary->objects);
    ASSERT_EQ(by_json.pod_slots(), by_yaml.pod_slots());
    for (std::uint32_t slot = 0; slot < by_json.pod_slots(); ++slot) {
      const pod_id id{slot};
      ASSERT_EQ(by_json.full_name(id), by_yaml.full_name(id));
      ASSERT_EQ(by_json.spec(id), by_yaml.spec(id)) << by_json.full_name(id);
      ASSERT_EQ(by_json.labels(id), by_yaml.labels(id));
      ASSERT_EQ(by_json[id].node, by_yaml[id].node);
    }
    ASSERT_EQ(by_json.node_slots(), by_yaml.node_slots());
    for (std::uint32_t slot = 0; slot < by_json.node_slots(); ++slot) {
      ASSERT_EQ(by_json[node_id{slot}], by_yaml[node_id{slot}]);
    }
  }
  std::printf("read %zu golden clusters with %llu objects\n", files.size(),
              static_cast<unsigned long long>(objects));
}

}  // namespace
}  // namespace crosstie::cluster
