// The episode's page: slug from the title, preview of the notes, times in UTC.
// Without this file everything still works; it only saves steps.
document.addEventListener("DOMContentLoaded", () => {
  const form = document.getElementById("episode_form");
  if (!form) return;
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  const field = (name) => form.querySelector(`[name=${name}]`);

  // --- Unsaved text is not left behind by accident ----------------------------------------------
  let unsaved = Boolean(form.querySelector(":scope > [role=alert]"));
  form.addEventListener("input", (event) => { if (event.target.form === form) unsaved = true; });
  form.addEventListener("submit", () => { unsaved = false; });
  window.addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });

  document.querySelectorAll("[data-placeholder]").forEach(setPlaceholder);
  function setPlaceholder(holder) {
    const input = holder.querySelector("input");
    if (input) input.placeholder = holder.dataset.placeholder;
  }

  // --- The address follows the title of a new episode until somebody writes one -----------------
  const title = field("title");
  const slug = field("slug");
  if (form.dataset.add && title && slug) {
    let own = slug.value !== "";
    let waiting;
    slug.addEventListener("input", () => { own = slug.value !== ""; });
    title.addEventListener("input", () => {
      clearTimeout(waiting);
      if (own) return;
      waiting = setTimeout(async () => {
        const query = new URLSearchParams({ show: field("show").value, title: title.value, number: field("number").value });
        const answer = await fetch(`${form.dataset.slugUrl}?${query}`);
        if (answer.ok && !own) slug.value = title.value ? (await answer.json()).slug : "";
      }, 250);
    });
  }

  // --- Notes: the site's own renderer ----------------------------------------------------------
  const button = document.getElementById("notes-preview-button");
  const preview = document.getElementById("notes-preview");
  const notes = field("notes");
  if (button && notes) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const showing = button.getAttribute("aria-expanded") === "true";
      if (!showing) {
        const body = new URLSearchParams({ notes: notes.value, csrfmiddlewaretoken: token });
        const answer = await fetch(button.dataset.url, { method: "POST", body });
        if (!answer.ok) return;
        preview.innerHTML = await answer.text();
      }
      button.setAttribute("aria-expanded", String(!showing));
      button.textContent = showing ? button.dataset.show : button.dataset.write;
      preview.hidden = showing;
      notes.hidden = !showing;
    });
  }

  // --- The same moment in UTC while it is chosen ------------------------------------------------
  const schedule = document.querySelector("[data-schedule]");
  if (schedule) {
    const day = document.getElementById("release-date");
    const time = document.getElementById("release-time");
    const offsetAt = (moment) => {
      const parts = Object.fromEntries(new Intl.DateTimeFormat("en-GB", { timeZone: schedule.dataset.zone, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" }).formatToParts(moment).map((part) => [part.type, part.value]));
      return Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute) - moment;
    };
    const update = () => {
      const wall = Date.parse(`${day.value}T${time.value}Z`);
      if (Number.isNaN(wall)) return;
      const moment = new Date(wall - offsetAt(new Date(wall)));
      const text = new Intl.DateTimeFormat(document.documentElement.lang, { timeZone: "UTC", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(moment);
      schedule.querySelector("[data-utc-text]").textContent = schedule.dataset.utc.replace("%s", text);
    };
    day.addEventListener("input", update);
    time.addEventListener("input", update);
  }
});
