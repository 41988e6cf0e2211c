// A part of the page that could not be fetched says so where it would have stood, with one button.
// Writes add `data-away` to their form or link to get the same; what people typed stays untouched.
(() => {
  const said = "[data-said-away]";

  function say(event) {
    const asking = event.detail.elt;
    const writes = event.detail.requestConfig.verb !== "get";
    if (!writes && !asking.closest("[data-away]") && !asking.matches("[data-away]")) return;
    const pattern = document.getElementById("away");
    if (!pattern || asking.parentElement.querySelector(said)) return;
    const note = pattern.content.firstElementChild.cloneNode(true);
    note.dataset.saidAway = "";
    note.querySelector("[data-again]").addEventListener("click", () => {
      note.remove();
      if (asking.matches("form")) asking.requestSubmit();
      else if (asking.matches("a, button")) asking.click();
      else htmx.trigger(asking, "load");
    });
    asking.after(note);
  }

  document.addEventListener("htmx:sendError", say);
  document.addEventListener("htmx:timeout", say);
  document.addEventListener("htmx:responseError", say);
  document.addEventListener("htmx:beforeRequest", (event) => {
    event.detail.elt.parentElement?.querySelector(said)?.remove();
  });
})();
