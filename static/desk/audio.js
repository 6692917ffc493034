// Watches what becomes of the episode's audio and shows it as it changes, part by part, so that a
// file that is on its way or being listened to is left alone. Without this file one reloads the page.
//
// Parts of the panel carry data-part; whatever is still at work carries data-busy and is asked for.
// After each change "desk:audio" is sent to the document, for scripts that draw in the panel.
document.addEventListener("DOMContentLoaded", () => {
  const panel = document.getElementById("audio-panel");
  if (!panel) return;
  const status = document.getElementById("audio-status");
  const headers = { "X-Requested-With": "fetch" };
  const DELAYS = [1000, 1000, 1000, 1000, 2000, 2000, 3000, 5000]; // ms; the last for ever after
  let asked = 0;
  let waiting;

  const partsOf = (root) => [...root.querySelectorAll("[data-part]")];
  const uploadsOf = (root) => [...root.querySelectorAll("[data-upload]")];
  const served = new Map(partsOf(panel).map((part) => [part.dataset.part, part.innerHTML]));
  const settled = new Set(uploadsOf(panel).filter((each) => !each.hasAttribute("data-busy")).map((each) => each.dataset.upload));
  const told = new Map(uploadsOf(panel).map((each) => [each.dataset.upload, each.dataset.state]));

  const put = (html) => {
    const fresh = new DOMParser().parseFromString(html, "text/html");
    const audioBefore = panel.querySelector("[data-part=sound]")?.dataset.version;
    partsOf(fresh).forEach((part) => {
      const shown = panel.querySelector(`[data-part=${part.dataset.part}]`);
      if (!shown || served.get(part.dataset.part) === part.innerHTML) return;
      served.set(part.dataset.part, part.innerHTML);
      shown.replaceWith(document.importNode(part, true));
    });
    // Who waited for a file is told that it was accepted; who comes later sees it by the audio.
    uploadsOf(panel).forEach((each) => { if (each.dataset.state === "accepted" && !settled.has(each.dataset.upload)) each.hidden = false; });
    tell();
    document.dispatchEvent(new Event("desk:audio"));
    if (panel.querySelector("[data-part=sound]")?.dataset.version !== audioBefore) refreshRelease();
    watch();
  };

  // Said once for each turn that an upload takes.
  const tell = () => {
    const news = uploadsOf(panel).filter((each) => !each.hidden && told.get(each.dataset.upload) !== each.dataset.state);
    news.forEach((each) => told.set(each.dataset.upload, each.dataset.state));
    if (news.length) status.textContent = news.map((each) => each.querySelector("[data-words]").textContent.replace(/\s+/g, " ").trim()).join(" ");
  };

  const watch = () => {
    clearTimeout(waiting);
    if (!panel.querySelector("[data-busy]")) return;
    waiting = setTimeout(ask, DELAYS[Math.min(asked, DELAYS.length - 1)]);
    asked += 1;
  };

  const ask = async () => {
    try {
      const answer = await fetch(panel.dataset.url, { headers });
      if (answer.ok && !answer.redirected) { put(await answer.text()); return; }
    } catch { /* the connection is lost for now */ }
    clearTimeout(waiting);
    waiting = setTimeout(ask, 3000);
  };

  const askSoon = () => { asked = 0; ask(); };

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

  document.querySelectorAll("#retry-form, #versions-form, #listening-form").forEach((form) => form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const answer = await fetch(event.target.action, { method: "POST", headers, body: new FormData(event.target, event.submitter) });
      if (answer.redirected) event.target.submit(); // signed out: the page itself asks to sign in
      else { asked = 0; put(await answer.text()); }
    } catch {
      askSoon();
    }
  }));
  document.addEventListener("desk:uploaded", askSoon);
  watch();
});
