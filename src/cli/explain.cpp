// crosstie explain: why a pod fits or does not fit, on every node.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "cli/command.hpp"
#include "cli/configuration_file.hpp"
#include "cli/explanation.hpp"
#include "cli/output.hpp"
#include "cli/pod_choice.hpp"
#include "cluster/dump.hpp"
#include "cluster/state.hpp"
#include "schedule/support.hpp"

namespace crosstie::cli {
namespace {

struct explain_arguments {
  std::vector<std::string> files, pods;
  std::string config, format = "table";
  bool all = false, plugins = false, strict = false;
};

// ---- which pods -------------------------------------------------------------------------------

// Why nothing can be said of the pod; empty where something can.
std::string hindrance(const cluster::store& objects, const schedule::configuration& settings,
                      cluster::pod_id pod) {
  if (objects[pod].finished()) {
    return fmt::format("pod {} has finished: the scheduler does not see it",
                       objects.full_name(pod));
  }
  if (objects[pod].terminating && objects[pod].node == cluster::no_name) {
    return fmt::format("pod {} is on no node and being deleted: the scheduler does not try it",
                       objects.full_name(pod));
  }
  if (profile_of(objects, settings, pod) == nullptr) {
    return fmt::format(
        "pod {} is left to the scheduler \"{}\", of which the configuration has no "
        "profile",
        objects.full_name(pod), objects.text(objects.spec(pod).scheduler_name));
  }
  return {};
}

std::expected<std::vector<cluster::pod_id>, std::string> choose(
    const cluster::store& objects, const schedule::configuration& settings,
    const explain_arguments& given) {
  if (given.all) return pending_pods(objects, settings);
  std::vector<cluster::pod_id> pods;
  for (const std::string& wanted : given.pods) {
    const auto pod = find_pod(objects, wanted);
    if (!pod) return std::unexpected(pod.error());
    if (auto why = hindrance(objects, settings, *pod); !why.empty()) return std::unexpected(why);
    pods.push_back(*pod);
  }
  return pods;
}

// ---- answers ----------------------------------------------------------------------------------

// Judges pods one by one; a pod on a node is taken off it for the question.
class questions {
 public:
  questions(cluster::store& objects, const schedule::configuration& settings, bool plugins)
      : objects_(objects), settings_(settings), plugins_(plugins), state_(objects) {
    state_.load();
    nominations_ = schedule::find_nominations(state_.look(), settings);
  }

  // visit(evaluation, name of the node that the pod is on, or no_name)
  template <class Visitor>
  void ask(cluster::pod_id pod, Visitor&& visit) {
    const cluster::name_id bound = objects_[pod].node;
    const auto node = state_.bindings().node_of(pod);
    if (node) state_.unbind(pod);
    objects_.set_node(pod, cluster::no_name);
    visit(schedule::evaluate(state_.look(), *profile_of(objects_, settings_, pod), pod,
                             {.nominations = nominations_, .solo = plugins_, .preemption = true}),
          bound);
    objects_.set_node(pod, bound);
    if (node) state_.bind(pod, *node);
  }

 private:
  cluster::store& objects_;
  const schedule::configuration& settings_;
  bool plugins_;
  cluster::state state_;
  std::vector<schedule::nomination> nominations_;
};

void print_document(output& to, const cluster::store& objects, questions& asked,
                    const std::vector<cluster::pod_id>& pods, spelling how) {
  const auto document = make_document(how, to);
  document->begin_object();
  document->array("pods");
  for (const cluster::pod_id pod : pods) {
    asked.ask(pod, [&](const schedule::evaluation& answer, cluster::name_id) {
      print_explanation(*document, objects, answer);
    });
  }
  document->end_array();
  document->end_object();
  document->finish();
}

void print_text(output& to, const cluster::store& objects, questions& asked,
                const std::vector<cluster::pod_id>& pods, const explanation_style& style) {
  for (const cluster::pod_id pod : pods) {
    if (pod != pods.front()) to.write("\n----\n\n");
    asked.ask(pod, [&](const schedule::evaluation& answer, cluster::name_id bound) {
      print_explanation(to, objects, answer, bound, style);
    });
  }
}

int close(output& to) {
  const auto written = to.finish();
  if (!written) print_error("standard output: " + written.error());
  return written ? done : failed;
}

int print(cluster::store& objects, const schedule::configuration& settings,
          const std::vector<cluster::pod_id>& pods, const explain_arguments& given) {
  output to(STDOUT_FILENO);
  if (given.format == "summary") {
    print_summary(to, objects, settings, pods);
    return close(to);
  }
  questions asked(objects, settings, given.plugins);
  if (given.format == "json" || given.format == "yaml") {
    print_document(to, objects, asked, pods,
                   given.format == "json" ? spelling::json : spelling::yaml);
  } else if (pods.empty()) {
    to.write("No pod is pending.\n");
  } else {
    print_text(to, objects, asked, pods,
               {.wide = given.format == "wide", .plugins = given.plugins});
  }
  return close(to);
}

// ---- the command ------------------------------------------------------------------------------

int refuse(std::string_view what) {
  print_error(what);
  return bad_input;
}

void print_notes(const cluster::dump_summary& read, const cluster::store& objects,
                 const schedule::configuration& settings) {
  for (const auto& one : read.warnings) print_warning(cluster::to_string(one));
  if (const std::string other = describe_other_kinds(read); !other.empty()) print_note(other);
  for (const auto& one : schedule::find_unsupported(objects, read.other, settings)) {
    print_warning(schedule::to_string(one));
  }
}

int run(const explain_arguments& given) {
  if (given.all != given.pods.empty()) return refuse("expected the names of pods, or --all");
  if (given.format == "summary" && (!given.all || given.plugins)) {
    return refuse("-o summary goes with --all, and without --plugins");
  }
  const auto file = read_configuration_file(given.config);
  if (!file) return bad_input;
  cluster::store objects;
  const auto read = cluster::read_dump(given.files, objects, {.strict = given.strict, .input = {}});
  if (!read) return refuse(cluster::to_string(read.error()));
  const auto settings = parse(*file, objects.names());
  const auto pods = choose(objects, settings, given);
  if (!pods) return refuse(pods.error());
  print_notes(*read, objects, settings);
  return print(objects, settings, *pods, given);
}

}  // namespace

std::function<int()> define_explain(CLI::App& app) {
  auto given = std::make_shared<explain_arguments>();
  add_value(app, "-f,--filename", given->files, file_type,
            "a dump as kubectl get -o json or -o yaml writes it, also .gz; a directory of them; - "
            "for standard input; may be repeated")
      ->allow_extra_args(false)
      ->required()
      ->group("Input");
  add_value(app, "--config", given->config, file_type,
            "a KubeSchedulerConfiguration (v1); without it the default profile")
      ->group("Input");
  app.add_flag("--strict", given->strict, "an inconsistent dump is an error, not a warning")
      ->group("Input");
  add_value(app, "POD", given->pods, "TEXT",
            "namespace/name, or the name alone where it is in the namespace default or the only "
            "one; also a pod that is on a node");
  app.add_flag("--all", given->all, "every pending pod, in the order of the queue")
      ->group("Question");
  app.add_flag("--plugins", given->plugins, "also ask every plugin alone, on all nodes")
      ->group("Question");
  add_choice(app, "-o,--output", given->format, {"table", "wide", "summary", "json", "yaml"},
             "how the answer is printed (table); wide lists every node, summary has one line a pod")
      ->group("Output");
  add_examples(
      app,
      R"(kubectl get no,po,ns,pc,svc,rs,sts,rc,pdb,pv,pvc,sc,csinodes,csidrivers,csistoragecapacities,volumeattachments,resourceclaims,deviceclasses -A -o json > cluster.json
crosstie explain -f cluster.json --all
crosstie explain -f cluster.json --all -o summary
crosstie explain -f cluster.json web-1
crosstie explain -f cluster.json team-a/web-1 --plugins -o wide
crosstie explain -f cluster.json --all -o json | jq '.pods[] | select(.best == null) | .pod')");
  return [given] { return run(*given); };
}

}  // namespace crosstie::cli
