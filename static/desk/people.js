// Crediting: find anybody by any name, or enter somebody new, without leaving the page.
document.addEventListener("DOMContentLoaded", () => {
  const panel = document.querySelector("[data-formset=credits]");
  const dialog = document.getElementById("people-dialog");
  if (!panel || !dialog) return;
  const form = document.getElementById("episode_form");
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  const rows = document.getElementById("credits-rows");
  const total = panel.querySelector("[name=credits-TOTAL_FORMS]");
  const status = document.getElementById("credits-status");
  const say = (kind, name) => { status.textContent = status.dataset[kind].replace("%s", name); };
  const nameOf = (row) => row.querySelector("[data-name]").textContent;
  const input = (row, part) => row.querySelector(`[name$="-${part}"]`);
  const changed = () => input(rows.firstElementChild ?? panel, "order")?.dispatchEvent(new Event("input", { bubbles: true }));

  // --- Rows: order and removal ------------------------------------------------------------------
  const present = () => [...rows.children].filter((row) => !row.classList.contains("is-gone"));
  const renumber = () => {
    present().forEach((row, index) => { input(row, "order").value = index; });
    document.getElementById("credits-empty").hidden = present().length > 0;
  };

  const prepare = (row) => {
    row.querySelectorAll("[data-placeholder]").forEach((holder) => {
      const field = holder.querySelector("input");
      if (field) field.placeholder = holder.dataset.placeholder;
    });
    const box = row.querySelector("[data-delete]");
    if (box) box.hidden = true;
    row.querySelectorAll("button[hidden]").forEach((button) => { button.hidden = false; });
    row.querySelectorAll("[data-move]").forEach((button) => button.addEventListener("click", () => {
      const all = present();
      const other = all[all.indexOf(row) + Number(button.dataset.move)];
      if (!other) return;
      if (button.dataset.move === "-1") other.before(row); else other.after(row);
      renumber();
      changed();
      button.focus();
      say("moved", nameOf(row));
    }));
    row.querySelector("[data-remove]").addEventListener("click", () => {
      if (box) box.querySelector("input").checked = true;
      row.classList.add("is-gone");
      renumber();
      changed();
      say("removed", nameOf(row));
      document.getElementById("credit-button").focus();
    });
  };
  [...rows.children].forEach(prepare);

  const add = (person) => {
    const html = document.getElementById("credits-template").innerHTML.replaceAll("__prefix__", total.value);
    rows.insertAdjacentHTML("beforeend", html);
    total.value = Number(total.value) + 1;
    const row = rows.lastElementChild;
    row.querySelector("[data-name]").textContent = person.name;
    input(row, "person").value = person.id;
    input(row, "title").value = person.title;
    input(row, "organisation_text").value = person.organisation;
    row.classList.add("is-new");
    prepare(row);
    renumber();
    changed();
    dialog.close();
    input(row, "role").focus();
    say("added", person.name);
  };

  // --- The dialog -------------------------------------------------------------------------------
  const opener = document.getElementById("credit-button");
  if (!opener) return;
  const search = document.getElementById("people-search");
  const options = document.getElementById("people-options");
  const found = document.getElementById("people-found");
  const steps = Object.fromEntries([...dialog.querySelectorAll("[data-step]")].map((part) => [part.dataset.step, part]));
  const errors = steps.create.querySelector("[data-errors]");
  let choices = [];
  let active = -1;
  let asked = 0;

  const show = (step) => {
    Object.entries(steps).forEach(([name, part]) => { part.hidden = name !== step; });
    errors.hidden = true;
  };

  opener.hidden = false;
  opener.addEventListener("click", (event) => {
    event.preventDefault();
    search.value = "";
    list([]);
    show("search");
    dialog.showModal();
    search.focus();
  });
  opener.addEventListener("keydown", (event) => { if (event.key === " ") { event.preventDefault(); opener.click(); } });
  dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
  dialog.querySelector("[data-back]").addEventListener("click", () => { show("search"); search.focus(); });
  dialog.addEventListener("close", () => { if (document.activeElement === document.body) opener.focus(); });

  const choose = (choice) => {
    if (choice.id) { add(choice); return; }
    show("create");
    steps.create.reset();
    steps.create.elements.name.value = choice.name;
    steps.create.elements[choice.name ? "other_name" : "name"].focus();
  };

  const mark = (index) => {
    active = index;
    [...options.children].forEach((option, place) => option.setAttribute("aria-selected", String(place === index)));
    const option = options.children[index];
    search.setAttribute("aria-activedescendant", option ? option.id : "");
    option?.scrollIntoView({ block: "nearest" });
  };

  function list(people) {
    const text = search.value.trim();
    choices = text ? [...people, { name: text }] : [];
    options.replaceChildren(...choices.map((choice, index) => {
      const option = document.createElement("li");
      option.id = `people-option-${index}`;
      option.setAttribute("role", "option");
      const name = document.createElement("span");
      name.className = "desk-strong";
      name.textContent = choice.id ? choice.name : found.dataset.create.replace("%s", choice.name);
      option.append(name);
      if (choice.id) {
        const more = document.createElement("span");
        more.className = "desk-quiet desk-small";
        const work = [choice.title, choice.organisation].filter(Boolean).join(", ");
        more.textContent = ["", ...choice.names, work].filter(Boolean).map((part) => ` · ${part}`).join("");
        option.append(more);
      }
      option.addEventListener("click", () => choose(choice));
      return option;
    }));
    search.setAttribute("aria-expanded", String(choices.length > 0));
    mark(choices.length ? 0 : -1);
    if (text) found.textContent = people.length ? found.dataset.some.replace("%s", people.length) : found.dataset.none;
  }

  let waiting;
  search.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      const turn = ++asked;
      const url = new URL(panel.dataset.searchUrl, location.href);
      url.searchParams.set("q", search.value.trim());
      const slot = form.querySelector("[name=slot]")?.value;
      if (slot && !url.searchParams.has("episode")) url.searchParams.set("slot", slot);
      const answer = await fetch(url);
      if (answer.ok && turn === asked) list((await answer.json()).results);
    }, 150);
  });
  search.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      if (choices.length) mark((active + step + choices.length) % choices.length);
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (choices[active]) choose(choices[active]);
    }
  });

  steps.create.addEventListener("submit", async (event) => {
    event.preventDefault();
    const body = new URLSearchParams(new FormData(steps.create));
    body.set("csrfmiddlewaretoken", token);
    const answer = await fetch(panel.dataset.introduceUrl, { method: "POST", body });
    const told = await answer.json().catch(() => ({}));
    if (answer.status === 201) { add(told); return; }
    const sentences = Object.values(told.errors ?? {}).flat().map((error) => error.message);
    errors.textContent = sentences.join(" ") || answer.statusText;
    errors.hidden = false;
    const first = Object.keys(told.errors ?? {}).find((name) => steps.create.elements[name]);
    if (first) steps.create.elements[first].focus();
  });

  // --- Organisations by name --------------------------------------------------------------------
  const names = document.getElementById("organisations");
  let later;
  document.addEventListener("input", (event) => {
    if (event.target.getAttribute?.("list") !== "organisations") return;
    clearTimeout(later);
    later = setTimeout(async () => {
      const answer = await fetch(`${panel.dataset.organisationsUrl}?${new URLSearchParams({ q: event.target.value })}`);
      if (answer.ok) names.replaceChildren(...(await answer.json()).results.map((name) => new Option(name, name)));
    }, 150);
  });
});
