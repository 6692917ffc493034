/* The player: what the browser's own controls lack. Without this file those controls stay.

   One audio element, one board of controls, chapters and time links anywhere on the page. The place
   and the speed are kept in localStorage, on the listener's device and nowhere else. */

const root = document.querySelector("[data-player]");
if (root) start(root);

function start(root) {
  const find = (name) => root.querySelector(`[data-${name}]`);
  const audio = find("audio"), board = find("board"), play = find("play"), seek = find("seek");
  const elapsed = find("elapsed"), left = find("left"), now = find("now"), speed = find("speed");
  const help = find("help"), status = find("status"), wave = find("wave");
  const whole = Number(root.dataset.seconds);
  const chapters = [...document.querySelectorAll("[data-chapters] > li")].map((item) => ({
    item,
    link: item.querySelector("a"),
    start: Number(item.dataset.start),
    title: item.querySelector(".chapters__title").textContent,
  }));
  let waiting = null; // a place to go to as soon as the browser knows the file
  let current = null; // the chapter that is being heard
  let saved = 0;

  const keep = {
    read(name) { try { return localStorage.getItem(`fortnight:${name}`); } catch { return null; } },
    write(name, value) { try { localStorage.setItem(`fortnight:${name}`, value); } catch { /* private mode */ } },
    drop(name) { try { localStorage.removeItem(`fortnight:${name}`); } catch { /* private mode */ } },
  };
  const placeKey = `place:${root.dataset.uid}`;

  const length = () => (Number.isFinite(audio.duration) && audio.duration > 0 ? audio.duration : whole);
  const place = () => (waiting === null ? audio.currentTime : waiting);

  function clock(value) {
    const s = Math.max(0, Math.floor(value)), h = Math.floor(s / 3600), m = Math.floor(s / 60) % 60;
    const two = (n) => String(n).padStart(2, "0");
    return h ? `${h}:${two(m)}:${two(s % 60)}` : `${m}:${two(s % 60)}`;
  }

  function go(to) {
    const target = Math.min(Math.max(0, to), Math.max(0, length() - 0.25));
    if (audio.readyState >= 1) { waiting = null; audio.currentTime = target; } else waiting = target;
    show();
  }

  async function begin() {
    if (waiting !== null && audio.readyState < 1) audio.load();
    try { await audio.play(); } catch (error) { if (error.name === "NotSupportedError") fail(); }
  }

  const toggle = () => (audio.paused ? begin() : audio.pause());

  function fail() { status.textContent = status.dataset.failed; now.textContent = status.dataset.failed; }

  function show() {
    const at = place(), end = length();
    seek.max = String(end);
    seek.value = String(at);
    root.style.setProperty("--played", `${(at / end) * 100}%`);
    seek.setAttribute("aria-valuetext", `${clock(at)} ${seek.dataset.of} ${clock(end)}`);
    elapsed.textContent = clock(at);
    left.textContent = at > 0 ? `−${clock(end - at)}` : clock(end);
    showChapter(at);
  }

  function showChapter(at) {
    const heard = at > 0 || !audio.paused ? chapters.findLast((chapter) => chapter.start <= at + 0.05) : null;
    if (heard === current) return;
    for (const chapter of chapters) {
      const is = chapter === heard;
      chapter.item.classList.toggle("is-current", is);
      if (is) chapter.link.setAttribute("aria-current", "true");
      else chapter.link.removeAttribute("aria-current");
    }
    current = heard ?? null;
    now.textContent = current ? current.title : root.dataset.title;
    describe();
  }

  function describe() {
    if (!("mediaSession" in navigator)) return;
    const { title, show: album, author, artwork } = root.dataset;
    navigator.mediaSession.metadata = new MediaMetadata({
      title: current ? `${current.title} · ${title}` : title,
      artist: author,
      album,
      artwork: artwork ? [{ src: artwork, sizes: "600x600" }] : [],
    });
  }

  function remember(force) {
    const at = audio.currentTime;
    if (!force && Math.abs(at - saved) < 5) return;
    saved = at;
    if (at < 5 || at > length() - 10) keep.drop(placeKey);
    else keep.write(placeKey, at.toFixed(1));
  }

  function fromHash(hash) {
    const match = /^#t=(?:(?:(\d+):)?(\d{1,2}):)?(\d+(?:\.\d+)?)/.exec(hash);
    if (!match) return null;
    return Number(match[1] ?? 0) * 3600 + Number(match[2] ?? 0) * 60 + Number(match[3]);
  }

  function faster(step) {
    const next = speed.options[speed.selectedIndex + step];
    if (next) { speed.value = next.value; speed.dispatchEvent(new Event("change")); }
  }

  /* The board takes the place of the browser's controls only now that it works. */
  audio.controls = false;
  board.hidden = false;
  if (wave) { seek.before(wave); root.classList.add("has-wave"); } // the slider lies on it

  play.addEventListener("click", toggle);
  for (const button of root.querySelectorAll("[data-skip]")) {
    button.addEventListener("click", () => go(place() + Number(button.dataset.skip)));
  }
  seek.addEventListener("input", () => go(Number(seek.value)));
  speed.addEventListener("change", () => {
    audio.playbackRate = audio.defaultPlaybackRate = Number(speed.value);
    keep.write("speed", speed.value);
  });
  find("keys").addEventListener("click", () => help.showModal());

  audio.addEventListener("loadedmetadata", () => {
    if (waiting !== null) { audio.currentTime = waiting; waiting = null; }
    show();
  });
  audio.addEventListener("timeupdate", () => { if (waiting === null) { show(); remember(false); } });
  audio.addEventListener("play", () => { root.classList.add("is-playing"); play.setAttribute("aria-label", play.dataset.labelPause); describe(); });
  audio.addEventListener("pause", () => { root.classList.remove("is-playing"); play.setAttribute("aria-label", play.dataset.labelPlay); remember(true); });
  audio.addEventListener("ended", () => keep.drop(placeKey));
  audio.addEventListener("error", fail);
  addEventListener("pagehide", () => { if (waiting === null && audio.currentTime > 0) remember(true); });

  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#t="]');
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    history.replaceState(null, "", link.hash);
    go(fromHash(link.hash) ?? 0);
    begin();
  });
  addEventListener("hashchange", () => {
    const to = fromHash(location.hash);
    if (to !== null) go(to);
  });

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || help.open) return;
    const on = event.target;
    if (on.closest("input:not([type=range]), textarea, select, [contenteditable]")) return;
    const busy = on.closest("button, a, summary, input");
    const keys = {
      k: toggle, j: () => go(place() - 15), l: () => go(place() + 30),
      "<": () => faster(-1), ">": () => faster(1), "?": () => help.showModal(),
    };
    if (!busy) Object.assign(keys, { " ": toggle });
    if (!busy || on === seek || on === play) Object.assign(keys, { ArrowLeft: keys.j, ArrowRight: keys.l });
    const act = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (act) { event.preventDefault(); act(); }
  });

  if ("mediaSession" in navigator) {
    const on = (action, handler) => { try { navigator.mediaSession.setActionHandler(action, handler); } catch { /* not known here */ } };
    on("play", begin);
    on("pause", () => audio.pause());
    on("seekbackward", (detail) => go(place() - (detail.seekOffset ?? 15)));
    on("seekforward", (detail) => go(place() + (detail.seekOffset ?? 30)));
    on("seekto", (detail) => go(detail.seekTime));
    if (chapters.length) {
      on("previoustrack", () => go((chapters.findLast((chapter) => chapter.start < place() - 3) ?? chapters[0]).start));
      on("nexttrack", () => { const next = chapters.find((chapter) => chapter.start > place()); if (next) go(next.start); });
    }
  }

  const rate = keep.read("speed");
  if (rate && [...speed.options].some((option) => option.value === rate)) {
    speed.value = rate;
    audio.playbackRate = audio.defaultPlaybackRate = Number(rate);
  }
  const asked = fromHash(location.hash), leftOff = Number(keep.read(placeKey));
  if (asked !== null) go(asked);
  else if (leftOff > 0 && leftOff < length()) go(leftOff);
  else show();
}
