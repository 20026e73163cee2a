// What changes by itself on a page of the first run: it is fetched again, and put in where nobody has a finger on it.
// Without this the page loads itself again every few seconds.

const live = () => document.getElementById("live");
const every = Number(live()?.dataset.every ?? 0) * 1000;

async function look() {
  try {
    const answer = await fetch(location.href, { headers: { accept: "text/html" } });
    const there = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = there.getElementById("live");
    if (answer.redirected || !fresh || fresh.dataset.keep !== live().dataset.keep) {
      location.replace(answer.redirected ? answer.url : location.href); // another state has other forms
      return;
    }
    const focused = document.activeElement?.closest("#live form")?.querySelector("[name=key]")?.value;
    if (live().innerHTML !== fresh.innerHTML) live().replaceChildren(...fresh.childNodes);
    if (focused) [...document.querySelectorAll("#live [name=key]")].find((each) => each.value === focused)?.form.querySelector("button").focus();
  } catch {
    // The hub may be starting: the next look tells.
  }
  setTimeout(look, every);
}

if (every) setTimeout(look, every);
