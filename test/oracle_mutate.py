#!/usr/bin/env python3
"""Compare crosstie with the real kube-scheduler on scenarios whose objects were changed at random.

usage: oracle_mutate.py --oracle ORACLE [--crosstie BINARY] [--shared DIR] [--kinds a,b,c]
                        [--seeds FIRST:COUNT] [--changes N] [--sequence] [--keep DIR]

Takes scenarios of the shared generator and changes their objects: takes fields away, puts in what
another object has at that place, repeats and shuffles lists, writes odd values from a table. What the
API server's own validation refuses (oracle -validate) goes back to what it was. Then both sides are
asked and judged as in oracle_fuzz.py. Scenarios that differ are kept, and beside each a smaller one.
Exit code 1 where any differs. For hours of idle time, not for CI.
"""
import argparse
import copy
import json
import os
import random
import re
import subprocess
import sys
import tempfile

from oracle_fuzz import Judge, add_options, keep, print_differences
from reference import load_compare, load_module

BATCH = 25  # scenarios in one call of the oracle

KINDS = {"pod": "Pod", "node": "Node", "pv": "PersistentVolume", "pvc": "PersistentVolumeClaim",
         "service": "Service", "namespace": "Namespace", "pdb": "PodDisruptionBudget",
         "storageclass": "StorageClass", "csinode": "CSINode", "csidriver": "CSIDriver"}
REFUSED = re.compile(rf": ({'|'.join(KINDS)}) (\S+): ")  # what oracle -validate prints
UNREAD = re.compile(r": item (\d+): ")

# Left alone: who an object is, what admission fills in, and what would make upstream answer at random.
FIXED = {"apiVersion", "kind", "uid", "name", "namespace", "nodeName", "startTime", "creationTimestamp",
         "phase", "names", "sizeBytes", "priority", "priorityClassName"}

# ---- odd values, by place -----------------------------------------------------------------------

AMOUNTS = ["0", "1", "2", "10", "100m", "1500m", "1e3", "0.0001", "100u", "1n", "0.5Ki", "1023.5Mi", "12e-1",
           "+1", "1.", ".5", "0.1", "0.25", "4k", "1M", "200Mi", "1Gi", "1Ti", "123456789123", "1P", "1Pi",
           "10P", "2E", "9E", "1e18", "9e18", "4Ei", "7Ei", "8Ei", "3000000000000000000",
           "9223372036854775807", "9223372036854775807m"]
COUNTS = ["0", "1", "2", "8", "1k", "1000000000000", "4611686018427387904", "9223372036854775807"]
SELECTORS = [
    {}, {"matchLabels": {}}, {"matchExpressions": []}, {"matchLabels": {"empty": ""}},
    {"matchExpressions": [{"key": "app", "operator": "Exists"}]},
    {"matchExpressions": [{"key": "app", "operator": "DoesNotExist"}]},
    {"matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["web"]}]},
    {"matchExpressions": [{"key": "app", "operator": "In", "values": ["web", "web", "db"]},
                          {"key": "app", "operator": "NotIn", "values": ["db"]}]},
    {"matchLabels": {"app": "web"}, "matchExpressions": [{"key": "app", "operator": "In", "values": ["db"]}]},
    {"matchExpressions": [{"key": "empty", "operator": "In", "values": [""]}]}]
NODE_REQUIREMENTS = [
    {"key": "cores", "operator": operator, "values": [number]} for operator in ("Gt", "Lt") for number in
    ("-1", "+5", "0x10", "1e3", " 5", "5 ", "", "00", "-0", "1_0", "010", "4", "٤", "9223372036854775807",
     "9223372036854775808", "-9223372036854775808", "-9223372036854775809")] + [
    {"key": "gen", "operator": "Gt", "values": ["0"]}, {"key": "gen", "operator": "Lt", "values": ["100"]},
    {"key": "nowhere", "operator": "NotIn", "values": ["a"]}, {"key": "nowhere", "operator": "DoesNotExist"},
    {"key": "disktype", "operator": "In", "values": ["ssd", "ssd", ""]}]
EFFECTS = ["NoSchedule", "PreferNoSchedule", "NoExecute"]
TOLERATIONS = [{"operator": "Exists"}, *({"operator": "Exists", "effect": effect} for effect in EFFECTS),
               {"operator": "Exists", "effect": "NoExecute", "tolerationSeconds": -5},
               {"key": "spot", "operator": "", "value": ""}, {"key": "dedicated", "value": "a", "effect": ""},
               {"key": "spot", "operator": "Equal"}, {"key": "node.kubernetes.io/unschedulable"},
               {"key": "node.kubernetes.io/unschedulable", "operator": "Exists", "effect": "PreferNoSchedule"}]
TAINTS = [{"key": "spot", "effect": effect, "value": value} for effect in EFFECTS for value in ("", "a", "5", "-3")]
PORTS = [{"containerPort": 80, "hostPort": port, "hostIP": address, "protocol": protocol}
         for port in (80, 8080) for protocol in ("TCP", "UDP", "SCTP")
         for address in ("", "0.0.0.0", "::", "::1", "127.0.0.1", "fd00::1", "fd00:0::1", "::ffff:10.0.0.5")]
IMAGES = ["nginx", "nginx:latest", "nginx:1.27@sha256:" + "cd" * 32, "docker.io/library/nginx:latest",
          "localhost:5000/team/app", "localhost:5000/team/app:latest", "a/b:c/d", "busybox:", "redis:7",
          "localhost:5000/team/app@sha256:" + "0c" * 32, "acme/db@sha256:" + "0c" * 32, "acme/model:latest"]
TOPOLOGY_KEYS = ["kubernetes.io/hostname", "topology.kubernetes.io/zone", "nowhere"]
SPREADS = [{"maxSkew": skew, "topologyKey": key, "whenUnsatisfiable": when} for skew in (1, 2, 2147483647)
           for key in TOPOLOGY_KEYS for when in ("DoNotSchedule", "ScheduleAnyway")]
REQUIRED, PREFERRED = (f"{how}DuringSchedulingIgnoredDuringExecution" for how in ("required", "preferred"))
RESTARTS = ["Always", "Never", "OnFailure"]

# Kind, then path ("*": an element of a list, "~": a slash inside a key), then values.
ODD = [
    *(("Pod", f"spec/{holder}/{part}/{resource}", values)
      for holder in ("containers/*/resources", "initContainers/*/resources", "resources")
      for part in ("requests", "limits") for resource, values in
      (("cpu", AMOUNTS), ("memory", AMOUNTS), ("ephemeral-storage", AMOUNTS), ("example.com~foo", COUNTS))),
    *(("Pod", f"spec/overhead/{resource}", AMOUNTS) for resource in ("cpu", "memory")),
    ("Pod", "spec/overhead", [{}, {"cpu": "1"}, {"memory": "1Gi"}, {"ephemeral-storage": "1"}, {"cpu": "0"}]),
    ("Pod", "spec/resources", [{}, {"requests": {"cpu": "2"}}, {"requests": {"memory": "3Gi"}},
                               {"limits": {"cpu": "4"}}, {"limits": {"memory": "1Gi"}},
                               {"requests": {"cpu": "1"}, "limits": {"cpu": "100", "memory": "100Gi"}}]),
    ("Pod", "status/resources", [{}, {"requests": {}}, {"requests": {"cpu": "1"}}, {"requests": {"memory": "5Gi"}}]),
    ("Pod", "status/allocatedResources", [{}, {"cpu": "3"}, {"memory": "2Gi"}]),
    ("Pod", "status/containerStatuses", [
        [], [{"name": "main", "allocatedResources": {"cpu": "2", "memory": "1Gi"}}],
        [{"name": "main", "resources": {"requests": {"cpu": "1"}}, "allocatedResources": {"cpu": "2"}}]]),
    ("Pod", "status/conditions", [[{"type": "PodResizePending", "status": status, "reason": reason}]
                                  for status in ("True", "False") for reason in ("Infeasible", "Deferred", "")]),
    ("Pod", "status/conditions/*", [{"type": "DisruptionTarget", "status": status, "reason": "PreemptionByScheduler"}
                                    for status in ("True", "False", "Unknown")]),
    ("Pod", "spec/affinity", [{}, {"nodeAffinity": {}}, {"podAffinity": {}, "podAntiAffinity": {}}]),
    ("Pod", f"spec/affinity/nodeAffinity/{REQUIRED}/nodeSelectorTerms/*", [
        {}, {"matchExpressions": []}, {"matchExpressions": [], "matchFields": []}]),
    ("Pod", f"spec/affinity/nodeAffinity/{REQUIRED}/nodeSelectorTerms/*/matchExpressions/*", NODE_REQUIREMENTS),
    ("Pod", f"spec/affinity/nodeAffinity/{PREFERRED}/*/preference/matchExpressions/*", NODE_REQUIREMENTS[-7:]),
    *(("Pod", f"spec/affinity/{group}/{place}/{field}", values)
      for group in ("podAffinity", "podAntiAffinity")
      for place in (f"{REQUIRED}/*", f"{PREFERRED}/*/podAffinityTerm") for field, values in
      (("labelSelector", SELECTORS), ("namespaceSelector", [*SELECTORS, {"matchLabels": {"team": "a"}}, None]),
       ("namespaces", [[], ["default"], ["default", "default", "team-a"]]), ("topologyKey", TOPOLOGY_KEYS),
       ("matchLabelKeys", [["track"], ["absent"]]), ("mismatchLabelKeys", [["tier"], ["absent"]]))),
    ("Pod", "spec/nodeSelector", [{}, {"disktype": ""}, {"metadata.name": "x"}]),
    ("Pod", "spec/tolerations/*", TOLERATIONS),
    ("Pod", "spec/tolerations", [[], *([each] for each in TOLERATIONS)]),
    ("Pod", "spec/containers/*/ports/*", PORTS),
    ("Pod", "spec/containers/*/ports", [[each] for each in PORTS]),
    ("Pod", "spec/initContainers/*/ports", [[each] for each in PORTS]),
    ("Pod", "spec/containers/*/image", IMAGES), ("Pod", "spec/initContainers/*/image", IMAGES),
    ("Pod", "spec/initContainers/*/restartPolicy", RESTARTS), ("Pod", "spec/containers/*/restartPolicy", RESTARTS),
    ("Pod", "spec/restartPolicy", RESTARTS), ("Pod", "spec/hostNetwork", [True, False]),
    ("Pod", "spec/hostUsers", [True, False]), ("Pod", "spec/os", [{"name": "linux"}, {"name": "windows"}]),
    ("Pod", "spec/topologySpreadConstraints/*", SPREADS),
    ("Pod", "spec/topologySpreadConstraints", [[], *([each] for each in SPREADS)]),
    *(("Pod", f"spec/topologySpreadConstraints/*/{field}", values) for field, values in
      (("labelSelector", SELECTORS), ("matchLabelKeys", [[], ["app"], ["track", "tier"], ["absent"]]),
       ("minDomains", [1, 2, 3, 100, 2147483647]), ("maxSkew", [1, 2, 3, 100, 2147483647]),
       ("nodeTaintsPolicy", ["Honor", "Ignore"]), ("nodeAffinityPolicy", ["Honor", "Ignore"]))),
    ("Pod", "spec/priority", [-2147483648, -1, 0, 1, 1000000000, 2000001000]),
    ("Pod", "spec/preemptionPolicy", ["Never", "PreemptLowerPriority"]),
    ("Pod", "spec/schedulingGates", [[], [{"name": "a"}], [{"name": "b"}, {"name": "a"}]]),
    ("Pod", "metadata/deletionTimestamp", ["2026-03-01T00:00:00Z", "2026-03-01T01:00:00+02:00",
                                           "2026-03-01T00:00:00.123456Z"]),
    ("Pod", "metadata/ownerReferences", [[]]),
    ("Pod", "metadata/labels", [{}, {"app": "web"}, {"app": "db", "empty": ""}]),
    ("Node", "spec/taints/*", TAINTS), ("Node", "spec/taints", [[], *([each] for each in TAINTS)]),
    ("Node", "spec/unschedulable", [True, False]),
    ("Node", "status/declaredFeatures", [[], ["RestartAllContainersOnContainerExits"]]),
    ("Node", "metadata/labels/cores", ["4", "007", "9223372036854775807", "9223372036854775808", "0x10", "1.5", ""]),
    ("Node", "metadata/labels/gen", ["4", "007", "9223372036854775807", "99999999999999999999", "abc", "1_0"]),
    ("Node", "status/allocatable", [{}]), ("Node", "status/allocatable/example.com~foo", COUNTS),
    ("Node", "status/allocatable/pods", ["0", "1", "3", "110", "1k", "2147483648"]),
    *(("Node", f"status/allocatable/{resource}", AMOUNTS)
      for resource in ("cpu", "memory", "ephemeral-storage", "hugepages-2Mi")),
    ("PodDisruptionBudget", "spec/unhealthyPodEvictionPolicy", ["AlwaysAllow", "IfHealthyBudget"]),
    ("PodDisruptionBudget", "spec/maxUnavailable", ["0%", "33%", "100%", 1]),
    ("PodDisruptionBudget", "spec/selector", SELECTORS),
    ("PodDisruptionBudget", "status/disruptionsAllowed", [0, 1, 2, 100, -1]),
    ("CSINode", "spec/drivers/*/allocatable", [{}, {"count": 0}, {"count": 1}, {"count": 2147483647}]),
    ("CSINode", "spec/drivers", [[]]),
    ("StorageClass", "volumeBindingMode", ["Immediate", "WaitForFirstConsumer"]),
    ("StorageClass", "allowedTopologies", [
        [], [{"matchLabelExpressions": [{"key": "kubernetes.io/hostname", "values": ["x"]}]}]]),
    ("CSIDriver", "spec/storageCapacity", [True, False]),
    ("CSIStorageCapacity", "capacity", AMOUNTS), ("CSIStorageCapacity", "maximumVolumeSize", AMOUNTS),
    ("CSIStorageCapacity", "nodeTopology", SELECTORS),
    ("PersistentVolumeClaim", "spec/accessModes", [["ReadWriteOncePod"], ["ReadOnlyMany", "ReadWriteMany"]]),
    ("Namespace", "metadata/labels", [{}, {"team": "a"}]),
    ("Service", "spec/selector", [{}, {"app": ""}, {"app": "web"}]),
    ("ReplicaSet", "spec/selector", SELECTORS[4:]), ("StatefulSet", "spec/selector", SELECTORS[4:]),
]

# ---- changes ------------------------------------------------------------------------------------


def places(value, path=()):
    """Every place in an object: what holds it, its key there, and its path."""
    keys = sorted(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        here = path + ("*" if isinstance(key, int) else key.replace("/", "~"),)
        yield value, key, here
        yield from places(value[key], here)


def is_fixed(path):
    return (path[0] in FIXED or path[-1] in FIXED and len(path) < 5 or
            len(path) == 1 and path[0] in ("metadata", "spec", "status"))


class Pool:
    """What the objects of each kind have at each place."""

    def __init__(self, scenarios, limit):
        self.by_kind = {}
        for scenario in scenarios:
            for item in scenario["cluster"]["items"]:
                for holder, key, path in places(item):
                    if not is_fixed(path):
                        seen = self.by_kind.setdefault(item["kind"], {}).setdefault(path, {})
                        if len(seen) < limit:
                            seen[json.dumps(holder[key], sort_keys=True)] = True

    def pick(self, dice, kind):
        path = dice.choice(list(self.by_kind[kind]))
        return path, json.loads(dice.choice(list(self.by_kind[kind][path])))


def put(dice, item, path, value):
    """Writes a value at a path, and makes what is missing on the way; where that cannot be, nothing."""
    here = item
    for step, following in zip(path, path[1:] + (None,)):
        if isinstance(here, list) != (step == "*") or not isinstance(here, (dict, list)):
            return
        if isinstance(here, list):
            if following is None and (not here or dice.random() < .5):
                return here.insert(dice.randint(0, len(here)), value)
            if not here:
                here.append([] if following == "*" else {})
            key = dice.randrange(len(here))
        else:
            key = step.replace("~", "/")
            if following is not None and here.get(key) is None:
                here[key] = [] if following == "*" else {}
        if following is None:
            here[key] = value
        here = here[key]


def change(dice, item, everywhere, nearby):
    kind = item["kind"]
    free = [(holder, key) for holder, key, path in places(item) if not is_fixed(path)]
    lists = [holder[key] for holder, key in free if isinstance(holder[key], list) and holder[key]]
    odd = [(path, values) for of, path, values in ODD if of == kind]
    how = dice.choices(["remove", "repeat", "copy", "odd"], [3, 2, 7 if kind in ("Pod", "Node") else 4, 8])[0]
    if how == "remove" and free:
        holder, key = dice.choice(free)
        del holder[key]
    elif how == "repeat" and lists:
        some = dice.choice(lists)
        some.append(copy.deepcopy(dice.choice(some)))
        dice.shuffle(some)
    elif how == "copy":
        put(dice, item, *(nearby if dice.random() < .6 else everywhere).pick(dice, kind))
    elif how == "odd" and odd:
        path, values = dice.choice(odd)
        put(dice, item, tuple(path.split("/")), copy.deepcopy(dice.choice(values)))


def merge_label_keys(pod):
    """Does to pod affinity what the API server does when the pod is made; kube-scheduler relies on it."""
    labels, affinity = pod["metadata"].get("labels") or {}, pod["spec"].get("affinity") or {}
    groups = [affinity.get(group) or {} for group in ("podAffinity", "podAntiAffinity")]
    terms = [term for group in groups for term in group.get(REQUIRED) or []]
    terms += [term.get("podAffinityTerm") or {} for group in groups for term in group.get(PREFERRED) or []]
    for term in terms:
        selector = term.get("labelSelector")
        for field, operator in (("matchLabelKeys", "In"), ("mismatchLabelKeys", "NotIn")):
            for key in term.get(field) or [] if selector is not None else []:
                known = {*(selector.get("matchLabels") or {}),
                         *(each.get("key") for each in selector.get("matchExpressions") or [])}
                if key in labels and key not in known:
                    selector["matchExpressions"] = (selector.get("matchExpressions") or []) + [
                        {"key": key, "operator": operator, "values": [labels[key]]}]


def settle(items):
    """Fills in what upstream takes for given, and keeps out what it answers at random: one image with
    two sizes, free volumes of one size."""
    for item in items:
        if item["kind"] == "Pod":
            merge_label_keys(item)
    heads, sizes, taken = {}, {}, set()

    def head_of(name):
        while heads.setdefault(name, name) != name:
            name = heads[name]
        return name

    images = [image for item in items if item["kind"] == "Node"
              for image in item.get("status", {}).get("images") or [] if image.get("names")]
    for image in images:
        for name in image["names"]:
            heads[head_of(name)] = head_of(image["names"][0])
    for image in images:
        image["sizeBytes"] = sizes.setdefault(head_of(image["names"][0]), image.get("sizeBytes", 0))
    for item in items:
        capacity = item["spec"].get("capacity", {}) if item["kind"] == "PersistentVolume" else {}
        while capacity.get("storage") in taken:
            capacity["storage"] = f"{len(taken) + 40000}Mi"
        taken.update(capacity.values())


def mutate(generate, everywhere, kind, seed, changes):
    """A scenario, and what its changed objects were: by index."""
    dice = random.Random(f"{kind}/{seed}")
    scenario = generate(kind, seed, "small")
    scenario["name"] = f"mutated-{scenario['name']}"
    thin = dice.choice([0, .3, .6])  # fewer pods, so that more of the nodes are feasible
    items = [item for item in scenario["cluster"]["items"]
             if item["kind"] != "Pod" or not item["spec"].get("nodeName") or dice.random() >= thin]
    scenario["cluster"]["items"] = items
    nearby, before = Pool([scenario], 20), {}
    for at, item in enumerate(items):
        pending = item["kind"] == "Pod" and not item["spec"].get("nodeName")
        if dice.random() < (.9 if pending else .35 if item["kind"] == "Pod" else .6):
            before[at] = copy.deepcopy(item)
            for _ in range(dice.randint(1, changes if pending else max(1, changes // 2))):
                change(dice, item, everywhere, nearby)
    settle(items)
    return scenario, before


def find_refused(oracle, scenarios):
    """For each scenario the indexes of the items that the API server refuses."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [f"{folder}/{scenario['name']}.json" for scenario in scenarios]
        for path, scenario in zip(paths, scenarios):
            with open(path, "w") as file:
                json.dump(scenario, file)
        done = subprocess.run([oracle, "-validate", *paths], capture_output=True, text=True)
    refused = []
    for path, scenario in zip(paths, scenarios):
        at = {(item["kind"], "/".join(filter(None, (item["metadata"].get("namespace"), item["metadata"]["name"])))): i
              for i, item in enumerate(scenario["cluster"]["items"])}
        bad = set()
        for line in done.stdout.splitlines():
            if line.startswith((path + ":", scenario["name"] + ":")):
                if item := UNREAD.search(line):
                    bad.add(int(item[1]))
                elif found := REFUSED.search(line):
                    bad.add(at[KINDS[found[1]], found[2]])
        refused.append(bad)
    return refused


def put_back_refused(oracle, made):
    """Undoes the changes that the API server refuses; what it refuses unchanged stays."""
    while made:
        again = []
        for (scenario, before), bad in zip(made, find_refused(oracle, [scenario for scenario, _ in made])):
            for at in bad & before.keys():
                scenario["cluster"]["items"][at] = before.pop(at)
                again.append((scenario, before))
        made = list({id(scenario): (scenario, before) for scenario, before in again}.values())
        for scenario, _ in made:
            settle(scenario["cluster"]["items"])


class MutationJudge(Judge):
    def answer_each(self, scenarios):
        """As answer, but None for what the oracle has no answer to, and no error."""
        try:
            return self.answer(scenarios)
        except RuntimeError as problem:
            if len(scenarios) > 1:
                return [answer for scenario in scenarios for answer in self.answer_each([scenario])]
            print(f"  no answer: {str(problem).strip()[:200]}", flush=True)
            return [None]

    def compare_one(self, answered):
        answered["expected"]["pods"] = answered["expected"].get("pods") or []  # none is pending
        return super().compare_one(answered)


def compare_kind(options, judge, generate, everywhere, kind, first, count):
    """How many scenarios differ."""
    total, differ, changed = judge.compare.Tally(), 0, 0
    for start in range(first, first + count, BATCH):
        seeds = range(start, min(start + BATCH, first + count))
        made = [mutate(generate, everywhere, kind, seed, options.changes) for seed in seeds]
        put_back_refused(options.oracle, made)
        changed += sum(len(before) for _, before in made)
        scenarios = [{**scenario, "mode": "sequence"} if options.sequence else scenario for scenario, _ in made]
        for answered in filter(None, judge.answer_each(scenarios)):
            tally = judge.compare_one(answered)
            if tally.bad:  # once more, in the API server's spelling
                scenario = {key: answered[key] for key in answered if key != "expected"}
                tally = judge.compare_one(judge.answer([scenario])[0])
                if tally.bad:
                    differ += 1
                    keep(judge, scenario, options.keep)
            total.merge(tally)
    facts, wrong = sum(total.n.values()), sum(total.bad.values())
    print(f"{kind:16} {count} seeds, {changed} objects changed, {facts - wrong} of {facts} facts equal", flush=True)
    print_differences(total)
    return differ


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    add_options(parser)
    parser.add_argument("--seeds", default="1:25", metavar="FIRST:COUNT")
    parser.add_argument("--changes", type=int, default=4, help="at most so many a pending pod")
    options = parser.parse_args()
    tools = f"{options.shared}/tools"
    scenarios = load_module(f"{tools}/scenarios.py")
    judge = MutationJudge(options.oracle, options.crosstie, load_compare(tools))
    kinds = options.kinds.split(",") if options.kinds else list(scenarios.KINDS)
    everywhere = Pool([scenarios.generate(kind, seed, "small") for kind in kinds for seed in range(8)], 40)
    first, count = map(int, options.seeds.split(":"))
    os.makedirs(options.keep, exist_ok=True)
    differ = [compare_kind(options, judge, scenarios.generate, everywhere, kind, first, count) for kind in kinds]
    sys.exit(1 if any(differ) else 0)


if __name__ == "__main__":
    main()
