#include "schedule/plugins/image_locality.hpp"

#include "schedule/small_cluster.hpp"

namespace crosstie::schedule::plugins {
namespace {

class image_locality_test : public testing::Test {
 protected:
  std::int64_t score(std::string_view pod, std::string_view node) {
    const profile by;
    return make_image_locality(cluster_.view(), by, cluster_.pod(pod))->score(cluster_.node(node));
  }

  // 523 MiB on two of four nodes, 1000 MiB on one.
  small_cluster cluster_{R"(
{kind: Node, apiVersion: v1, metadata: {name: n1},
 status: {images: [{names: ["repo:5000/app:latest"], sizeBytes: 548405248},
                   {names: ["data:v1"], sizeBytes: 1048576000}]}}
---
{kind: Node, apiVersion: v1, metadata: {name: n2},
 status: {images: [{names: ["repo:5000/app:latest"], sizeBytes: 1}]}}
---
{kind: Node, apiVersion: v1, metadata: {name: n3}}
---
{kind: Node, apiVersion: v1, metadata: {name: n4}}
---
{kind: Pod, apiVersion: v1, metadata: {name: untagged, namespace: a},
 spec: {containers: [{name: c, image: "repo:5000/app"}]}}
---
{kind: Pod, apiVersion: v1, metadata: {name: tagged, namespace: a},
 spec: {containers: [{name: c, image: "repo:5000/app:other"}]}}
---
{kind: Pod, apiVersion: v1, metadata: {name: both, namespace: a},
 spec: {initContainers: [{name: i, image: "repo:5000/app:latest"}],
        containers: [{name: c, image: "repo:5000/app:latest"}],
        volumes: [{name: v, image: {reference: "data:v1"}}]}}
)"};
};

constexpr std::int64_t expected(std::int64_t mebibytes, std::int64_t containers) {
  return 100 * (mebibytes * 1048576 - 23 * 1048576) / (1000 * 1048576 * containers - 23 * 1048576);
}

TEST_F(image_locality_test, a_size_counts_as_far_as_nodes_have_the_image) {
  // 523 MiB x 2/4 = 261.5 MiB; upstream keeps the first size that it met.
  EXPECT_EQ(score("a/untagged", "n1"), 24);
  EXPECT_EQ(score("a/untagged", "n2"), 24);
  EXPECT_EQ(score("a/untagged", "n3"), 0);
}

TEST_F(image_locality_test, tags_are_part_of_the_name) { EXPECT_EQ(score("a/tagged", "n1"), 0); }

TEST_F(image_locality_test, init_containers_and_image_volumes_count_too) {
  EXPECT_EQ(score("a/both", "n1"), expected(523 + 250, 2));
  EXPECT_EQ(score("a/both", "n2"), expected(523, 2));
}

}  // namespace
}  // namespace crosstie::schedule::plugins
