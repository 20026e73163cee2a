"use strict";
// Shows the beds as the station sends them, and says when it sends nothing any more.
const beds = document.getElementById("beds");
const lost = document.getElementById("lost");
const SILENT_MS = 6000;
let heard = performance.now();
let held = false;

// A button must not move away under a finger that is on its way.
beds.addEventListener("pointerdown", () => { held = true; setTimeout(() => { held = false; }, 1000); });

const stream = new EventSource("/api/events");
stream.onmessage = (event) => {
  heard = performance.now();
  const text = JSON.parse(event.data);
  const show = () => { if (held) setTimeout(show, 200); else beds.innerHTML = text; };
  if (text !== null) show();
};
setInterval(() => { lost.hidden = performance.now() - heard < SILENT_MS; }, 500);
