#include <crosstie/flat_set.hpp>
class key {
 public:
  explicit key(int node) : node_(node) {}
  int node() const { return node_; }

 private:
  int node_;
};
int main() { return static_cast<int>(crosstie::flat_set<key>().size()); }
