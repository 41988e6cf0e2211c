// Shows a question only after the box it belongs to is ticked. Without scripts it simply stands there.
document.querySelectorAll("[data-after]").forEach((part) => {
  const box = document.getElementById(part.dataset.after);
  if (!box) return;
  const show = () => { part.hidden = !box.checked; };
  box.addEventListener("change", show);
  show();
});
