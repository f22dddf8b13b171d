#include "schedule/plugins/image_locality.hpp"

#include <algorithm>

#include "cluster/wrapping.hpp"

namespace crosstie::schedule::plugins {
namespace {

using cluster::name_id;

constexpr std::int64_t mebibyte = 1024 * 1024;
constexpr std::int64_t least_size = 23 * mebibyte;  // smaller sums score 0
constexpr std::int64_t most_size_per_container = 1000 * mebibyte;

class image_locality final : public plugin {
 public:
  image_locality(const cluster::view& view, pod_id pod) : view_(view) {
    const cluster::pod_spec& spec = view.objects.spec(pod);
    const std::size_t containers = spec.init_containers.size() + spec.containers.size();
    most_size_ = most_size_per_container * static_cast<std::int64_t>(containers);
    for (const cluster::container& each : spec.init_containers) add(each.image);
    for (const cluster::container& each : spec.containers) add(each.image);
    for (const cluster::pod_volume& each : spec.volumes) {
      if (each.kind == cluster::volume_kind::image) add(each.source);
    }
  }

  std::int64_t score(node_id node) override {
    std::int64_t sum = 0;
    for (const name_id image : images_) {
      if (view_.usage.has_image(image, node)) sum = cluster::wrapping_add(sum, weigh(image));
    }
    // Not std::clamp: without containers the upper bound is below the lower.
    sum = sum < least_size ? least_size : std::min(sum, most_size_);
    return max_node_score * (sum - least_size) / (most_size_ - least_size);
  }

 private:
  // An image that nobody mentions in full is on no node.
  void add(name_id image) {
    if (const auto full = view_.objects.names().find(complete(view_.objects.text(image)))) {
      images_.push_back(*full);
    }
  }

  // With the tag "latest" where there is none after the last slash.
  static std::string complete(std::string_view image) {
    const std::size_t slash = image.rfind('/');
    const std::string_view last = slash == std::string_view::npos ? image : image.substr(slash);
    std::string full(image);
    if (!last.contains(':')) full += ":latest";
    return full;
  }

  // The size, less the fewer nodes have the image: so pods do not all follow the first one.
  std::int64_t weigh(name_id image) const {
    const double spread = static_cast<double>(view_.usage.image_node_count(image)) /
                          static_cast<double>(view_.objects.node_count());
    return static_cast<std::int64_t>(static_cast<double>(view_.usage.image_size(image)) * spread);
  }

  cluster::view view_;
  std::vector<name_id> images_;
  std::int64_t most_size_;
};

}  // namespace

std::unique_ptr<plugin> make_image_locality(const cluster::view& view, const profile&, pod_id pod) {
  return std::make_unique<image_locality>(view, pod);
}

}  // namespace crosstie::schedule::plugins
