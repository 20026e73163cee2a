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

// A file on its way: how far it has come. Without this the browser's own bar tells.
document.getElementById("upload")?.addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.currentTarget, says = form.querySelector(".sending"), button = form.querySelector("button");
  const sends = new XMLHttpRequest();
  sends.open("POST", form.action);
  sends.upload.onprogress = ({ loaded, total }) => {
    says.hidden = false;
    says.textContent = form.dataset.sending.replace("{percent}", Math.floor((100 * loaded) / total));
  };
  sends.onload = () => {
    if (sends.status < 400) return location.replace(sends.responseURL);
    document.querySelector(".wrong")?.remove();
    const why = new DOMParser().parseFromString(sends.responseText, "text/html").querySelector(".wrong");
    if (why) document.querySelector("h1").after(why);
    says.hidden = true;
    button.disabled = false;
  };
  sends.onerror = () => {
    says.hidden = false;
    says.textContent = form.dataset.broken;
    button.disabled = false;
  };
  button.disabled = true;
  sends.send(new FormData(form));
});
