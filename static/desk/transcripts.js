// Sends a transcript and its names without leaving the page. Without this file the forms post plainly.
document.addEventListener("DOMContentLoaded", () => {
  const panel = document.getElementById("transcripts-panel");
  if (!panel) return;
  const status = document.getElementById("transcripts-status");
  const part = (selector) => panel.querySelector(selector);
  const player = () => document.querySelector("#audio audio");
  let sending = false;

  const problem = (text) => {
    const box = part("[data-problem]");
    if (!box) return;
    box.textContent = text;
    box.hidden = !text;
  };

  const put = (html, kept) => {
    panel.innerHTML = html;
    prepare();
    const refused = part("[data-refused]");
    if (refused && kept) {
      part("#transcript-text").value = kept;
      part("[data-paste]").open = true;
    }
    const told = part("[data-message]");
    if (told) status.textContent = told.querySelector("p").textContent;
    (refused ?? told)?.focus(); // what was pressed is gone with the old panel
  };

  const send = async (address, body, kept = "") => {
    if (sending) return;
    sending = true;
    panel.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(address, { method: "POST", headers: { "X-Requested-With": "fetch" }, body });
      if (answer.ok || answer.status === 422) put(await answer.text(), kept);
      else problem(answer.statusText || String(answer.status));
    } catch {
      problem(status.dataset.lost);
    } finally {
      sending = false;
      panel.removeAttribute("aria-busy");
    }
  };

  const upload = (file) => {
    const form = document.getElementById("transcript-form");
    const body = new FormData(form);
    const text = String(body.get("text") ?? "");
    body.delete("text");
    body.delete("file");
    const chosen = file ?? (text.trim() ? new File([text], "pasted") : null);
    if (!chosen) { part("#transcript-file").click(); return; }
    const limits = part("[data-transcripts]").dataset;
    if (chosen.size > Number(limits.limit)) { problem(limits.tooLarge); return; }
    problem("");
    body.set("file", chosen);
    send(form.action, body, text);
  };

  const prepare = () => {
    const audio = player();
    panel.querySelectorAll("[data-play]").forEach((button) => {
      button.disabled = !audio;
      button.addEventListener("click", () => {
        const sound = player();
        if (!sound) return;
        sound.currentTime = Number(button.dataset.play) / 1000;
        sound.play();
      });
    });
    const drop = part("[data-drop]");
    if (!drop) return;
    const chooser = part("#transcript-file");
    chooser.hasChangeListener = true; // the theme would look for the parts of its own file field
    chooser.addEventListener("change", () => { if (chooser.files[0]) upload(chooser.files[0]); });
    ["dragover", "dragenter"].forEach((kind) => drop.addEventListener(kind, (event) => { event.preventDefault(); drop.classList.add("is-over"); }));
    ["dragleave", "drop"].forEach((kind) => drop.addEventListener(kind, () => drop.classList.remove("is-over")));
    drop.addEventListener("drop", (event) => {
      event.preventDefault();
      if (event.dataTransfer.files[0]) upload(event.dataTransfer.files[0]);
    });
  };

  document.getElementById("transcript-form")?.addEventListener("submit", (event) => {
    event.preventDefault();
    upload(part("#transcript-file").files[0]);
  });
  document.getElementById("speakers-form")?.addEventListener("submit", (event) => {
    event.preventDefault();
    const button = event.submitter;
    const body = new FormData(event.target);
    if (button) body.set(button.name, button.value);
    send(button?.getAttribute("formaction") ?? event.target.action, body);
  });
  prepare();
});
