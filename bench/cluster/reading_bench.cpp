#include "cluster/reading_bench.hpp"

#include <fmt/format.h>
#include <stdlib.h>
#include <sys/resource.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "cluster/dump.hpp"
#include "cluster/store.hpp"
#include "harness/progress.hpp"
#include "harness/rounds.hpp"

namespace crosstie::bench {
namespace {

// A Deployment's pod as the API server returns it; {0} is its number, {1} its node's.
constexpr const char* pod_text = R"(        {{
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {{
                "annotations": {{
                    "kubernetes.io/limit-ranger": "LimitRanger plugin set: cpu, memory request for container main",
                    "prometheus.io/scrape": "true"
                }},
                "creationTimestamp": "2026-01-02T00:00:00Z",
                "generateName": "web-{2}-7d4b9c5f6-",
                "labels": {{
                    "app": "web-{2}",
                    "pod-template-hash": "7d4b9c5f6"
                }},
                "managedFields": [
{3}
                ],
                "name": "web-{2}-7d4b9c5f6-{0}",
                "namespace": "team-{2}",
                "ownerReferences": [
                    {{
                        "apiVersion": "apps/v1",
                        "blockOwnerDeletion": true,
                        "controller": true,
                        "kind": "ReplicaSet",
                        "name": "web-{2}-7d4b9c5f6",
                        "uid": "9d0517f9-4ac7-4dd8-95e5-{2:012}"
                    }}
                ],
                "resourceVersion": "{0}",
                "uid": "b3f1c2d4-5e6f-4a7b-8c9d-{0:012}"
            }},
            "spec": {{
                "containers": [
                    {{
                        "env": [
                            {{
                                "name": "DATABASE",
                                "value": "postgres://db.example.com:5432/web?sslmode=\"require\""
                            }}
                        ],
                        "image": "registry.example.com/team-{2}/web:v1.{2}",
                        "imagePullPolicy": "IfNotPresent",
                        "name": "main",
                        "resources": {{
                            "requests": {{
                                "cpu": "{4}m",
                                "memory": "256Mi"
                            }}
                        }},
                        "terminationMessagePath": "/dev/termination-log",
                        "terminationMessagePolicy": "File",
                        "volumeMounts": [
                            {{
                                "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount",
                                "name": "kube-api-access-{0}",
                                "readOnly": true
                            }}
                        ]
                    }}
                ],
                "dnsPolicy": "ClusterFirst",
                "enableServiceLinks": true,
                "nodeName": "node-{1}",
                "preemptionPolicy": "PreemptLowerPriority",
                "priority": 0,
                "restartPolicy": "Always",
                "schedulerName": "default-scheduler",
                "securityContext": {{}},
                "serviceAccountName": "default",
                "terminationGracePeriodSeconds": 30,
                "tolerations": [
                    {{
                        "effect": "NoExecute",
                        "key": "node.kubernetes.io/not-ready",
                        "operator": "Exists",
                        "tolerationSeconds": 300
                    }}
                ],
                "volumes": [
                    {{
                        "name": "kube-api-access-{0}",
                        "projected": {{
                            "defaultMode": 420,
                            "sources": [
                                {{
                                    "serviceAccountToken": {{
                                        "expirationSeconds": 3607,
                                        "path": "token"
                                    }}
                                }}
                            ]
                        }}
                    }}
                ]
            }},
            "status": {{
                "conditions": [
                    {{
                        "lastProbeTime": null,
                        "lastTransitionTime": "2026-01-02T00:00:02Z",
                        "status": "True",
                        "type": "Ready"
                    }}
                ],
                "hostIP": "10.1.2.3",
                "phase": "Running",
                "podIP": "10.4.5.6",
                "qosClass": "Burstable",
                "startTime": "2026-01-02T00:00:02Z"
            }}
        }})";

// Ten fields of a manager, as deep as those of a container.
std::string make_managed_fields() {
  std::string fields;
  for (const char* manager : {"kube-controller-manager", "kubelet"}) {
    if (!fields.empty()) fields += ",\n";
    fields += R"(                    {
                        "apiVersion": "v1",
                        "fieldsType": "FieldsV1",
                        "fieldsV1": {
                            "f:spec": {
                                "f:containers": {
                                    "k:{\"name\":\"main\"}": {)";
    for (int i = 0; i < 10; ++i) {
      fields += fmt::format("{}\n{:40}\"f:field{}\": {{\n{:44}\".\": {{}}\n{:40}}}",
                            i == 0 ? "" : ",", "", i, "", "");
    }
    fields += fmt::format(R"(
                                    }}
                                }}
                            }}
                        }},
                        "manager": "{}",
                        "operation": "Update",
                        "time": "2026-01-02T00:00:02Z"
                    }})",
                          manager);
  }
  return fields;
}

class temporary_file {
 public:
  temporary_file() {
    const int descriptor = mkstemps(path_.data(), 5);
    if (descriptor < 0) throw std::runtime_error("no temporary file in " + path_);
    close(descriptor);
  }
  ~temporary_file() { std::filesystem::remove(path_); }
  temporary_file(const temporary_file&) = delete;
  temporary_file& operator=(const temporary_file&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_ =
      (std::filesystem::temp_directory_path() / "crosstie-bench-XXXXXX.json").string();
};

void write_dump(const std::string& path, std::size_t pods) {
  std::ofstream to(path, std::ios::binary);
  to << "{\n    \"apiVersion\": \"v1\",\n    \"items\": [\n";
  const std::size_t nodes = std::min<std::size_t>(5000, pods);
  for (std::size_t i = 0; i < nodes; ++i) {
    to << fmt::format(
        R"(        {{"apiVersion": "v1", "kind": "Node", "metadata": {{"name": "node-{}"}},
         "status": {{"allocatable": {{"cpu": "64", "memory": "256Gi", "pods": "250"}}}}}},)"
        "\n",
        i);
  }
  const std::string managed = make_managed_fields();
  for (std::size_t i = 0; i < pods; ++i) {
    if (i != 0) to << ",\n";
    to << fmt::format(fmt::runtime(pod_text), i, i % nodes, i / 20, managed,
                      100 + 50 * (i / 20 % 40));
  }
  to << "\n    ],\n    \"kind\": \"List\"\n}\n";
  if (!to.flush()) throw std::runtime_error(path + ": cannot be written");
}

void read_once(const std::string& path, std::size_t pods) {
  cluster::store objects;
  const auto read = cluster::read_dump({&path, 1}, objects);
  if (!read) throw wrong_answer("reading: " + to_string(read.error()));
  if (objects.pod_count() != pods) throw wrong_answer("reading: not every pod was read");
}

}  // namespace

void measure_reading(std::size_t pods, int rounds, results& into) {
  const temporary_file dump;
  write_dump(dump.path(), pods);
  const auto bytes = static_cast<double>(std::filesystem::file_size(dump.path()));
  std::vector<double> ns, rates;
  for (int round = 0; round < rounds; ++round) {
    show_progress("reading", round, rounds, dump.path());
    const double taken = time_ns([&] { read_once(dump.path(), pods); });
    ns.push_back(taken);
    rates.push_back(bytes / taken);
  }
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const cli::case_fields of = {{"pods", static_cast<std::int64_t>(pods)}};
  into.add("reading", of, "size", "bytes", exactly(bytes));
  into.add("reading", of, "time", "ns", summarize(ns));
  into.add("reading", of, "rate", "GB/s", summarize(rates));
  into.add("reading", of, "peak memory", "bytes",
           exactly(static_cast<double>(used.ru_maxrss) * 1024));
}

}  // namespace crosstie::bench
