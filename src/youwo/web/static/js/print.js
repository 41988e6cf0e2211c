// Buttons marked `data-print` open the print dialogue of the page they stand on.
(() => {
  const show = () =>
    document.querySelectorAll("[data-print][hidden]").forEach((button) => (button.hidden = false));
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
  });
  document.addEventListener("htmx:load", show);
  show();
})();
