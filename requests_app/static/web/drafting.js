// What is typed is kept in this browser until the server says that it is saved.
const form = document.getElementById("draft");
const place = `comity-draft-${form.dataset.draft}`;
const names = (element) => element.name && element.name.startsWith("say-");
const read = () => JSON.stringify([...new FormData(form)].filter(([name]) => name.startsWith("say-")));
const kept = (() => { try { return localStorage.getItem(place); } catch { return null; } })();
const keep = (text) => { try { text === null ? localStorage.removeItem(place) : localStorage.setItem(place, text); } catch { /* no room, or not allowed */ } };

const unsaved = document.getElementById("unsaved");
// What was just saved may read otherwise now: another type has other fields, and a date is written out.
const isSaved = form.dataset.saved === "now";
if (location.search === "?saved") history.replaceState(null, "", location.pathname);
if (!isSaved && kept !== null && kept !== read()) unsaved.hidden = false;
else keep(null);
document.getElementById("forget").addEventListener("click", () => { keep(null); unsaved.hidden = true; });
document.getElementById("restore").addEventListener("click", () => {
  for (const element of form.elements) {
    if (!names(element)) continue;
    if (element.type === "checkbox") element.checked = false;
    else element.value = "";
  }
  for (const [name, value] of JSON.parse(kept)) {
    for (const element of form.elements) {
      if (element.name !== name) continue;
      if (element.type === "checkbox") element.checked ||= element.value === value;
      else element.value = value;
    }
  }
  unsaved.hidden = true;
  form.dispatchEvent(new Event("input", { bubbles: true }));
});

let sent = null;
form.addEventListener("input", () => keep(read()));
document.body.addEventListener("htmx:beforeRequest", (event) => { if (event.target.id === "findings") sent = read(); });
document.body.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.id !== "findings") return;
  const saved = document.querySelector("#findings [data-saved]");
  if (saved && saved.dataset.saved === "yes" && sent === read()) keep(null);
});
form.addEventListener("submit", () => keep(read()));
