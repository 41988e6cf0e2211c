// What people type into a form marked `data-keep` survives a reload, an error or an expired form:
// it stays in this tab until the form has been accepted. Passwords and files are never kept.
// `data-keep` may name the form; where it names none, its address does. A form that is only the first
// page of several says `data-keep-on`: it is done when a page says `data-typed-done="…"`.
(() => {
  const key = (form) => `typed:${form.dataset.keep || form.getAttribute("action") || location.pathname}`;
  const kept = (control) =>
    control.name &&
    control.name !== "csrfmiddlewaretoken" &&
    !["password", "file", "hidden", "submit", "button"].includes(control.type);

  function keep(form) {
    const typed = [];
    for (const control of form.elements) {
      if (!kept(control)) continue;
      if (["checkbox", "radio"].includes(control.type)) {
        if (control.checked) typed.push([control.name, control.value]);
      } else if (control.value) typed.push([control.name, control.value]);
    }
    try {
      if (typed.length) sessionStorage.setItem(key(form), JSON.stringify(typed));
      else sessionStorage.removeItem(key(form));
    } catch {
      // A browser that keeps nothing: the server still shows again what was sent.
    }
  }

  function restore(form) {
    let typed = [];
    try {
      typed = JSON.parse(sessionStorage.getItem(key(form)) || "[]");
    } catch {
      return;
    }
    // What the server sends back with a form that it refused is newer than what was kept.
    if (form.querySelector("[aria-invalid]")) return;
    for (const [name, value] of typed) {
      for (const control of form.elements) {
        if (control.name !== name || !kept(control)) continue;
        if (["checkbox", "radio"].includes(control.type)) {
          if (control.value === value) control.checked = true;
        } else if (!control.value) control.value = value;
      }
    }
  }

  // A page that says `data-typed-done="…"` was reached because the form of that name was accepted.
  function forget() {
    for (const done of document.querySelectorAll("[data-typed-done]")) {
      sessionStorage.removeItem(`typed:${done.dataset.typedDone}`);
    }
  }

  // The page that follows on a form that was sent says by its status whether it was accepted.
  function accepted() {
    const sent = sessionStorage.getItem("sent");
    if (!sent) return;
    const [came] = performance.getEntriesByType("navigation");
    const status = came?.responseStatus || (document.querySelector("main .problems") ? 422 : 200);
    // The form had expired: it will be sent once more.
    if (status === 403) return;
    sessionStorage.removeItem("sent");
    if (came?.type === "navigate" && status < 400) sessionStorage.removeItem(sent);
  }
  document.addEventListener("submit", ({ target }) => {
    if (target.matches("[data-keep]:not([data-keep-on])")) sessionStorage.setItem("sent", key(target));
  });
  accepted();

  const begin = () => {
    forget();
    document.querySelectorAll("form[data-keep]").forEach(restore);
  };
  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (form?.matches("[data-keep]")) keep(form);
  });
  document.addEventListener("htmx:load", begin);
  begin();
})();
