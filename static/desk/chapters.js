// The table of chapters: keys, times, the place of the audio, and lists that are brought in.
// Without this file the rows are plain fields, three empty ones wait at the end, and a page of its
// own brings lists in.
document.addEventListener("DOMContentLoaded", () => {
  const form = document.getElementById("episode_form");
  if (!form) return;
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  const dialog = document.getElementById("chapters-dialog");
  let undone = null; // the rows before the last list was put in
  let closeMenus = () => {};

  // --- Times ------------------------------------------------------------------------------------
  const CLOCK = /^(?:(?:(\d{1,3}):)?(\d{1,3}):)?(\d{1,7})(?:[.,](\d{1,9}))?$/;
  const read = (text) => {
    const found = CLOCK.exec(text.trim());
    if (!found) return null;
    const [, hours, minutes, seconds, fraction = ""] = found;
    if (minutes !== undefined && (seconds.length > 2 || Number(seconds) > 59)) return null;
    if (hours !== undefined && (minutes.length > 2 || Number(minutes) > 59)) return null;
    const whole = Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds);
    return whole * 1000 + Number(fraction.slice(0, 3).padEnd(3, "0"));
  };
  const write = (milliseconds) => {
    const seconds = Math.floor(milliseconds / 1000);
    const rest = milliseconds % 1000;
    const two = (number) => String(number).padStart(2, "0");
    const whole = `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
    return rest ? `${whole}.${String(rest).padStart(3, "0")}` : whole;
  };

  const prepare = () => {
    const panel = document.querySelector("[data-formset=chapters]");
    const rows = document.getElementById("chapters-rows");
    if (!panel || !rows) return;
    panel.querySelectorAll("noscript").forEach((each) => each.remove()); // parsed where scripts were off
    const total = panel.querySelector("[name=chapters-TOTAL_FORMS]");
    const status = document.getElementById("chapters-status");
    const empty = document.getElementById("chapters-empty");
    const zero = panel.querySelector("[data-zero]");
    const undoNote = panel.querySelector("[data-undo-note]");
    const texts = panel.querySelector("template[data-texts]").content;
    const text = (name, values = {}) => texts.querySelector(`[data-text=${name}]`).textContent.replace(/\{(\w+)\}/g, (all, key) => values[key] ?? all);
    const say = (words) => { status.textContent = words; };
    const part = (row, name) => row.querySelector(`[data-${name}]`);
    const all = () => [...rows.children];
    const startOf = (row) => read(part(row, "start").value);
    const titleOf = (row) => part(row, "title").value.trim() || text("chapter", { number: all().indexOf(row) + 1 });
    const isBlank = (row) => !part(row, "start").value.trim() && !part(row, "title").value.trim() && !part(row, "url").value.trim();
    const written = () => all().filter((row) => !isBlank(row));
    const audio = () => document.querySelector("#audio-panel audio");
    const changed = (row) => (row ? part(row, "title") : total).dispatchEvent(new Event("input", { bubbles: true }));
    const duration = () => {
      const now = document.querySelector("#audio-panel [data-part=sound]")?.dataset.version;
      const isSame = now === undefined || now === panel.dataset.version;
      return isSame && panel.dataset.duration ? Number(panel.dataset.duration) : Infinity;
    };

    // --- What is wrong, as soon as it can be known ----------------------------------------------
    const judge = (row) => {
      const field = part(row, "start");
      const warning = part(row, "warning");
      const milliseconds = startOf(row);
      let words = "";
      if (field.value.trim() && milliseconds === null) words = text("bad-time");
      else if (milliseconds !== null && milliseconds >= duration()) words = text("beyond", { end: write(duration()) });
      else if (milliseconds !== null && all().some((other) => other !== row && startOf(other) === milliseconds)) words = text("twice");
      if (words) row.querySelector(".desk-chapter-start .errorlist")?.remove(); // the server's same words
      warning.textContent = words;
      warning.hidden = !words;
      warning.toggleAttribute("data-bad", Boolean(words) && milliseconds === null);
      field.setAttribute("aria-invalid", String(Boolean(words)));
      if (words) field.setAttribute("aria-describedby", warning.id); else field.removeAttribute("aria-describedby");
    };
    const review = () => {
      all().forEach((row, index) => {
        judge(row);
        row.setAttribute("role", "group");
        row.setAttribute("aria-label", text("chapter", { number: index + 1 }));
      });
      const starts = written().map(startOf).filter((each) => each !== null);
      zero.hidden = !starts.length || starts.includes(0);
      empty.hidden = rows.children.length > 0;
    };

    // Rows go where their times say; the one that somebody is in stays, so that nobody loses a place.
    const sort = (anchor) => {
      const order = all().map((row, index) => ({ row, index, start: startOf(row) }));
      const timed = order.filter((each) => each.start !== null).sort((a, b) => a.start - b.start || a.index - b.index);
      const wanted = [...timed, ...order.filter((each) => each.start === null)].map((each) => each.row);
      if (wanted.every((row, index) => row === rows.children[index])) return;
      const place = anchor ? wanted.indexOf(anchor) : -1;
      wanted.slice(0, Math.max(place, 0)).forEach((row) => anchor.before(row));
      wanted.slice(place + 1).forEach((row) => rows.append(row));
    };

    const settle = (row) => {
      const field = part(row, "start");
      const milliseconds = startOf(row);
      if (milliseconds !== null) field.value = write(milliseconds);
      sort(rows.contains(document.activeElement) ? document.activeElement.closest("[data-row]") : row);
      review();
    };

    // --- Pictures -------------------------------------------------------------------------------
    const choosePicture = (row) => {
      let input = row.querySelector("input[type=file]");
      if (!input) {
        input = Object.assign(document.createElement("input"), { type: "file", name: `${row.dataset.prefix}-picture`, accept: "image/jpeg,image/png,image/webp", hidden: true });
        part(row, "alt").after(input);
        part(row, "alt").querySelector("input").name = `${row.dataset.prefix}-picture_alt`;
        input.addEventListener("change", () => { if (input.files.length) showPicture(row, URL.createObjectURL(input.files[0]), true); });
      }
      input.click();
    };
    const showPicture = (row, address, isNew = false) => {
      const image = part(row, "thumbnail");
      image.hidden = !address;
      if (address) image.src = address; else image.removeAttribute("src");
      part(row, "alt").hidden = !isNew;
      part(row, "unchoose").hidden = !address;
      if (isNew) { changed(row); part(row, "alt").querySelector("input").focus(); }
    };
    const dropPicture = (row) => {
      row.querySelector("input[type=file]")?.remove();
      part(row, "image").value = "";
      showPicture(row, "");
      changed(row);
      part(row, "choose").focus();
    };

    // --- Rows -----------------------------------------------------------------------------------
    const open = (row, isOpen) => {
      part(row, "more").hidden = !isOpen;
      part(row, "more-button").setAttribute("aria-expanded", String(isOpen));
    };
    const equip = (row) => {
      part(row, "tools").hidden = false;
      part(row, "choose").hidden = false;
      part(row, "unchoose").hidden = part(row, "thumbnail").hidden;
      const box = part(row, "delete");
      if (box) box.remove(); // a row that is not sent is removed
      open(row, row.hasAttribute("data-open"));
      row.querySelectorAll("[data-placeholder]").forEach((holder) => { holder.querySelector("input").placeholder = holder.dataset.placeholder; });
    };
    const make = (values = {}) => {
      const html = document.getElementById("chapters-template").innerHTML.replaceAll("__prefix__", total.value);
      total.value = Number(total.value) + 1;
      const row = Object.assign(document.createElement("ol"), { innerHTML: html }).firstElementChild;
      part(row, "start").value = values.start ?? "";
      part(row, "title").value = values.title ?? "";
      part(row, "url").value = values.url ?? "";
      part(row, "hidden").checked = Boolean(values.hidden);
      part(row, "image").value = values.image ?? "";
      equip(row);
      if (values.thumbnail) showPicture(row, values.thumbnail);
      open(row, Boolean(values.url || values.hidden || values.image));
      return row;
    };
    const add = (after, values) => {
      const row = make(values);
      if (after) after.after(row); else rows.append(row);
      review();
      part(row, values?.start === undefined ? "start" : "title").focus();
      return row;
    };
    const remove = (row) => {
      const next = row.nextElementSibling ?? row.previousElementSibling;
      const words = text("removed", { title: titleOf(row) });
      remember(words);
      row.remove();
      changed();
      review();
      (next ? part(next, "title") : panel.querySelector("[data-add-row]")).focus();
      say(words);
    };

    // What was there can be put back, row by row as it was.
    const remember = (words) => {
      undone = all();
      undoNote.querySelector("[data-undo-text]").textContent = words;
      undoNote.hidden = false;
    };
    panel.querySelector("[data-undo]").addEventListener("click", () => {
      if (!undone) return;
      rows.replaceChildren(...undone);
      undone = null;
      undoNote.hidden = true;
      changed();
      review();
      say(text("back"));
      panel.querySelector("[data-add-row]").focus();
    });

    // --- The place of the audio -----------------------------------------------------------------
    const setStart = (row, milliseconds) => {
      part(row, "start").value = write(Math.max(0, milliseconds));
      sort(row);
      review();
      changed(row);
      say(text("set", { title: titleOf(row), time: part(row, "start").value }));
    };
    const setAtPlace = (row) => {
      const player = audio();
      if (!player) { say(text("no-audio")); part(row, "warning").textContent = text("no-audio"); part(row, "warning").hidden = false; return; }
      setStart(row, Math.round(player.currentTime * 1000));
    };
    const nudge = (row, step) => {
      const now = startOf(row);
      if (now !== null) setStart(row, now + step);
    };
    const play = (row) => {
      const player = audio();
      const start = startOf(row);
      if (!player) { say(text("no-audio")); return; }
      if (!player.paused && row.classList.contains("is-playing")) { player.pause(); return; }
      if (start === null) return;
      const go = () => { player.currentTime = start / 1000; player.play().catch(() => {}); };
      if (player.readyState) go(); else { player.addEventListener("loadedmetadata", go, { once: true }); player.load(); }
    };
    const follow = () => {
      const player = audio();
      if (!player || player.dataset.followed) return;
      player.dataset.followed = "1";
      player.addEventListener("timeupdate", () => {
        const at = player.currentTime * 1000;
        const shown = document.getElementById("chapters-rows");
        const heard = [...(shown?.children ?? [])].filter((row) => (startOf(row) ?? Infinity) <= at + 50).at(-1);
        [...(shown?.children ?? [])].forEach((row) => row.classList.toggle("is-playing", row === heard));
      });
    };

    // --- Keys and clicks ------------------------------------------------------------------------
    rows.addEventListener("keydown", (event) => {
      const row = event.target.closest("[data-row]");
      const isField = event.target.matches("input:not([type=checkbox], [type=file])");
      if (!row) return;
      const { key, altKey, shiftKey } = event;
      if (key === "Enter" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        setAtPlace(row);
      } else if (key === "Enter" && isField && !altKey) {
        event.preventDefault(); // not the whole page
        settle(row);
        const next = row.nextElementSibling;
        if (shiftKey || !next) { if (!isBlank(row)) add(row); } else part(next, "start").focus();
      } else if (altKey && (key === "ArrowUp" || key === "ArrowDown")) {
        event.preventDefault();
        nudge(row, (key === "ArrowUp" ? -1 : 1) * (shiftKey ? 100 : 1000));
      } else if (altKey && event.code === "KeyP") {
        event.preventDefault();
        play(row);
      } else if (isField && !altKey && !event.ctrlKey && (key === "ArrowUp" || key === "ArrowDown")) {
        const other = key === "ArrowUp" ? row.previousElementSibling : row.nextElementSibling;
        const column = ["start", "title", "url"].find((name) => event.target.hasAttribute(`data-${name}`));
        if (!other || !column) return;
        event.preventDefault();
        if (column === "url") open(other, true);
        part(other, column).focus();
        part(other, column).select();
      }
    });
    rows.addEventListener("focusout", (event) => {
      if (event.target.hasAttribute("data-start")) setTimeout(() => { if (rows.contains(event.target)) settle(event.target.closest("[data-row]")); });
    });
    rows.addEventListener("input", (event) => {
      if (event.target.hasAttribute("data-start")) { part(event.target.closest("[data-row]"), "warning").hidden = true; event.target.removeAttribute("aria-invalid"); }
    });
    rows.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      const row = event.target.closest("[data-row]");
      if (!button || !row) return;
      if (button.hasAttribute("data-play")) play(row);
      else if (button.hasAttribute("data-set")) setAtPlace(row);
      else if (button.hasAttribute("data-more-button")) open(row, part(row, "more").hidden);
      else if (button.hasAttribute("data-remove")) remove(row);
      else if (button.hasAttribute("data-choose")) choosePicture(row);
      else if (button.hasAttribute("data-unchoose")) dropPicture(row);
    });
    panel.querySelector("[data-add-row]").addEventListener("click", () => {
      const last = rows.lastElementChild;
      if (last && isBlank(last)) part(last, "start").focus(); else add(null);
    });
    panel.querySelector("[data-add-zero]").addEventListener("click", () => {
      const row = make({ start: "0:00:00" });
      rows.prepend(row);
      changed();
      review();
      part(row, "title").focus();
    });

    // --- Lists that are brought in --------------------------------------------------------------
    panel.querySelectorAll("[data-import]").forEach((button) => button.addEventListener("click", () => {
      closeMenus();
      importer.open(button.dataset.import);
    }));
    const importer = openImporter({ panel, text, rowsNow: () => written().map((row) => ({ start: startOf(row), title: part(row, "title").value.trim(), url: part(row, "url").value.trim() })), use: (marks) => {
      remember(text("replaced", { before: written().length, count: marks.length }));
      rows.replaceChildren(...marks.map(make));
      changed();
      review();
      say(undoNote.querySelector("[data-undo-text]").textContent);
      panel.querySelector("[data-undo]").focus();
    } });

    const copy = panel.querySelector("[data-copy]");
    if (copy && navigator.clipboard) {
      copy.hidden = false;
      copy.addEventListener("click", async () => {
        closeMenus();
        try {
          const answer = await fetch(copy.dataset.copy);
          if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
          await navigator.clipboard.writeText(await answer.text());
          say(text("copied"));
        } catch { say(text("not-copied")); }
      });
    }

    panel.querySelector("[data-advice=not-from-zero]")?.remove(); // said below, as the rows change
    panel.querySelectorAll("[data-live], [data-add-row]").forEach((each) => { each.hidden = false; });
    all().forEach(equip);
    review();
    follow();
    document.addEventListener("desk:audio", () => { follow(); review(); });
  };

  // --- The dialog that brings a list in ---------------------------------------------------------
  let current = null; // the table that the dialog works for
  function openImporter(table) {
    current = table;
    return { open: (source) => show(source) };
  }
  const find = (name) => dialog.querySelector(`[data-${name}]`);
  const area = document.getElementById("chapters-text");
  const file = document.getElementById("chapters-file");
  let source = "text";
  let marks = [];
  let waiting;
  let asked = 0;

  const show = (wanted) => {
    source = wanted;
    dialog.querySelector("[data-source=text]").hidden = source !== "text";
    clear();
    dialog.showModal();
    if (source !== "text" || area.value.trim()) ask(); else area.focus();
  };
  const clear = () => {
    marks = [];
    find("error").hidden = find("problems").hidden = find("preview").hidden = find("replaces").hidden = true;
    find("summary").textContent = "";
    find("use").disabled = true;
  };
  const ask = async () => {
    const mine = ++asked;
    const body = new FormData();
    body.set("csrfmiddlewaretoken", token);
    body.set("source", source);
    if (source === "notes") body.set("notes", form.querySelector("[name=notes]").value);
    else if (source === "text" && file.files.length) body.set("file", file.files[0]);
    else body.set("text", area.value);
    try {
      const answer = await fetch(current.panel.dataset.readUrl, { method: "POST", body });
      if (mine !== asked) return;
      if (answer.redirected || answer.status === 403) tell({ error: current.text("signed-out") });
      else if (answer.ok || answer.status === 422) tell(await answer.json());
      else tell({ error: current.text("lost") });
    } catch {
      if (mine === asked) tell({ error: current.text("lost") });
    }
  };
  const item = (kind, time, words, small, tag) => {
    const row = document.createElement("li");
    row.className = kind;
    const clock = Object.assign(document.createElement("time"), { textContent: time });
    const main = document.createElement("span");
    main.append(Object.assign(document.createElement("b"), { textContent: words }));
    small.filter(([line]) => line).forEach(([line, className]) => main.append(Object.assign(document.createElement("small"), { textContent: line, className })));
    row.append(clock, main, Object.assign(document.createElement("em"), { textContent: tag }));
    return row;
  };
  const tell = (found) => {
    clear();
    if (found.error) {
      find("error").hidden = false;
      find("error").querySelector("p").textContent = found.error;
      return;
    }
    const { text, rowsNow } = current;
    marks = found.marks;
    const remarks = [...found.problems, ...found.remarks.filter((each) => each.row === null).map((each) => each.sentence)];
    find("summary").textContent = marks.length ? text("understood", { count: marks.length, missed: found.problems.length }) : text("nothing");
    find("problems").replaceChildren(...remarks.map((words) => Object.assign(document.createElement("li"), { textContent: words })));
    find("problems").hidden = !remarks.length;
    const before = rowsNow();
    const known = new Map(before.map((row) => [row.start, row]));
    const shown = marks.map((mark, index) => {
      const start = read(mark.start);
      const old = known.get(start);
      const isSame = old && old.title === mark.title && old.url === mark.url;
      const kind = old ? (isSame ? "same" : "changed") : "new";
      const wrong = found.remarks.filter((each) => each.row === index).map((each) => [each.sentence, "is-remark"]);
      const element = item(`is-${kind}${wrong.length ? " is-wrong" : ""}`, mark.start, mark.title, [[mark.url, ""], [mark.hidden ? text("hidden") : "", ""], ...wrong], before.length ? text(kind) : "");
      return { start, element };
    });
    const starts = new Set(shown.map((each) => each.start));
    before.filter((row) => row.start !== null && !starts.has(row.start)).forEach((row) => shown.push({ start: row.start, element: item("is-gone", write(row.start), row.title, [], text("goes")) }));
    find("preview").replaceChildren(...shown.sort((a, b) => a.start - b.start).map((each) => each.element));
    find("preview").hidden = !marks.length;
    find("replaces").textContent = text("replaces", { before: before.length });
    find("replaces").hidden = !marks.length || !before.length;
    find("use").disabled = !marks.length;
  };
  if (dialog) {
    area.addEventListener("input", () => {
      file.value = "";
      clearTimeout(waiting);
      if (area.value.trim()) waiting = setTimeout(ask, 250); else { asked += 1; clear(); }
    });
    file.addEventListener("change", () => { if (file.files.length) ask(); });
    dialog.querySelectorAll("[data-close]").forEach((button) => button.addEventListener("click", () => dialog.close()));
    find("use").addEventListener("click", () => {
      dialog.close();
      current.use(marks);
      area.value = file.value = "";
    });
  }

  // --- Menus close like menus -------------------------------------------------------------------
  const menus = () => [...document.querySelectorAll("[data-menu][open]")];
  closeMenus = () => menus().forEach((menu) => { menu.open = false; });
  document.addEventListener("click", (event) => menus().forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; }));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    menus().forEach((menu) => { menu.open = false; menu.querySelector("summary").focus(); });
  });

  prepare();
  document.addEventListener("desk:chapters", prepare); // read from the file meanwhile
});
