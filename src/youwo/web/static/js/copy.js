// Buttons marked `data-copy` put that text into the clipboard and say so.
(() => {
  const show = () => {
    if (!navigator.clipboard) return;
    document.querySelectorAll("[data-copy][hidden]").forEach((button) => (button.hidden = false));
  };
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    await navigator.clipboard.writeText(button.dataset.copy);
    button.querySelector("span").textContent = button.dataset.said;
  });
  document.addEventListener("htmx:load", show);
  show();
})();
