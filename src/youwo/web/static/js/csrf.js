// Requests of htmx carry the token that forms carry.
document.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.verb === "get") return;
  const kept = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
  if (kept) event.detail.headers["X-CSRFToken"] = kept[1];
});
