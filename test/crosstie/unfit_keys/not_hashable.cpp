#include <crosstie/interner.hpp>
class key {
 public:
  friend bool operator==(const key&, const key&) = default;

 private:
  int node_ = 0;
};
int main() { return static_cast<int>(crosstie::interner<key>().size()); }
