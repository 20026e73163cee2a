// Live: puts in the parts that changed, counts ages, takes the digits of what grew old, says when the hub is lost,
// and sends the buttons. Without it the page is the same, loaded again every 30 s.

const LOST_MS = 10_000; // as edge.web.feed.LOST_S
const SPEAK_MS = 60_000; // a screen reader hears the number once a minute, not at each change
const SAID_MS = 8_000;

const say = (word, values) => words[word].replace(/\{(\w+)\}/g, (_, name) => values[name]);
const hub = { mono: 0, wall: 0, at: -Infinity };
const byId = (id) => document.getElementById(id);
const main = document.querySelector("main");
const words = JSON.parse(main.dataset.words);
const wide = main.dataset.face === "night" ? 5 : 7; // characters of a number that still fit in its largest size
let heard = performance.now();
let spoken = -Infinity;
let rings = new Set();

/** Seconds on the hub's clocks; the phone's own clock may be a day off. */
function hubNow() {
  const passed = (performance.now() - hub.at) / 1000;
  return { mono: hub.mono + passed, wall: hub.wall + passed };
}

function ago(seconds) {
  if (seconds < 100) return say("seconds_ago", { n: Math.max(0, Math.floor(seconds)) });
  if (seconds < 7200) return say("minutes_ago", { n: Math.floor(seconds / 60) });
  return say("hours_ago", { n: Math.floor(seconds / 3600) });
}

function span(seconds) {
  const s = Math.max(0, Math.floor(seconds));
  const [h, m, rest] = [Math.floor(s / 3600), Math.floor(s / 60) % 60, String(s % 60).padStart(2, "0")];
  return h ? `${h}:${String(m).padStart(2, "0")}:${rest}` : `${m}:${rest}`;
}

/** Put in a part; what was open, and where a keyboard stood, stays so. */
function swap(id, html) {
  const part = byId(id);
  if (!part) return;
  const focused = part.contains(document.activeElement) ? document.activeElement.textContent : null;
  const open = [...part.querySelectorAll("details[open]")].map((each) => each.id);
  part.innerHTML = html;
  for (const each of open) byId(each)?.setAttribute("open", "");
  if (focused !== null) [...part.querySelectorAll("button, summary, a")].find((b) => b.textContent === focused)?.focus();
}

/** A number whose time has passed, or whose hub is lost, has no digits. */
function takeDigits(reading) {
  const number = reading.querySelector(".number");
  number.textContent = number.dataset.gone;
  reading.classList.add("stale");
  reading.querySelector(".last")?.removeAttribute("hidden");
}

function paint() {
  const lost = performance.now() - heard > LOST_MS;
  byId("lost").hidden = !lost;
  main.classList.toggle("away", lost);
  if (lost) document.querySelectorAll(".reading").forEach(takeDigits);
  if (hub.at === -Infinity) return;
  const now = hubNow();
  for (const reading of document.querySelectorAll(".reading")) {
    if (!reading.dataset.measured) continue;
    const age = now.mono - Number(reading.dataset.measured);
    reading.querySelector(".age").textContent = ago(age);
    if (age >= Number(reading.dataset.stale)) takeDigits(reading);
  }
  for (const each of document.querySelectorAll("[data-since]")) each.textContent = span(now.wall - Number(each.dataset.since));
  for (const each of document.querySelectorAll(".first .number")) each.classList.toggle("long", each.textContent.trim().length > wide);
}

/** texts: of the alarms that ring, by episode. Each episode is said aloud once, not at each new wording. */
function speak(texts) {
  const fresh = Object.keys(texts).filter((id) => !rings.has(id));
  rings = new Set(Object.keys(texts));
  if (fresh.length) byId("alert").textContent = fresh.map((id) => texts[id]).join(". ");
  const now = performance.now();
  if (now - spoken < SPEAK_MS) return;
  spoken = now;
  byId("spoken").textContent = [...document.querySelectorAll(".card.child")]
    .map((card) => [...card.querySelectorAll("h1, h2, .number, .trend, .state")].map((each) => each.textContent.trim()).join(", "))
    .join(". ");
}

// From where this script came: behind Home Assistant's ingress the page has a path before it.
const stream = new EventSource(new URL(`../api/events?face=${main.dataset.face}`, import.meta.url));
stream.onmessage = (event) => {
  const news = JSON.parse(event.data);
  const back = performance.now() - heard > LOST_MS;
  Object.assign(hub, { mono: news.mono_s, wall: news.wall_s, at: performance.now() });
  heard = performance.now();
  if (back) return void location.reload(); // what is on the page lost its digits: begin anew
  for (const [id, html] of Object.entries(news.parts)) swap(id, html);
  paint();
  speak(news.rings);
};
setInterval(paint, 500);

/** Not crypto.randomUUID: over plain HTTP a browser has none. */
function fresh() {
  return [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!("live" in form.dataset)) return;
  event.preventDefault();
  const button = form.querySelector("button");
  if (button.disabled) return;
  const what = button.textContent.trim();
  const said = byId("said");
  const fields = new FormData(form);
  if (fields.has("request_id")) fields.set("request_id", fields.get("request_id") || fresh());
  button.disabled = true;
  said.textContent = say("saying", { what });
  try {
    const answer = await fetch(form.action, { method: "POST", headers: { accept: "application/json" }, body: new URLSearchParams(fields) });
    const { ok, reason } = await answer.json();
    said.textContent = ok ? say("said", { what, answer: reason || words.taken }) : say("refused", { why: reason });
  } catch {
    said.textContent = words.unreachable;
  }
  button.disabled = false;
  setTimeout(() => { said.textContent = ""; }, SAID_MS);
});

// A page that a browser kept whole has forms that were sent: their request ids are spent.
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
