// Live parts: a stream says that something changed, and htmx fetches the parts that show it.
// Without the stream (a proxy that holds it back, a lost line) each part still asks by itself now and then.
const told = document.querySelector("[data-stream]");
if (told && window.EventSource) {
  const stream = new EventSource(told.dataset.stream);
  stream.addEventListener("change", () => window.htmx && window.htmx.trigger(document.body, "comity:changed"));
  stream.addEventListener("end", () => stream.close());
  window.addEventListener("pagehide", () => stream.close());
}
