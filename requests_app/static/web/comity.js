// What every page does with JavaScript, and can do without: the kit's components, and clocks that go on.
import { ErrorSummary, Button, NotificationBanner, SkipLink, createAll } from "../vendor/govuk/govuk-frontend-6.6.0.min.js";

document.body.classList.add("js-enabled", "govuk-frontend-supported");
for (const component of [ErrorSummary, Button, NotificationBanner, SkipLink]) createAll(component);

const clock = document.querySelector("[data-clock]");
if (clock) {
  const began = Date.parse(clock.dataset.now);
  const rate = Number(clock.dataset.rate);
  const loaded = performance.now();
  const words = new Intl.DateTimeFormat(clock.dataset.language === "vi" ? "vi" : "en-GB", {
    timeZone: clock.dataset.zone, day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit",
  });
  const now = () => began + (performance.now() - loaded) * rate;
  const shown = clock.querySelector("time");
  const parts = (at) => Object.fromEntries(words.formatToParts(at).map((part) => [part.type, part.value]));
  const show = () => {
    const at = parts(now());
    if (clock.dataset.language === "en") shown.textContent = `${at.day} ${at.month} ${at.year}, ${at.hour}:${at.minute}`;
    else if (clock.dataset.language === "vi") shown.textContent = `${at.hour}:${at.minute}, ngày ${at.day}/${new Date(now()).toLocaleDateString("en-GB", { timeZone: clock.dataset.zone, month: "numeric" })}/${at.year}`;
    for (const one of document.querySelectorAll("[data-clock-too] time")) one.textContent = shown.textContent;
    pass(now());
  };
  // A countdown is seen as it goes and told only when a threshold is passed: a day, an hour, the end.
  const told = document.getElementById("passed");
  const inWords = new Intl.RelativeTimeFormat(clock.dataset.language === "vi" ? "vi" : "en", { numeric: "always" });
  const thresholds = [[86_400_000, () => inWords.format(1, "day")], [3_600_000, () => inWords.format(1, "hour")], [0, () => told.dataset.over]];
  let last = began;
  const pass = (at) => {
    for (const one of document.querySelectorAll("[data-countdown]")) {
      const due = Date.parse(one.dataset.countdown);
      one.classList.toggle("countdown--over", due < at);
      for (const [left, words] of thresholds) {
        if (last < due - left && at >= due - left) {
          const of = one.closest("tr, .timer")?.querySelector("a, .timer__name");
          told.textContent = `${of ? of.textContent.trim() : ""}: ${words()}`;
        }
      }
    }
    last = at;
  };
  if (rate > 0) setInterval(show, Math.max(1000, Math.min(30_000, 60_000 / rate)));
}

// A session that has ended, or a server that does not answer, is told; what is typed stays where it is.
const trouble = document.getElementById("trouble");
const tell = (what) => { trouble.querySelector(what).hidden = false; trouble.hidden = false; };
const untell = (what) => {
  for (const one of trouble.querySelectorAll(what)) one.hidden = true;
  trouble.hidden = [...trouble.children].every((one) => one.hidden);
};
document.body.addEventListener("htmx:responseError", (event) => tell([401, 403].includes(event.detail.xhr.status) ? "[data-session]" : "[data-server]"));
document.body.addEventListener("htmx:sendError", () => tell("[data-server]"));
document.body.addEventListener("htmx:afterRequest", (event) => { if (event.detail.successful) untell("p"); });

// A lost line is told before anybody types into it. Once it is back the parts that live are fetched, and a draft is saved.
window.addEventListener("offline", () => tell("[data-server]"));
window.addEventListener("online", () => {
  untell("[data-server]");
  window.htmx?.trigger(document.body, "comity:changed");
  document.getElementById("draft")?.dispatchEvent(new Event("input", { bubbles: true }));
});
