// Live parts: a stream says that something changed, and htmx fetches the parts that show it.
// Without the stream (a proxy that holds it back, a lost line) each part still asks by itself now and then.
const told = document.querySelector("[data-stream]");
if (told && window.EventSource) {
  // What changes while a part has just been fetched is fetched after a rest: never dropped, never in a burst.
  const REST_MS = 500;
  let isResting = false;
  let isMissed = false;
  const fetchParts = () => {
    if (isResting) {
      isMissed = true;
      return;
    }
    isResting = true;
    if (window.htmx) window.htmx.trigger(document.body, "comity:changed");
    window.setTimeout(() => {
      isResting = false;
      if (isMissed) {
        isMissed = false;
        fetchParts();
      }
    }, REST_MS);
  };
  const stream = new EventSource(told.dataset.stream);
  stream.addEventListener("change", fetchParts);
  stream.addEventListener("end", () => stream.close());
  window.addEventListener("pagehide", () => stream.close());
}
