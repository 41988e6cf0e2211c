// "Add where I am": asks the phone for its place, only when pressed, and fills two hidden fields.
document.querySelectorAll("[data-point]").forEach((button) => {
  if (!("geolocation" in navigator)) return;
  const form = button.form;
  const say = (words) => { button.querySelector("span").textContent = words; };
  const first = button.querySelector("span").textContent;
  const forget = form.querySelector("[data-forget]");
  if (forget) forget.addEventListener("click", () => say(first));
  button.hidden = false;
  button.addEventListener("click", () => {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        form.elements.longitude.value = coords.longitude.toFixed(6);
        form.elements.latitude.value = coords.latitude.toFixed(6);
        say(button.dataset.done);
      },
      () => say(button.dataset.failed),
      { timeout: 10000, maximumAge: 60000 },
    );
  });
});
