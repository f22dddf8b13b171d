// A small cluster for the tests of the command line, as kubectl prints it.
#pragma once

#include <string>

namespace crosstie::cli::test {

// Nodes "big" (8 cores), "small" (1 core) and "closed" (8 cores, cordoned); pods "web/front" that
// fits "big" alone, "web/huge" that fits nowhere, "default/tiny" that fits both open nodes,
// "web/gated" behind a scheduling gate, and "web/settled", which is on "small".
std::string sample_cluster();
std::string sample_node(const std::string& name, const std::string& cpu,
                        const std::string& more_spec = "");
std::string sample_pod(const std::string& ns, const std::string& name, const std::string& cpu,
                       const std::string& more_spec = "");
std::string sample_list(const std::string& items);

}  // namespace crosstie::cli::test
