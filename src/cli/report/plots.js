"use strict";
// Draws the page from the JSON in #data. Every text of the data is set as text, never as markup.
const data = JSON.parse(document.getElementById("data").textContent);
const byId = (id) => document.getElementById(id);

// ---- making elements --------------------------------------------------------------------------

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function shape(parent, name, attributes, text) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  parent.append(made);
  return made;
}

function drawing(parent, width, height, label) {
  const size = {width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label};
  return shape(parent, "svg", size);
}

// ---- figures ----------------------------------------------------------------------------------

const whole = (value) => Math.round(value).toLocaleString("en-US");

// As the terminal rounds it: what lies halfway goes to the even digit.
function percent(share) {
  const value = share * 100;
  return `${value % 1 === 0.25 ? `${Math.floor(value)}.2` : value.toFixed(1)} %`;
}

function duration(ns) {
  const units = [["s", 1e9], ["ms", 1e6], ["µs", 1e3], ["ns", 1]];
  const [unit, size] = units.find(([, size]) => ns >= size) ?? units[3];
  return `${Number((ns / size).toPrecision(3))} ${unit}`;
}

// The next 1, 2 or 5 times a power of ten.
function roundStep(rough) {
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
}

// About `count` round values from 0 to `high`.
function ticks(high, count) {
  if (high <= 0) return [0];
  const step = roundStep(high / count), out = [];
  for (let value = 0; value <= high * 1.0001; value += step) out.push(value);
  return out;
}

// ---- tooltip ----------------------------------------------------------------------------------

const tooltip = byId("tooltip");

function point(event, title, ...lines) {
  tooltip.replaceChildren(element("b", {}, title));
  for (const line of lines) tooltip.append(element("span", {}, line), element("br"));
  tooltip.hidden = false;
  const {width, height} = tooltip.getBoundingClientRect();
  const left = event.clientX + 14 + width > innerWidth ? event.clientX - width - 14 : event.clientX + 14;
  const top = event.clientY + 14 + height > innerHeight ? event.clientY - height - 14 : event.clientY + 14;
  tooltip.style.left = `${Math.max(4, left)}px`;
  tooltip.style.top = `${Math.max(4, top)}px`;
}

function unpoint() { tooltip.hidden = true; }

// ---- summary ----------------------------------------------------------------------------------

function drawTiles() {
  const tiles = byId("tiles");
  const tile = (name, figure, note, mood = "") => tiles.append(
    element("div", {class: `tile ${mood}`}, element("div", {class: "name"}, name),
      element("div", {class: "figure"}, figure), element("div", {class: "note"}, note)));
  tile("Placed", whole(data.placed),
    data.pods > 0 ? `${percent(data.placed / data.pods)} of ${whole(data.pods)} pods` : "no pod was pending",
    data.pods > 0 && data.placed === data.pods ? "good" : "");
  tile("Unschedulable", whole(data.unschedulable),
    data.gated > 0 ? `${whole(data.gated)} more held back before the queue` : "at the end of the run",
    data.unschedulable > 0 ? "bad" : "");
  for (const one of data.resources.filter((one) => one.name === "cpu" || one.name === "memory")) {
    tile(one.name === "cpu" ? "CPU utilisation" : "Memory utilisation", one.used,
      `${one.fragmented} of the rest is fragmented`);
  }
  if (!data.timing) return;
  tile("Decisions a second", whole(data.timing.decisionsPerSecond), `${whole(data.decisions)} decisions`);
  tile("Decision time", duration(data.timing.p50Ns), `p50; p99 ${duration(data.timing.p99Ns)}`);
  tile("Run time", duration(data.timing.wallNs), `after ${duration(data.timing.loadNs)} of loading`);
  tile("Peak memory", data.timing.peakMemory, "of the whole process");
}

function drawSubtitle() {
  const parts = [`${whole(data.pods)} pods on ${whole(data.nodeCount)} nodes`];
  if (data.alreadyBound > 0) parts.push(`${whole(data.alreadyBound)} pods on nodes before`);
  if (data.departed > 0) parts.push(`${whole(data.departed)} deleted during the run`);
  if (data.preempted > 0) parts.push(`${whole(data.preempted)} evicted`);
  if (data.untried > 0) parts.push(`${whole(data.untried)} not tried`);
  if (data.stopped) parts.push("stopped before the end");
  byId("subtitle").textContent = parts.join(" · ");
  byId("footer").textContent = `${data.version}. Utilisation is what pods request of what nodes offer; ` +
    "fragmentation is the share of what is free that a typical pod cannot use.";
}

// ---- utilisation per node ---------------------------------------------------------------------

const NAME = 0, ZONE = 1, TYPE = 2, CORDONED = 3, AMOUNTS = 4;
const requested = (node, resource) => node[AMOUNTS + 2 * resource];
const allocatable = (node, resource) => node[AMOUNTS + 2 * resource + 1];

// Of what the node offers; -1 where it offers none and none is requested.
function useOf(node, resource) {
  if (allocatable(node, resource) > 0) return requested(node, resource) / allocatable(node, resource);
  return requested(node, resource) > 0 ? Infinity : -1;
}

const buckets = 10;
const bucketOf = (use, full) => use < 0 ? "unknown" : `u${Math.min(buckets - 1, Math.floor(use * buckets / full))}`;
// What the darkest colour stands for: the greatest use of any node, rounded up to 10 %.
const fullUse = (resource) => data.nodes.map((node) => useOf(node, resource)).filter(Number.isFinite)
  .reduce((most, use) => Math.max(most, Math.ceil(Math.round(use * 1000) / 100) / 10), 0.1);
const groupings = {
  zone: (node) => node[ZONE] || "no zone",
  "instance type": (node) => node[TYPE] || "no instance type",
  "zone and type": (node) => `${node[ZONE] || "no zone"} · ${node[TYPE] || "no type"}`,
  nothing: () => "all nodes",
};

function groupedNodes(resource) {
  const groups = new Map();
  for (const node of data.nodes) {
    const name = groupings[byId("map-group").value](node);
    if (!groups.has(name)) groups.set(name, []);
    groups.get(name).push(node);
  }
  if (byId("map-order").value === "use") {
    for (const nodes of groups.values()) nodes.sort((a, b) => useOf(b, resource) > useOf(a, resource) ? 1 : useOf(b, resource) < useOf(a, resource) ? -1 : 0);
  }
  return [...groups].sort(([a], [b]) => a < b ? -1 : 1);
}

// All that is requested on the nodes of all that they offer, as of the cluster as a whole.
function utilisation(nodes, resource) {
  const sum = (amount) => nodes.reduce((total, node) => total + amount(node, resource), 0);
  const offered = sum(allocatable);
  return offered > 0 ? sum(requested) / offered : 0;
}

// All groups get the same number of rows, so that together they fill the width.
function drawMap() {
  const map = byId("map");
  map.replaceChildren();
  if (!data.nodes.length) return map.append(element("p", {class: "empty"}, "There is no node."));
  const resource = Number(byId("map-resource").value);
  const groups = groupedNodes(resource);
  const width = map.clientWidth, height = Math.max(260, Math.min(560, width * 0.9));
  const cell = Math.max(3, Math.min(28, Math.floor(Math.sqrt(width * height / data.nodes.length) * 0.96)));
  const room = Math.max(1, Math.floor((width - 14 * (groups.length - 1)) / cell) - groups.length);
  const rows = Math.max(Math.min(4, data.nodes.length), Math.ceil(data.nodes.length / room));
  for (const [name, nodes] of groups) {
    const columns = Math.min(Math.max(Math.ceil(nodes.length / rows), Math.ceil(84 / cell)),
      Math.max(1, Math.floor(width / cell)));
    map.append(drawGroup(name, nodes, resource, columns, cell));
  }
  drawLegend(resource);
}

function drawGroup(name, nodes, resource, columns, cell) {
  const width = columns * cell, gap = cell > 5 ? 1 : cell > 3 ? 0.5 : 0;
  const group = element("div", {class: "group", style: `width:${Math.max(width, 84)}px`});
  const note = `${whole(nodes.length)} · ${percent(utilisation(nodes, resource))}`;
  group.append(element("div", {class: "label", title: `${name}: ${note}`}, `${name} `,
    element("span", {}, note)));
  const svg = drawing(group, width, Math.ceil(nodes.length / columns) * cell,
    `Utilisation of ${nodes.length} nodes of ${name}`);
  const square = (i) => {
    const side = cell - gap;
    return `M${i % columns * cell} ${Math.floor(i / columns) * cell}h${side}v${side}h${-side}z`;
  };
  const paths = {}, cordoned = [], full = fullUse(resource);
  nodes.forEach((node, i) => {
    (paths[bucketOf(useOf(node, resource), full)] ??= []).push(square(i));
    if (node[CORDONED]) cordoned.push(square(i));
  });
  for (const [bucket, squares] of Object.entries(paths)) {
    shape(svg, "path", {d: squares.join(""), fill: `var(--${bucket})`, "data-nodes": squares.length});
  }
  if (cordoned.length && cell > 4) shape(svg, "path", {d: cordoned.join(""), class: "cordoned"});
  const pointed = shape(svg, "path", {class: "pointed", d: ""});
  svg.addEventListener("pointermove", (event) => {
    const box = svg.getBoundingClientRect();
    const across = Math.floor((event.clientX - box.left) / cell);
    const i = Math.floor((event.clientY - box.top) / cell) * columns + across;
    if (across >= columns || !nodes[i]) return unpoint();
    pointed.setAttribute("d", square(i));
    point(event, nodes[i][NAME], ...describe(nodes[i]));
  });
  svg.addEventListener("pointerleave", () => { pointed.setAttribute("d", ""); unpoint(); });
  return group;
}

function describe(node) {
  const lines = [[node[ZONE], node[TYPE]].filter(Boolean).join(" · ")].filter(Boolean);
  data.resources.forEach((one, i) => {
    const use = useOf(node, i);
    if (use >= 0) lines.push(`${one.name}: ${use < Infinity ? percent(use) : "requested, but not offered"}`);
  });
  if (node[CORDONED]) lines.push("cordoned");
  return lines;
}

function prepareMap() {
  const resource = byId("map-resource"), group = byId("map-group");
  data.resources.forEach((one, i) => resource.append(element("option", {value: i}, one.name)));
  for (const name of Object.keys(groupings)) group.append(element("option", {value: name}, name));
  group.value = data.nodes.some((node) => node[ZONE]) ? "zone"
    : data.nodes.some((node) => node[TYPE]) ? "instance type" : "nothing";
  for (const one of [resource, group, byId("map-order")]) one.addEventListener("change", drawMap);
}

function drawLegend(resource) {
  const ramp = element("span", {class: "ramp"}, "0 % ");
  for (let i = 0; i < buckets; ++i) ramp.append(element("i", {style: `background:var(--u${i})`}));
  ramp.append(` ${whole(fullUse(resource) * 100)} %`);
  const legend = byId("map-legend");
  legend.replaceChildren(ramp);
  if (data.nodes.some((node) => useOf(node, resource) < 0)) {
    legend.append(element("span", {}, element("i", {style: "background:var(--unknown)"}), "not offered"));
  }
  if (data.nodes.some((node) => node[CORDONED])) {
    legend.append(element("span", {}, element("i", {style: "border:1.5px solid var(--second)"}), "cordoned"));
  }
}

// ---- plots with axes --------------------------------------------------------------------------

// A drawing with a grid; returns it with the functions from values to places.
function axes(parent, label, {most, across, xLabel, xTicks, xText}) {
  parent.replaceChildren();
  const width = parent.clientWidth, height = 250, left = 52, right = 12, top = 10, bottom = 38;
  const svg = drawing(parent, width, height, label);
  const step = Math.max(1, roundStep(most / 5)), high = Math.ceil(most / step) * step;
  const x = (share) => left + share * (width - left - right);
  const y = (value) => height - bottom - value / high * (height - top - bottom);
  for (let value = 0; value <= high; value += step) {
    shape(svg, "line", {x1: left, x2: width - right, y1: y(value), y2: y(value), class: "grid"});
    shape(svg, "text", {x: left - 6, y: y(value) + 4, "text-anchor": "end"}, whole(value));
  }
  let last = -Infinity;
  for (const value of xTicks) {
    const at = x(across(value)), middle = Math.min(at, width - right - 16);
    if (middle - last < 56) continue;
    last = middle;
    shape(svg, "line", {x1: at, x2: at, y1: height - bottom, y2: height - bottom + 4, class: "axis"});
    shape(svg, "text", {x: middle, y: height - bottom + 17, "text-anchor": "middle"}, xText(value));
  }
  shape(svg, "line", {x1: left, x2: width - right, y1: y(0), y2: y(0), class: "axis"});
  shape(svg, "text", {x: (left + width - right) / 2, y: height - 4, "text-anchor": "middle"}, xLabel);
  return {svg, x, y, width, left, right, top, bottom: height - bottom};
}

// Over virtual time where it passes, else over the time of the run, else over decisions.
function timeAxis() {
  const last = data.series.at(-1);
  if (last[3] > 0) return {column: 3, label: "time", text: (value) => value ? duration(value) : "0"};
  if (last[4] > 0) return {column: 4, label: "time of the run", text: (value) => value ? duration(value) : "0"};
  return {column: 0, label: "decisions", text: whole};
}

function drawPlaced() {
  const parent = byId("placed");
  if (data.series.length === 0) {
    return parent.replaceChildren(element("p", {class: "empty"}, "No decision was made."));
  }
  const time = timeAxis(), end = data.series.at(-1)[time.column] || 1;
  const most = Math.max(1, ...data.series.map((sample) => Math.max(sample[1], sample[2])));
  const {svg, x, y, width, left, right, top, bottom} = axes(parent, "Pods placed and waiting over time", {
    most, across: (value) => value / end, xLabel: time.label, xTicks: ticks(end, 6), xText: time.text,
  });
  // A sample holds until the next one.
  const line = (column) => data.series.map((sample, i) => {
    const at = x(sample[time.column] / end).toFixed(1), high = y(sample[column]).toFixed(1);
    return i ? `H${at}V${high}` : `M${at} ${high}`;
  }).join("");
  const start = x(data.series[0][time.column] / end);
  shape(svg, "path", {d: `${line(1)}V${y(0)}H${start}z`, fill: "var(--accent)", opacity: 0.13});
  shape(svg, "path", {d: line(2), fill: "none", stroke: "var(--second)", "stroke-width": 1.5});
  shape(svg, "path", {d: line(1), fill: "none", stroke: "var(--accent)", "stroke-width": 2});
  const guide = shape(svg, "line", {y1: top, y2: bottom, class: "guide", visibility: "hidden"});
  svg.addEventListener("pointermove", (event) => {
    const share = (event.clientX - svg.getBoundingClientRect().left - left) / (width - left - right);
    const sample = data.series.findLast((one) => one[time.column] / end <= share) ?? data.series[0];
    const at = x(sample[time.column] / end);
    for (const [key, value] of [["x1", at], ["x2", at], ["visibility", "visible"]]) guide.setAttribute(key, value);
    point(event, time.text(sample[time.column]), `${whole(sample[1])} placed`, `${whole(sample[2])} waiting`,
      `${whole(sample[0])} decisions`);
  });
  svg.addEventListener("pointerleave", () => { guide.setAttribute("visibility", "hidden"); unpoint(); });
  const key = element("div", {class: "legend"});
  for (const [name, colour] of [["placed", "accent"], ["waiting", "second"]]) {
    key.append(element("span", {}, element("i", {style: `background:var(--${colour})`}), name));
  }
  parent.append(key);
}

// The buckets of the run's histogram, merged into `perDecade` bars a power of ten.
function latencyBars(perDecade) {
  const bars = new Map();
  for (const [low, , count] of data.timing.latency) {
    const at = Math.floor(Math.log10(Math.max(low, 1)) * perDecade + 1e-9);
    bars.set(at, (bars.get(at) ?? 0) + count);
  }
  return bars;
}

function drawLatency() {
  const parent = byId("latency");
  if (!data.timing || !data.timing.latency.length) {
    return parent.replaceChildren(element("p", {class: "empty"},
      data.timing ? "No decision was made." : "Clock readings were left out of this report."));
  }
  const perDecade = 10, bars = latencyBars(perDecade);
  const first = Math.min(...bars.keys()), last = Math.max(...bars.keys()) + 1;
  const low = Math.floor(first / perDecade), highest = Math.max(Math.ceil(last / perDecade), low + 1);
  const across = (ns) => (Math.log10(Math.max(ns, 1)) - low) / (highest - low);
  const decades = Array.from({length: highest - low + 1}, (_, i) => 10 ** (low + i));
  const {svg, x, y, top, bottom} = axes(parent, "Decisions by how long they took", {
    most: Math.max(...bars.values()), across, xLabel: "time of a decision (logarithmic)", xTicks: decades, xText: duration,
  });
  for (const [at, count] of bars) {
    const from = x(across(10 ** (at / perDecade))), to = x(across(10 ** ((at + 1) / perDecade)));
    const bar = shape(svg, "rect", {x: from + 0.5, y: y(count), width: Math.max(1, to - from - 1),
      height: Math.max(0.5, bottom - y(count)), fill: "var(--accent)", "data-decisions": count});
    bar.addEventListener("pointermove", (event) => point(event,
      `${duration(10 ** (at / perDecade))} to ${duration(10 ** ((at + 1) / perDecade))}`, `${whole(count)} decisions`));
    bar.addEventListener("pointerleave", unpoint);
  }
  for (const [name, ns, side] of [["p50", data.timing.p50Ns, "end"], ["p99", data.timing.p99Ns, "start"]]) {
    const at = x(across(ns));
    shape(svg, "line", {x1: at, x2: at, y1: top, y2: bottom, class: "guide"});
    shape(svg, "text", {x: at + (side === "end" ? -5 : 5), y: top + 10, "text-anchor": side},
      `${name} ${duration(ns)}`);
  }
}

// ---- reasons and resources ----------------------------------------------------------------------

const bar = (share) => element("div", {class: "bar"},
  element("i", {style: `width:${Math.min(100, Math.max(0, share * 100)).toFixed(2)}%`}));

function drawReasons() {
  const parent = byId("reasons");
  if (!data.reasons.length) return parent.append(element("p", {class: "empty"}, "Every pod found a node."));
  const most = data.reasons[0].pods;
  for (const {reason, pods} of data.reasons.slice(0, 12)) {
    parent.append(element("div", {class: "reason", "data-pods": pods},
      element("div", {class: "text"}, element("span", {}, reason), element("b", {}, whole(pods))), bar(pods / most)));
  }
  if (data.reasons.length > 12) {
    parent.append(element("p", {class: "empty"}, `and ${data.reasons.length - 12} rarer reasons`));
  }
}

function drawResources() {
  const table = element("table"), head = element("tr");
  for (const title of ["Resource", "Requested", "Allocatable", "Utilisation", "", "Fragmented"]) {
    head.append(element("th", {scope: "col"}, title));
  }
  table.append(element("thead", {}, head));
  const body = element("tbody");
  for (const one of data.resources) {
    const row = element("tr");
    for (const cell of [one.name, one.requested, one.allocatable, one.used, bar(one.utilisation), one.fragmented]) row.append(element("td", {}, cell));
    body.append(row);
  }
  table.append(body);
  byId("resources").append(element("div", {class: "scroll"}, table));
}

function drawEvicted() {
  const section = byId("evicted");
  section.hidden = !data.evicted.length;
  const table = element("table"), head = element("tr");
  for (const title of ["Pod", "From node", "For"]) head.append(element("th", {scope: "col"}, title));
  const body = element("tbody");
  for (const names of data.evicted) {
    const row = element("tr");
    for (const name of names) row.append(element("td", {}, name));
    body.append(row);
  }
  table.append(element("thead", {}, head), body);
  section.append(element("div", {class: "scroll"}, table));
  const more = data.preempted - data.evicted.length;
  if (more > 0) section.append(element("p", {class: "empty"}, `and ${whole(more)} more`));
}

// ---- drawing all ------------------------------------------------------------------------------

function drawSized() { drawMap(); drawPlaced(); drawLatency(); }

drawSubtitle();
drawTiles();
prepareMap();
drawSized();
drawReasons();
drawResources();
drawEvicted();
let drawnWidth = innerWidth;
addEventListener("resize", () => {
  if (innerWidth === drawnWidth) return;
  drawnWidth = innerWidth;
  drawSized();
});
document.documentElement.dataset.drawn = "yes";
