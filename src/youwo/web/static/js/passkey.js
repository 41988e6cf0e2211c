// Shows the passkey buttons where the browser knows passkeys, and says so when it did not work.
document.addEventListener("DOMContentLoaded", () => {
  if (!window.PublicKeyCredential) return;
  for (const button of document.querySelectorAll("[data-passkey]")) button.hidden = false;
});
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const note = document.querySelector("#passkey-failed");
  if (note) note.hidden = false;
});
