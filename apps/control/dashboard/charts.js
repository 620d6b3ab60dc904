// Charts, by Chart.js: one look for all of them, in the colours of the theme. A chart belongs to its canvas and is
// updated in place.

import { h } from "./dom.js";
import * as format from "./format.js";

const charts = new Map(); // by name

// The place of a chart within a view; `says` describes it to those who can't see it.
export function chart_place(name, says, low = false) {
  return h(
    "div",
    { class: low ? "chart low" : "chart", "data-keep": name },
    h("canvas", { id: name, role: "img", "aria-label": says }),
  );
}

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

function faded(name, percent) {
  return `color-mix(in srgb, ${colour(name)} ${percent}%, transparent)`;
}

// Lines over time. Series: {label, points: [{x: ms, y}], colour, fill}; `marks`: [{x, label}] as vertical lines.
export function draw_lines(name, { series, y, marks = [], says }) {
  const canvas = document.getElementById(name);
  if (!canvas || !window.Chart) return;
  if (says) canvas.setAttribute("aria-label", says);
  const existing = charts.get(name);
  if (existing && existing.canvas !== canvas) {
    existing.destroy();
    charts.delete(name);
  }
  const data = { datasets: series.map(dataset) };
  const chart = charts.get(name);
  if (!chart) {
    charts.set(name, new window.Chart(canvas, { type: "line", data, options: options(y), plugins: [marker] }));
    charts.get(name).marks = marks;
    return;
  }
  chart.marks = marks;
  chart.data.datasets.length = data.datasets.length;
  data.datasets.forEach((set, at) => (chart.data.datasets[at] = Object.assign(chart.data.datasets[at] ?? {}, set)));
  chart.options = options(y);
  chart.update("none");
}

// Charts whose canvas has left the page.
export function forget_gone() {
  for (const [name, chart] of charts)
    if (!chart.canvas?.isConnected) {
      chart.destroy();
      charts.delete(name);
    }
}

function dataset(series) {
  return {
    label: series.label,
    data: series.points,
    borderColor: colour(series.colour),
    backgroundColor: series.fill ? faded(series.colour, 10) : "transparent",
    fill: series.fill ? "start" : false,
    borderWidth: 1.8,
    borderDash: series.dashed ? [4, 4] : [],
    pointRadius: 0,
    pointHitRadius: 12,
    pointHoverRadius: 4,
    pointHoverBackgroundColor: colour(series.colour),
    pointHoverBorderWidth: 0,
    tension: 0.25,
    spanGaps: false,
  };
}

function options(y) {
  const text = colour("faint");
  const font = { family: getComputedStyle(document.body).fontFamily, size: 11 };
  return {
    animation: false,
    responsive: true,
    maintainAspectRatio: false,
    interaction: { mode: "index", intersect: false },
    layout: { padding: { top: 6, right: 2 } },
    scales: {
      x: {
        type: "linear",
        bounds: "data",
        border: { display: false },
        grid: { display: false, drawBorder: false },
        ticks: {
          color: text,
          font,
          maxTicksLimit: 6,
          maxRotation: 0,
          autoSkip: true,
          callback: (at) => format.of_day(at, true),
        },
      },
      y: {
        min: y.min,
        max: y.max,
        position: "right",
        grid: { color: colour("line"), drawBorder: false, drawTicks: false },
        ticks: { color: text, font, padding: 8, maxTicksLimit: 5, callback: y.tick },
      },
    },
    plugins: { legend: { display: false }, tooltip: tooltip(y, font) },
  };
}

function tooltip(y, font) {
  return {
    backgroundColor: colour("text"),
    titleColor: colour("ground"),
    bodyColor: colour("ground"),
    titleFont: { ...font, weight: "500" },
    bodyFont: { ...font, size: 12 },
    padding: 10,
    cornerRadius: 8,
    displayColors: false,
    callbacks: {
      title: (items) => (items[0] ? format.of_day(items[0].parsed.x, true) : ""),
      label: (item) => `${item.dataset.label}  ${y.tick(item.parsed.y)}`,
    },
  };
}

// Vertical lines where something happened.
const marker = {
  id: "marker",
  beforeDatasetsDraw(chart) {
    const { ctx, chartArea: area, scales } = chart;
    ctx.save();
    ctx.font = `10.5px ${getComputedStyle(document.body).fontFamily}`;
    for (const mark of chart.marks ?? []) {
      const x = scales.x.getPixelForValue(mark.x);
      if (x < area.left || x > area.right) continue;
      ctx.strokeStyle = colour("line-strong");
      ctx.setLineDash([2, 3]);
      ctx.beginPath();
      ctx.moveTo(x, area.top);
      ctx.lineTo(x, area.bottom);
      ctx.stroke();
      ctx.fillStyle = colour("soft");
      ctx.textAlign = x > area.right - 70 ? "right" : "left";
      ctx.fillText(mark.label, x + (x > area.right - 70 ? -4 : 4), area.top + 9);
    }
    ctx.restore();
  },
};
