// The course of each child: raw points faint, a line that ends at gaps, limits, doses, strips of movement and sleep.
/* global uPlot */

const AGAIN_MS = 60_000;
const SOON_MS = 10_000; // after a refusal: busy, too many requests, or a hub that has just started
const LEFT = 48; // pixels of the axis of degrees; strips begin there too
const SLEEP = { asleep: 0.25, restless: 0.6, up: 1 }; // height of the band, so that colour is not needed

const { words: said, unit, decimal } = document.querySelector("main").dataset;
const words = JSON.parse(said);
/** A temperature as the reader reads it; the hub tells °C. */
const degrees = (celsius) => (celsius === null || unit !== "fahrenheit" ? celsius : celsius * 1.8 + 32);
const number = (value) => value.toFixed(1).replace(".", decimal);
const say = (word, values) => words[word].replace(/\{(\w+)\}/g, (_, name) => values[name]);
const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** Rows of uPlot from points that were measured at different times; null ends a line, undefined is joined over. */
function columns(series) {
  const tables = [];
  const modes = [];
  for (const line of series.lines) {
    for (const points of [line.raw, line.trend]) {
      if (!points.length) continue;
      tables.push([points.map(([at]) => at), points.map(([, celsius]) => degrees(celsius))]);
      modes.push([1, 1]); // uPlot.join: keep nulls as they are
    }
  }
  return tables.length ? uPlot.join(tables, modes) : [[]];
}

function drawn(series) {
  const own = [css("--text"), css("--low"), css("--ok")];
  return series.lines.flatMap((line, index) => {
    const colour = own[index % own.length];
    const dots = { paths: () => null, stroke: colour, points: { show: true, size: 4, width: 0, fill: `${colour}66` } };
    const trend = { stroke: colour, width: 2, dash: index ? [6, 4] : [], points: { show: false } };
    return [...(line.raw.length ? [dots] : []), ...(line.trend.length ? [trend] : [])];
  });
}

/** Limits as lines with their words, doses as marks. */
function marked(series) {
  return (plot) => {
    const { ctx, bbox } = plot;
    const ratio = devicePixelRatio;
    ctx.save();
    ctx.font = `${12 * ratio}px system-ui, sans-serif`;
    ctx.lineWidth = ratio;
    ctx.textAlign = "left";
    ctx.textBaseline = "alphabetic";
    for (const limit of series.limits) {
      const y = plot.valToPos(degrees(limit.celsius), "y", true);
      if (y < bbox.top || y > bbox.top + bbox.height) continue;
      ctx.strokeStyle = ctx.fillStyle = css("--high");
      ctx.setLineDash([8 * ratio, 5 * ratio]);
      ctx.beginPath();
      ctx.moveTo(bbox.left, y);
      ctx.lineTo(bbox.left + bbox.width, y);
      ctx.stroke();
      ctx.fillText(limit.text, bbox.left + 4 * ratio, y - 4 * ratio);
    }
    ctx.strokeStyle = ctx.fillStyle = css("--medium");
    ctx.setLineDash([2 * ratio, 3 * ratio]);
    series.doses.forEach((dose, index) => {
      const x = plot.valToPos(dose.at_s, "x", true);
      if (x < bbox.left) return;
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
      ctx.textAlign = x > bbox.left + bbox.width / 2 ? "right" : "left";
      const aside = ctx.textAlign === "right" ? -4 : 4;
      ctx.fillText(`◆ ${dose.text}`, x + aside * ratio, bbox.top + (14 + 16 * (index % 3)) * ratio);
    });
    ctx.restore();
  };
}

function plotted(series, place) {
  const length = series.end_s - series.start_s;
  const values = series.lines.flatMap((line) => line.raw.map(([, celsius]) => celsius));
  const fever = series.limits[0]?.celsius ?? 38;
  const low = Math.min(36.4, ...values) - 0.2;
  const high = Math.max(fever + 0.6, ...values) + 0.3;
  const axis = { stroke: css("--quiet"), grid: { stroke: css("--line"), width: 1 }, ticks: { show: false }, font: "12px system-ui, sans-serif" };
  const options = {
    width: place.clientWidth,
    height: 230,
    legend: { show: false },
    cursor: { show: false },
    padding: [8, 8, 0, 0],
    scales: { x: { time: false, range: () => [0, length] }, y: { range: () => [degrees(low), degrees(high)] } },
    axes: [
      { ...axis, size: 28, splits: () => series.ticks.map((tick) => tick.at_s), values: () => series.ticks.map((tick) => tick.text) },
      { ...axis, size: LEFT, incrs: [0.5, 1], values: (_, ticks) => ticks.map(number) },
    ],
    series: [{}, ...drawn(series)],
    hooks: { draw: [marked(series)] },
  };
  place.replaceChildren();
  return new uPlot(options, columns(series), place);
}

/** Movement as bars above, sleep as a band of three heights below; nothing where nothing was measured. */
function strip(each, width) {
  const [ratio, height, band] = [devicePixelRatio, 56, 20];
  const canvas = document.createElement("canvas");
  canvas.width = width * ratio;
  canvas.height = height * ratio;
  const ctx = canvas.getContext("2d");
  ctx.scale(ratio, ratio);
  const [from, room] = [LEFT, width - LEFT - 8];
  const step = room / each.moved.length;
  each.moved.forEach((moved, index) => {
    if (moved === null) return;
    const x = from + index * step;
    ctx.fillStyle = css("--quiet");
    const bar = Math.max(1, Math.sqrt(moved) * (height - band - 6));
    ctx.fillRect(x, height - band - 4 - bar, Math.max(step, 0.8), bar);
    ctx.fillStyle = css("--low");
    const high = band * (SLEEP[each.sleep[index]] ?? 0);
    ctx.fillRect(x, height - high, step + 0.3, high);
  });
  const caption = document.createElement("figcaption");
  caption.textContent = say("sleep_legend", { name: each.name });
  const figure = document.createElement("figure");
  canvas.setAttribute("aria-hidden", "true"); // the table has it
  figure.append(canvas, caption);
  return figure;
}

class Course {
  constructor(section) {
    this.section = section;
    this.hours = 6;
    this.series = null;
    this.plot = section.querySelector(".plot");
    section.querySelector(".spans").hidden = false;
    for (const button of section.querySelectorAll("[data-hours]")) button.addEventListener("click", () => this.choose(button));
  }

  choose(button) {
    this.hours = Number(button.dataset.hours);
    for (const each of this.section.querySelectorAll("[data-hours]")) each.setAttribute("aria-pressed", String(each === button));
    const link = new URL(this.section.querySelector(".link").href);
    link.searchParams.set("hours", this.hours);
    this.section.querySelector(".link").href = link;
    this.load();
  }

  async load() {
    const { hours } = this;
    let told;
    try {
      const answer = await fetch(new URL(`../api/series?person=${encodeURIComponent(this.section.dataset.person)}&hours=${hours}`, import.meta.url));
      told = await answer.json();
    } catch {
      told = { ok: false, reason: words.unreachable };
    }
    if (hours !== this.hours) return; // another was chosen meanwhile
    this.series = told.series ?? null;
    this.draw(told.reason);
    clearTimeout(this.soon);
    if (!this.series) this.soon = setTimeout(() => this.load(), SOON_MS);
  }

  draw(why) {
    const method = this.section.querySelector(".method");
    this.plot.hidden = !this.series;
    if (!this.series) {
      this.section.querySelector(".strips").replaceChildren();
      method.textContent = say("no_curve", { why });
      return;
    }
    this.plot.setAttribute("aria-label", this.series.summary);
    plotted(this.series, this.plot);
    const strips = this.series.strips.map((each) => strip(each, this.plot.clientWidth));
    this.section.querySelector(".strips").replaceChildren(...strips);
    method.textContent = `${this.series.summary}. ${this.series.method}`;
  }
}

const courses = [...document.querySelectorAll(".curve")].map((section) => new Course(section));
const load = () => { if (!document.hidden) courses.forEach((course) => course.load()); };
const again = () => courses.forEach((course) => { if (course.series) course.draw(); });
load();
setInterval(load, AGAIN_MS);
document.addEventListener("visibilitychange", load);
addEventListener("resize", again);
matchMedia("(prefers-color-scheme: light)").addEventListener("change", again);
