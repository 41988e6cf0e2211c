// The lines of a hearing. Each is sent as soon as somebody leaves it. Until the server has said that
// it stands, it is kept on this device, names included, and then removed from it; so a lost connection
// or a closed page loses nothing, and a line that is sent twice is one: it carries its own number.
(() => {
  const form = document.querySelector("form[data-hearing]");
  const blank = document.getElementById("blank-line");
  if (!form || !blank) return;
  const list = form.querySelector("[data-lines]");
  const words = (name) => form.dataset[`words${name[0].toUpperCase()}${name.slice(1)}`];
  const CELLS = ["said", "what", "kind", "name", "phone", "compound", "building"];
  const SPEAKER = ["name", "phone"];
  const ABOVE = "同上";
  const AT_ONCE = 30;
  const IDLE = 1500;
  const AGAIN = [3000, 6000, 12000, 30000];

  // ---- what is kept on this device: a piece for each line, so that two tabs keep theirs apart ------
  const shelf = `hearing:${form.dataset.hearing}:`;
  let keeps = true;
  const kept = {
    put(row) {
      try {
        localStorage.setItem(shelf + row.dataset.nonce, JSON.stringify({ ...read(row), since: row.dataset.since }));
      } catch {
        keeps = false;
      }
    },
    drop(nonce) {
      try {
        localStorage.removeItem(shelf + nonce);
      } catch {
        keeps = false;
      }
    },
    all() {
      const found = [];
      try {
        for (let place = 0; place < localStorage.length; place += 1) {
          const key = localStorage.key(place);
          if (key.startsWith(shelf)) found.push(JSON.parse(localStorage.getItem(key)));
        }
      } catch {
        keeps = false;
      }
      return found.sort((one, other) => Number(one.since) - Number(other.since));
    },
  };

  // ---- rows ----------------------------------------------------------------------------------------
  const rows = () => [...list.querySelectorAll("[data-line]")];
  const cell = (row, name) => row.querySelector(`[data-cell="${name}"]`);
  const value = (row, name) => cell(row, name)?.value ?? "";
  const isDropped = (row) => row.classList.contains("dropped");
  const stands = (row) => Boolean(row.querySelector("[data-number]").textContent.trim());
  const isWritable = (row) => Boolean(cell(row, "said"));
  const isEmpty = (row) => !value(row, "said").trim() && !stands(row);
  const controls = (row) => CELLS.map((name) => cell(row, name)).filter(Boolean);

  // Whether a control holds something else than what the page came with.
  function isChanged(control) {
    if (!control.matches("select")) return control.value !== control.defaultValue;
    const before = [...control.options].findIndex((one) => one.defaultSelected);
    return control.selectedIndex !== Math.max(before, 0);
  }

  // What was guessed is sent empty, so that it is guessed again from the corrected words.
  function read(row) {
    const line = { nonce: row.dataset.nonce, revision: Number(row.dataset.revision), dropped: isDropped(row) };
    for (const name of CELLS) line[name] = cell(row, name)?.dataset.guessed ? "" : value(row, name);
    return line;
  }

  function write(row, name, text) {
    const control = cell(row, name);
    if (control && control !== document.activeElement) control.value = text;
    if (control) control.defaultValue = text;
  }

  function add(nonce = newNonce()) {
    const row = blank.content.firstElementChild.cloneNode(true);
    row.dataset.nonce = nonce;
    for (const control of row.querySelectorAll("[name]")) {
      control.name = control.name.replace("__nonce__", nonce);
      if (control.value === "__nonce__") control.value = nonce;
    }
    list.append(row);
    show(row, "");
    return row;
  }

  // Old phones lack randomUUID, and have it on no page without https.
  function newNonce() {
    if (crypto.randomUUID) return crypto.randomUUID();
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 15) | 64;
    bytes[8] = (bytes[8] & 63) | 128;
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
  }

  // State: "" (as it stands), "typed" (kept here), "sending", "refused".
  function show(row, state, reason = "") {
    row.dataset.state = state;
    const chip = row.querySelector("[data-state]");
    if (!chip || chip === row) return;
    const said = { "": stands(row) ? "saved" : "", typed: keeps ? "here" : "nowhere", sending: "sending", refused: "refused" }[state];
    chip.textContent = said ? words(state === "" && isDropped(row) ? "dropped" : said) : "";
    chip.className = `chip ${{ "": stands(row) && !isDropped(row) ? "done" : "", typed: "due", refused: "late" }[state] ?? ""}`;
    if (state === "refused") row.querySelector("[data-says]").textContent = reason;
    const drop = row.querySelector("[data-drop]");
    drop.hidden = isEmpty(row);
    drop.textContent = words(isDropped(row) ? "restore" : "drop");
    count();
  }

  function count() {
    const all = rows();
    const here = all.filter((row) => ["typed", "sending", "refused"].includes(row.dataset.state)).length;
    const saved = all.filter((row) => stands(row) && !isDropped(row)).length;
    const said = away && here ? words("away") : "";
    const counted = here
      ? words("count").replace("%(saved)s", saved - all.filter((row) => stands(row) && row.dataset.state).length).replace("%(here)s", here)
      : saved ? words("all").replace("%(saved)s", saved) : "";
    const whole = [counted, stopped || said].filter(Boolean).join(" ");
    const place = form.querySelector("[data-count]");
    if (place.textContent !== whole) place.textContent = whole;
    place.classList.toggle("late", Boolean(here && (away || stopped)));
  }

  function touched(row) {
    if (!isWritable(row) || (isEmpty(row) && !row.dataset.state)) return;
    if (isEmpty(row)) {
      kept.drop(row.dataset.nonce);
      show(row, "");
      return;
    }
    row.dataset.since ||= String(Date.now());
    row.dataset.changes = String(Number(row.dataset.changes || 0) + 1);
    kept.put(row);
    show(row, "typed");
    if (rows().every((one) => !isWritable(one) || !isEmpty(one))) add();
  }

  // ---- sending: one message at a time, in order ----------------------------------------------------
  let sending = false;
  let away = false;
  let stopped = "";
  let failures = 0;
  let timer = 0;

  const later = (after) => {
    clearTimeout(timer);
    timer = setTimeout(send, after);
  };
  const waiting = () => rows().filter((row) => row.dataset.state === "typed");

  async function send() {
    clearTimeout(timer);
    if (sending) return;
    const chosen = waiting().slice(0, AT_ONCE);
    if (!chosen.length) return;
    sending = true;
    const changes = new Map();
    for (const row of chosen) {
      row.dataset.revision = String(Number(row.dataset.revision) + 1);
      kept.put(row);
      changes.set(row, row.dataset.changes);
      show(row, "sending");
    }
    const answer = await post(chosen.map(read));
    sending = false;
    for (const row of chosen) if (row.dataset.state === "sending") show(row, "typed");
    if (answer) {
      failures = 0;
      for (const line of answer.lines) take(line, changes);
    }
    count();
    if (stopped || !waiting().length) return;
    later(answer ? 0 : AGAIN[Math.min(failures++, AGAIN.length - 1)]);
  }

  async function post(lines) {
    const aborting = new AbortController();
    const limit = setTimeout(() => aborting.abort(), 20000);
    try {
      const answer = await fetch(form.dataset.send, {
        method: "POST",
        credentials: "same-origin",
        redirect: "manual",
        keepalive: true,
        signal: aborting.signal,
        headers: { "Content-Type": "application/json", "X-CSRFToken": token() },
        body: JSON.stringify({ lines }),
      });
      away = answer.status >= 500;
      stopped = "";
      if (answer.ok) return await answer.json();
      if (answer.type === "opaqueredirect") stopped = words("login");
      else if (answer.status === 403 || answer.status === 404) stopped = words("reload");
      else if (answer.status === 409) stopped = (await answer.json()).refusal;
    } catch {
      away = true;
    } finally {
      clearTimeout(limit);
    }
    return null;
  }

  function token() {
    const found = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
    return found ? found[1] : form.elements.csrfmiddlewaretoken.value;
  }

  // Take in what became of a line. What was typed since stays, and is sent next.
  function take(line, changes) {
    const row = rows().find((one) => one.dataset.nonce === line.nonce);
    if (!row) return;
    const since = changes.get(row) !== row.dataset.changes;
    row.dataset.revision = String(Math.max(Number(row.dataset.revision), line.revision));
    if (line.number) row.querySelector("[data-number]").textContent = line.number;
    row.querySelector("input[name^='revision:']").value = row.dataset.revision;
    if (line.refusal) {
      if (!since) show(row, "refused", line.refusal);
      return;
    }
    for (const name of ["what", "kind"]) {
      const control = cell(row, name);
      if (!control.value || control.dataset.guessed) {
        write(row, name, line[name]);
        control.dataset.guessed = "1";
      }
    }
    for (const name of SPEAKER) {
      // Who spoke comes back masked: the name goes from this device when the line stands. A number
      // that is none stays, to be mended; emptied, it is taken out.
      const control = cell(row, name);
      control.placeholder = line[name];
      if (!since && control !== document.activeElement) control.value = (name === "phone" && line.odd_phone) || "";
    }
    if (!since && value(row, "building") === "") write(row, "building", line.building);
    if (!since && value(row, "compound") === "") write(row, "compound", line.compound);
    if (since) return;
    row.querySelector("[data-says]").textContent = line.says.join(" ");
    kept.drop(line.nonce);
    delete row.dataset.since;
    show(row, "");
  }

  // ---- keys and moves ------------------------------------------------------------------------------
  const writable = () => rows().filter(isWritable);

  function open(row) {
    for (const other of list.querySelectorAll(".open")) other.classList.remove("open");
    row.classList.add("open");
  }

  function go(row, by) {
    const all = writable();
    const next = all[all.indexOf(row) + by] || (by > 0 ? add() : row);
    open(next);
    cell(next, "said").focus();
    next.scrollIntoView({ block: "nearest" });
  }

  function turn(row) {
    const control = cell(row, "what");
    control.selectedIndex = (control.selectedIndex % (control.options.length - 1)) + 1;
    chosen(control);
  }

  // What somebody chose is theirs; a new sort makes its kind be guessed anew.
  function chosen(control) {
    const row = control.closest("[data-line]");
    delete control.dataset.guessed;
    if (control.dataset.cell === "what") {
      cell(row, "kind").value = "";
      delete cell(row, "kind").dataset.guessed;
    }
    if (control.dataset.cell === "kind") {
      const sort = [...document.querySelectorAll("#kinds option")].find((one) => one.value === control.value);
      if (sort) cell(row, "what").value = sort.dataset.what;
      if (sort) delete cell(row, "what").dataset.guessed;
    }
    touched(row);
  }

  function sameSpeaker(row) {
    cell(row, "name").value = ABOVE;
    cell(row, "phone").value = "";
    touched(row);
  }

  list.addEventListener("keydown", (event) => {
    const row = event.target.closest("[data-line]");
    // While Chinese is being composed, Enter only chooses the characters.
    if (!row || event.isComposing || event.keyCode === 229) return;
    if (event.key === "Enter" && event.target.dataset.cell) {
      event.preventDefault();
      go(row, event.shiftKey ? -1 : 1);
    } else if (event.key === "F2") {
      event.preventDefault();
      turn(row);
    } else if (event.key === "F4") {
      event.preventDefault();
      sameSpeaker(row);
    }
  });
  list.addEventListener("input", ({ target }) => {
    const row = target.closest("[data-line]");
    if (["what", "kind"].includes(target.dataset.cell)) chosen(target);
    else touched(row);
    later(IDLE);
  });
  list.addEventListener("focusin", ({ target }) => {
    const row = target.closest("[data-line]");
    if (row && isWritable(row)) open(row);
  });
  list.addEventListener("focusout", ({ target, relatedTarget }) => {
    const row = target.closest("[data-line]");
    if (row && !row.contains(relatedTarget) && row.dataset.state === "typed") send();
  });
  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-drop]");
    if (!button) return;
    event.preventDefault();
    const row = button.closest("[data-line]");
    row.classList.toggle("dropped");
    row.querySelector("input[name^='dropped:']").value = isDropped(row) ? "1" : "";
    if (!stands(row) && isDropped(row) && row.dataset.revision === "0") {
      // It never left this device: nobody need hear of it.
      kept.drop(row.dataset.nonce);
      row.remove();
      if (writable().every((one) => !isEmpty(one))) add();
      count();
      return;
    }
    touched(row);
    send();
  });
  // A table or a chat becomes lines on a page of its own, where they can be looked over first.
  list.addEventListener("paste", (event) => {
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (event.target.dataset.cell !== "said" || !/\S\s*[\n\t]\s*\S/.test(text) || !navigator.onLine) return;
    event.preventDefault();
    const away_ = document.createElement("form");
    away_.method = "post";
    away_.action = form.dataset.paste;
    for (const [name, content] of [["csrfmiddlewaretoken", token()], ["text", text]]) {
      const control = document.createElement("textarea");
      control.name = name;
      control.value = content;
      away_.append(control);
    }
    away_.hidden = true;
    document.body.append(away_);
    away_.submit();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  // Whoever closes the hearing takes along what has just been typed.
  form.querySelector("[data-close]").addEventListener("click", async (event) => {
    if (!waiting().length && !sending) return;
    event.preventDefault();
    await send();
    if (!waiting().length && !sending) location.assign(event.target.closest("a").href);
  });

  addEventListener("online", () => later(0));
  document.addEventListener("visibilitychange", () => waiting().length && send());
  addEventListener("pageshow", ({ persisted }) => persisted && later(0));

  // ---- beginning: what was not sent the last time comes back -----------------------------------------
  form.classList.add("scripted");
  form.querySelector("[data-keys]").hidden = false;
  form.querySelector("[data-nokeys]").hidden = true;
  form.querySelector("[data-save]").hidden = true;
  // Whoever began to type before this script had come goes on typing. On a reload the browser puts
  // back by itself what stood there; then what is kept here is exact.
  const isNew = performance.getEntriesByType("navigation")[0]?.type === "navigate";
  const typedEarly = [];
  for (const row of rows()) {
    if (!isWritable(row)) continue;
    if (isNew && controls(row).some(isChanged)) {
      typedEarly.push(row);
      continue;
    }
    for (const control of controls(row)) {
      if (control.matches("select")) for (const one of control.options) one.selected = one.defaultSelected;
      else control.value = control.defaultValue;
    }
    if (isEmpty(row) && !row.contains(document.activeElement)) row.remove();
  }
  const unsent = kept.all();
  for (const line of unsent) {
    const row = rows().find((one) => one.dataset.nonce === line.nonce) || add(line.nonce);
    if (!isWritable(row)) {
      kept.drop(line.nonce);
      continue;
    }
    row.dataset.revision = String(Math.max(line.revision, Number(row.dataset.revision)));
    row.dataset.since = line.since;
    row.dataset.changes = "1";
    row.classList.toggle("dropped", line.dropped);
    for (const control of controls(row)) {
      const { cell: name } = control.dataset;
      if (isNew && isChanged(control)) continue;
      if (line[name] || name === "said" || name === "phone") control.value = line[name];
    }
    show(row, "typed");
  }
  for (const row of typedEarly) touched(row);
  for (const row of rows()) if (isWritable(row) && !row.dataset.state) show(row, "");
  const begun = document.activeElement.closest("[data-line]");
  const next = writable().find((row) => row !== begun && isEmpty(row)) || add();
  open(begun && isWritable(begun) ? begun : next);
  count();
  if (unsent.length || typedEarly.length) later(unsent.length ? 0 : IDLE);
})();
