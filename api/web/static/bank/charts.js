// @ts-check
// Draws the charts of a page. Each stands over a table with the same numbers; without this script only the table is
// there. Everything is drawn on a canvas, tooltips too, so that no style is written into the page.
import { init } from "../vendor/echarts.js";

/** @typedef {{name: string, values: number[]}} Series */
/** @typedef {{x: number, y: number, name: string, href: string, flag: boolean}} Spot */

const dark = matchMedia("(prefers-color-scheme: dark)");

for (const box of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-chart]"))) {
  box.hidden = false;
  let chart = draw(box);
  new ResizeObserver(() => chart.resize()).observe(box);
  dark.addEventListener("change", () => {
    chart.dispose();
    chart = draw(box);
  });
}

/** @param {HTMLElement} box */
function draw(box) {
  const chart = init(box, null, { renderer: "canvas" });
  const look = looks(box);
  chart.setOption(box.dataset.chart === "spots" ? spots(box, look) : bars(box, look));
  chart.on("click", (/** @type {{data?: {href?: string}}} */ event) => {
    if (event.data?.href) location.href = event.data.href;
  });
  return chart;
}

/** The page's own colours and type. @param {HTMLElement} box */
function looks(box) {
  const style = getComputedStyle(box);
  /** @param {string} name */
  const value = (name) => style.getPropertyValue(name).trim();
  return { ink: value("--ink"), dim: value("--ink-2"), line: value("--line"), ground: value("--ground"), danger: value("--danger"), font: style.fontFamily,
    size: parseFloat(style.fontSize) * 0.875, tones: [value("--heat-4"), value("--heat-2"), value("--action"), value("--heat-3")] };
}

/** What all charts share. @param {HTMLElement} box @param {ReturnType<typeof looks>} look */
function frame(box, look) {
  const text = { color: look.dim, fontFamily: look.font, fontSize: look.size };
  /** @param {string | undefined} name */
  const axis = (name) => ({ name, nameLocation: "middle", nameGap: look.size * 2.4, nameTextStyle: text, axisLabel: { ...text, hideOverlap: true }, axisLine: { lineStyle: { color: look.line } },
    splitLine: { lineStyle: { color: look.line } } });
  return {
    animation: false,
    textStyle: text,
    grid: { left: look.size * 4.5, right: look.size, top: look.size * 2.5, bottom: look.size * 4 },
    tooltip: { renderMode: "richText", confine: true, backgroundColor: look.ground, borderColor: look.line, textStyle: { ...text, color: look.ink } },
    xAxis: axis(box.dataset.x),
    yAxis: axis(box.dataset.y),
  };
}

/** Columns side by side, or one on the other. @param {HTMLElement} box @param {ReturnType<typeof looks>} look */
function bars(box, look) {
  /** @type {Series[]} */
  const series = JSON.parse(box.dataset.series ?? "[]");
  const f = frame(box, look);
  return {
    ...f,
    legend: series.length > 1 ? { top: 0, textStyle: f.textStyle } : undefined,
    tooltip: { ...f.tooltip, trigger: "axis", axisPointer: { type: "shadow" } },
    xAxis: { ...f.xAxis, type: "category", data: JSON.parse(box.dataset.labels ?? "[]") },
    yAxis: { ...f.yAxis, type: "value", minInterval: 1 },
    series: series.map((s, i) => ({ type: "bar", name: s.name, data: s.values, stack: series.length > 1 ? "all" : undefined,
      itemStyle: { color: look.tones[i % look.tones.length], borderColor: look.ink, borderWidth: 0.5 } })),
  };
}

/** One spot for each item; those with a mark have another shape. @param {HTMLElement} box @param {ReturnType<typeof looks>} look */
function spots(box, look) {
  /** @type {Spot[]} */
  const all = JSON.parse(box.dataset.spots ?? "[]");
  const f = frame(box, look);
  /** @param {boolean} flag @param {string | undefined} name */
  const group = (flag, name) => ({ type: "scatter", name, symbol: flag ? "triangle" : "circle", symbolSize: flag ? 12 : 8,
    itemStyle: { color: flag ? look.danger : look.tones[0], borderColor: look.ink, borderWidth: 0.5 },
    data: all.filter((s) => s.flag === flag).map((s) => ({ value: [s.x, s.y], name: s.name, href: s.href })) });
  const zero = { silent: true, symbol: "none", label: { show: false }, lineStyle: { color: look.dim, type: "dashed" }, data: [{ yAxis: 0 }] };
  return {
    ...f,
    legend: { top: 0, textStyle: f.textStyle },
    tooltip: { ...f.tooltip, formatter: (/** @type {{name: string, value: number[]}} */ p) => `${p.name}\n${box.dataset.x} ${p.value[0]}\n${box.dataset.y} ${p.value[1]}` },
    xAxis: { ...f.xAxis, type: "value", min: 0, max: 100 },
    yAxis: { ...f.yAxis, type: "value" },
    series: [{ ...group(false, box.dataset.plain), markLine: zero }, group(true, box.dataset.flagged)],
  };
}
