// The drop zone and a row for each file on its way. What is sent and how, transfer.js knows; here it
// is shown, said aloud at sensible steps, and never shown as further than the server says it is.
document.addEventListener("DOMContentLoaded", () => {
  const place = document.getElementById("uploads");
  if (!place) return;
  place.querySelectorAll("[type=file]").forEach((each) => { each.hasChangeListener = true; }); // else the theme looks for its own field's parts
  if (!window.tus?.isSupported) return; // the plain form stays
  const panel = document.getElementById("audio-panel");
  const section = document.getElementById("audio");
  const form = document.getElementById("audio-form");
  const chooser = document.getElementById("audio-file");
  const again = place.querySelector("[data-again]");
  const list = place.querySelector("[data-rows]");
  const problems = place.querySelector("[data-problem]");
  const AT_ONCE = 2;
  const rows = new Set();
  let wanted = null; // the row that a file is being chosen for

  // --- Words and figures ------------------------------------------------------------------------
  const texts = Object.fromEntries([...place.querySelector("[data-texts]").content.querySelectorAll("[data-text]")].map((each) => [each.dataset.text, each.textContent]));
  const text = (name, values = {}) => texts[name].replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
  const number = (value, digits) => new Intl.NumberFormat(document.documentElement.lang || undefined, { maximumFractionDigits: digits, minimumFractionDigits: digits }).format(value);
  const size = (bytes) => {
    if (bytes >= 2 ** 30) return text("gigabytes", { number: number(bytes / 2 ** 30, 2) });
    if (bytes >= 2 ** 20) return text("megabytes", { number: number(bytes / 2 ** 20, 1) });
    return text("kilobytes", { number: number(bytes / 2 ** 10, bytes < 10240 ? 1 : 0) });
  };
  const time = (left) => {
    const whole = Math.max(1, Math.ceil(left));
    if (whole < 60) return text("seconds", { seconds: whole });
    const minutes = Math.floor(whole / 60);
    if (minutes < 60) return text("minutes", { minutes, seconds: whole % 60 });
    return text("hours", { hours: Math.floor(minutes / 60), minutes: minutes % 60 });
  };

  // --- For those who listen to the page ---------------------------------------------------------
  const status = document.getElementById("audio-status");
  let unsaid = [];
  const say = (words) => {
    unsaid.push(words);
    setTimeout(() => { if (unsaid.length) { status.textContent = unsaid.join(" "); unsaid = []; } }, 250);
  };

  // --- The token that forms are sent with; a log-in in another tab changes it --------------------
  let token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  const renew = async () => {
    try {
      const answer = await fetch(panel.dataset.url, { headers: { "X-Requested-With": "fetch" }, signal: AbortSignal.timeout(10000) });
      if (answer.redirected || [401, 403].includes(answer.status)) return "signedout";
      if (!answer.ok) return "lost";
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      token = page.querySelector("[data-audio]").dataset.token;
      document.querySelectorAll("[name=csrfmiddlewaretoken]").forEach((field) => { field.value = token; });
      return "renewed";
    } catch {
      return "lost";
    }
  };

  // --- A row ------------------------------------------------------------------------------------
  const ICONS = { waiting: "schedule", paused: "pause_circle", lost: "cloud_off", signedout: "lock", changed: "error", gone: "error", problem: "error", left: "pause_circle", elsewhere: "tab", sending: "upload" };
  const SPINS = ["connecting", "checking", "stored"];
  const BUTTONS = {
    waiting: ["cancel"], connecting: ["pause", "cancel"], sending: ["pause", "cancel"], checking: [],
    paused: ["start", "cancel"], lost: ["hurry", "pause", "cancel"], signedout: ["signin", "hurry", "cancel"],
    changed: ["choose", "discard"], gone: ["anew", "dismiss"], problem: ["again", "discard"],
    left: ["choose", "discard"], elsewhere: [], stored: [],
  };

  class Row {
    constructor({ name, size: bytes, url = "", offset = 0, elsewhere = false }) {
      Object.assign(this, { name, size: bytes, url, offset, elsewhere, transfer: null, more: "", lastStep: 0, saidAt: 0 });
      this.node = place.querySelector("[data-row]").content.cloneNode(true).firstElementChild;
      this.part("[data-name]").textContent = name;
      this.part("[data-bar]").setAttribute("aria-label", text("progress", { name }));
      this.node.addEventListener("click", (event) => {
        const act = event.target.closest("[data-act]")?.dataset.act;
        if (act && act !== "signin") this[act]();
      });
      rows.add(this);
      list.append(this.node);
      list.hidden = false;
      this.show();
    }

    part(selector) { return this.node.querySelector(selector); }
    get state() { return this.transfer?.state ?? (this.elsewhere ? "elsewhere" : "left"); }
    get arrived() { return this.transfer ? this.transfer.offset : this.offset; }
    get percent() { return Math.floor((100 * this.arrived) / this.size); }
    get address() { return this.transfer?.url || this.url; }

    give(file) {
      this.more = "";
      this.transfer?.stop();
      const { address: url, arrived: offset } = this;
      this.transfer = new Transfer({
        file, url, offset, token: () => token, renew,
        endpoint: place.dataset.endpoint, episode: place.dataset.episode, parts: "parts" in place.dataset,
        changed: (transfer, anew) => { if (transfer === this.transfer) this.show(anew); },
      });
      this.show(true);
      takeTurns();
    }

    get told() {
      const { state, percent } = this;
      if (state === "problem" && this.transfer.sentence) return this.transfer.sentence;
      const name = state === "lost" && this.transfer.status ? "server" : state;
      return text(name, { percent, status: this.transfer?.status });
    }

    get figures() {
      const { transfer, state } = this;
      if (state === "stored") return size(this.size);
      const figures = [text("amount", { sent: size(this.arrived), total: size(this.size) })];
      if (state === "sending" && transfer.speed) figures.push(text("speed", { size: size(transfer.speed) }), text("rest", { time: time(transfer.secondsLeft) }));
      return figures.join(" · ");
    }

    show(anew = false) {
      const { state } = this;
      this.node.dataset.state = state;
      this.part("[data-icon]").textContent = ICONS[state] ?? "";
      this.part("[data-icon]").hidden = SPINS.includes(state);
      this.part("[data-spin]").hidden = !SPINS.includes(state);
      this.part("[data-percent]").textContent = state === "stored" ? "" : text("percent", { percent: this.percent });
      this.part("[data-bar]").value = this.percent;
      this.part("[data-bar]").hidden = state === "stored";
      this.part("[data-figures]").textContent = this.figures;
      this.part("[data-told]").textContent = state === "sending" ? "" : this.told;
      this.part("[data-more]").textContent = this.more;
      this.part("[data-more]").hidden = !this.more;
      this.showButtons(BUTTONS[state]);
      if (anew) this.changed(); else this.tellSteps();
    }

    // The button that has the focus may go: then the first that is left gets it.
    showButtons(names) {
      const focused = this.node.contains(document.activeElement) && document.activeElement;
      this.node.querySelectorAll("[data-buttons] [data-act]").forEach((button) => { button.hidden = !names.includes(button.dataset.act); });
      if (focused?.hidden) (this.part("[data-buttons] [data-act]:not([hidden])") ?? chooser).focus();
    }

    changed() {
      if (this.state !== "waiting" && this.state !== "connecting") say(text("said", { name: this.name, text: this.told }));
      if (this.state === "stored") document.dispatchEvent(new Event("desk:uploaded"));
      if (!this.transfer?.active) { takeTurns(); saveWhenDone(); }
    }

    tellSteps() {
      const step = Math.floor(this.percent / 10);
      if (this.state !== "sending" || step <= this.lastStep || performance.now() - this.saidAt < 5000) return;
      Object.assign(this, { lastStep: step, saidAt: performance.now() });
      say(text("step", { name: this.name, percent: step * 10 }));
    }

    // --- What its buttons do
    pause() { this.transfer.pause(); }
    start() { this.transfer.state = "waiting"; this.show(true); takeTurns(); }
    again() { this.start(); }
    hurry() { this.transfer.hurry(); }
    choose() { wanted = this; again.click(); }
    anew() { const { file } = this.transfer; this.remove(); send(file); }
    cancel() { if (this.percent > 10) this.ask(); else this.sure(); }
    discard() { if (this.percent > 10) this.ask(); else this.sure(); }
    dismiss() { this.remove(); chooser.focus(); }

    ask() {
      this.part("[data-question]").textContent = text("ask", { percent: this.percent });
      this.part("[data-ask]").hidden = false;
      this.part("[data-buttons]").hidden = true;
      this.part("[data-act=keep]").focus();
    }

    keep() {
      this.part("[data-ask]").hidden = true;
      this.part("[data-buttons]").hidden = false;
      this.part("[data-buttons] [data-act]:not([hidden])")?.focus();
    }

    async sure() {
      this.keep();
      const gone = this.transfer ? await this.transfer.discard() : await Transfer.discard(this.url, token);
      if (gone) {
        say(text("discarded", { name: this.name }));
        this.remove();
        chooser.focus();
        return;
      }
      this.more = text("not-discarded");
      if (this.transfer) this.transfer.pause(); else this.show();
      say(this.more);
    }

    remove() {
      this.transfer?.stop();
      rows.delete(this);
      this.node.remove();
      list.hidden = !rows.size;
      takeTurns();
      saveWhenDone();
    }
  }

  // Files beyond the first two wait, so that each of the first has a good part of the line.
  const takeTurns = () => {
    const busy = [...rows].filter((row) => row.transfer?.active && row.state !== "waiting").length;
    const next = [...rows].filter((row) => row.state === "waiting");
    next.slice(0, Math.max(0, AT_ONCE - busy)).forEach((row) => row.transfer.start());
  };

  // --- Files that were chosen or dropped ---------------------------------------------------------
  const complain = (sentences) => {
    problems.querySelector("div").replaceChildren(...sentences.map((sentence) => Object.assign(document.createElement("p"), { textContent: sentence })));
    problems.hidden = !sentences.length;
  };

  const whatIsWrong = async (file) => {
    const values = { name: file.name, size: size(file.size) };
    if (file.size > Number(place.dataset.limit)) return text("too-large", values);
    if (place.dataset.room && file.size > Number(place.dataset.room)) return text("no-room", values);
    try {
      if ((await file.slice(0, 1).arrayBuffer()).byteLength === 1) return "";
    } catch {
      return text("unreadable", values);
    }
    return text("empty", values);
  };

  const letters = (name) => name.normalize("NFC").replace(/[^\p{L}\p{N}]+/gu, "");
  const isFor = (row, file) => row.size === file.size && letters(row.name) === letters(file.name);

  const send = (file) => {
    new Row({ name: file.name, size: file.size }).give(file);
  };

  const take = async (files) => {
    const wrong = [];
    for (const file of files) {
      const reason = await whatIsWrong(file); // eslint-disable-line no-await-in-loop -- in their order
      const begun = [...rows].find((row) => isFor(row, file) && row.state !== "stored");
      if (reason) wrong.push(reason);
      else if (begun?.transfer && begun.state !== "changed") wrong.push(text("on-its-way", { name: file.name }));
      else if (begun && !begun.elsewhere && !(await Transfer.isAnother(file, begun.address))) begun.give(file);
      else send(file);
    }
    complain(wrong);
  };

  const goOn = async (row, file) => {
    const values = { name: file.name, size: size(file.size), wanted: row.name, total: size(row.size) };
    if (!isFor(row, file)) row.more = text("not-the-same", values);
    else if (await Transfer.isAnother(file, row.address)) row.more = text("another-state", values);
    else { row.give(file); return; }
    row.show();
    say(row.more);
  };

  // --- The drop zone ----------------------------------------------------------------------------
  place.classList.add("is-live");
  place.querySelectorAll("[data-live]").forEach((each) => { each.hidden = false; });
  place.querySelector("[data-plain]").hidden = true;
  chooser.multiple = true;
  chooser.addEventListener("change", () => { take([...chooser.files]); chooser.value = ""; });
  again.addEventListener("change", () => { if (again.files[0] && wanted) goOn(wanted, again.files[0]); again.value = ""; });
  form.addEventListener("submit", (event) => event.preventDefault());
  chooser.addEventListener("keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); chooser.click(); } });

  const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");
  let depth = 0; // leaving a child is not leaving
  section.addEventListener("dragenter", (event) => { if (carriesFiles(event)) { depth += 1; section.classList.add("is-over"); } });
  section.addEventListener("dragleave", (event) => { if (carriesFiles(event) && (depth -= 1) <= 0) section.classList.remove("is-over"); });
  section.addEventListener("drop", (event) => {
    depth = 0;
    section.classList.remove("is-over");
    if (!carriesFiles(event) || event.target.matches("input[type=file]:not(#audio-file)")) return;
    event.preventDefault();
    const entries = [...event.dataTransfer.items].filter((item) => item.kind === "file");
    const folder = entries.map((item) => item.webkitGetAsEntry?.()).find((entry) => entry?.isDirectory);
    if (folder) complain([text("folder", { name: folder.name })]); else take([...event.dataTransfer.files]);
  });
  // A file that is dropped beside would be opened in place of the page, and what was typed be lost.
  ["dragover", "drop"].forEach((kind) => window.addEventListener(kind, (event) => {
    if (!carriesFiles(event) || event.defaultPrevented || event.target.closest?.("input[type=file]")) return;
    event.preventDefault();
    if (!section.contains(event.target)) event.dataTransfer.dropEffect = "none";
  }));

  // --- What was left unfinished before -----------------------------------------------------------
  const inOtherWindows = async () => {
    const locks = (await navigator.locks?.query())?.held ?? [];
    return new Set(locks.map((lock) => lock.name));
  };

  const findUnfinished = async () => {
    const answer = await fetch(place.dataset.endpoint, { headers: { Accept: "application/json", "X-Requested-With": "fetch" } }).catch(() => null);
    if (!answer?.ok || answer.redirected) return;
    const held = await inOtherWindows();
    const known = new Set([...rows].map((row) => row.address && new URL(row.address, location.href).pathname));
    const { uploads } = await answer.json();
    for (const { url, name, size: bytes, offset } of uploads) {
      if (known.has(url) || !offset) continue;
      const row = new Row({ name, size: bytes, url, offset, elsewhere: held.has(Transfer.lockOf(url)) });
      if (!row.elsewhere) say(text("said", { name: row.name, text: row.told }));
    }
  };

  const lookAgain = () => {
    rows.forEach((row) => row.transfer?.hurry());
    const aside = [...rows].filter((row) => row.elsewhere);
    aside.forEach((row) => row.remove());
    if (aside.length) findUnfinished();
  };
  window.addEventListener("online", lookAgain);
  window.addEventListener("focus", lookAgain);

  // --- Saving the episode meanwhile --------------------------------------------------------------
  const dialog = place.querySelector("[data-leaving]");
  let saving = null; // what Save was pressed with; `when` says whether it waits
  const onTheWay = () => [...rows].some((row) => row.transfer?.active);
  window.addEventListener("beforeunload", (event) => { if (onTheWay() && saving?.when !== "now") event.preventDefault(); });
  window.addEventListener("submit", (event) => {
    if (event.target.id !== "episode_form" || !onTheWay() || saving?.when === "now") return;
    event.preventDefault();
    event.stopImmediatePropagation(); // the text is unsaved still
    saving = { form: event.target, button: event.submitter, when: "" };
    dialog.showModal();
  }, true);
  dialog.addEventListener("click", (event) => {
    const when = event.target.closest("[data-leave]")?.dataset.leave;
    if (!when) return;
    dialog.close();
    if (when === "no") { saving = null; return; }
    saving.when = when;
    if (when === "now") save(); else saveWhenDone();
  });
  const save = () => saving.form.requestSubmit(saving.button);
  const saveWhenDone = () => {
    const waits = saving?.when === "later" && onTheWay();
    place.querySelector("[data-waits]").hidden = !waits;
    if (saving?.when !== "later" || waits) return;
    if ([...rows].every((row) => row.state === "stored" || !row.transfer)) save();
    saving = null; // something needs a look first
  };
  // The panel tells of stored files itself from now on.
  document.addEventListener("desk:audio", () => rows.forEach((row) => { if (row.state === "stored") row.remove(); }));
  findUnfinished();
});
