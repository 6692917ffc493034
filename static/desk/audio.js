// Sends the audio with progress and watches it being read. Without this file the form posts plainly.
document.addEventListener("DOMContentLoaded", () => {
  const panel = document.getElementById("audio-panel");
  const form = document.getElementById("audio-form");
  if (!panel) return;
  const status = document.getElementById("audio-status");
  const headers = { "X-Requested-With": "fetch" };
  const part = (selector) => panel.querySelector(selector);
  let sending = false;

  const put = (html) => {
    const wasBusy = part("[data-audio]")?.hasAttribute("data-busy");
    panel.innerHTML = html;
    const busy = part("[data-audio]").hasAttribute("data-busy");
    const message = part("[data-message]");
    if (message) status.textContent = message.textContent.trim();
    else if (wasBusy) status.textContent = part("#audio-facts")?.textContent.replace(/\s+/g, " ").trim() ?? "";
    if (wasBusy && !busy) refreshRelease();
    prepare();
    if (busy) setTimeout(ask, 1000);
  };

  const ask = async () => {
    try {
      const answer = await fetch(panel.dataset.url, { headers });
      if (answer.ok && !sending) put(await answer.text());
    } catch {
      setTimeout(ask, 3000);
    }
  };

  // What a release still needs has changed with the audio; take that part of the page anew.
  const refreshRelease = async () => {
    const answer = await fetch(location.pathname);
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("release");
    const old = document.getElementById("release");
    if (fresh && old) old.replaceWith(fresh);
    const chapters = page.getElementById("chapters-rows");
    const shown = document.getElementById("chapters-rows");
    if (chapters && shown && !shown.children.length && chapters.children.length) {
      shown.closest("section").replaceWith(page.getElementById("chapters"));
      document.dispatchEvent(new Event("desk:chapters"));
    }
  };

  const problem = (text) => {
    const box = part("[data-problem]");
    box.textContent = text;
    box.hidden = !text;
  };

  const send = (file) => {
    const limits = part("[data-audio]").dataset;
    if (file.size > Number(limits.limit)) { problem(limits.tooLarge); return; }
    problem("");
    const body = new FormData(form);
    body.set("file", file);
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("X-Requested-With", "fetch");
    const progress = part("[data-progress]");
    progress.hidden = false;
    request.upload.addEventListener("progress", (event) => {
      const percent = Math.round((100 * event.loaded) / event.total);
      progress.querySelector("progress").value = percent;
      progress.querySelector("[data-percent]").textContent = `${file.name}: ${percent} %`;
    });
    const finish = () => { sending = false; };
    request.addEventListener("load", () => {
      finish();
      if (request.status === 200 || request.status === 422) put(request.responseText);
      else { progress.hidden = true; problem(request.statusText || String(request.status)); }
    });
    request.addEventListener("error", () => {
      finish();
      progress.hidden = true;
      problem(part("[data-problem]").dataset.lost);
    });
    sending = true;
    part("[data-upload]").disabled = true;
    request.addEventListener("loadend", () => { const button = part("[data-upload]"); if (button) button.disabled = false; });
    request.send(body);
  };

  const prepare = () => {
    const drop = part("[data-drop]");
    const chooser = part("#audio-file");
    if (!drop) return;
    chooser.hasChangeListener = true; // the theme would look for the parts of its own file field
    chooser.addEventListener("change", () => { if (chooser.files[0]) send(chooser.files[0]); });
    ["dragover", "dragenter"].forEach((kind) => drop.addEventListener(kind, (event) => { event.preventDefault(); drop.classList.add("is-over"); }));
    ["dragleave", "drop"].forEach((kind) => drop.addEventListener(kind, () => drop.classList.remove("is-over")));
    drop.addEventListener("drop", (event) => {
      event.preventDefault();
      if (event.dataTransfer.files[0]) send(event.dataTransfer.files[0]);
    });
  };

  form?.addEventListener("submit", (event) => {
    event.preventDefault();
    const file = part("#audio-file")?.files[0];
    if (file && !sending) send(file); else part("#audio-file")?.click();
  });
  document.getElementById("retry-form")?.addEventListener("submit", async (event) => {
    event.preventDefault();
    const answer = await fetch(event.target.action, { method: "POST", headers, body: new FormData(event.target) });
    put(await answer.text());
  });
  prepare();
  if (part("[data-busy]")) setTimeout(ask, 1000);
});
