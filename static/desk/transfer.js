// One file on its way to the server, over tus. What it says of itself is what the server has said:
// `offset` is what the server acknowledged, and `state` is "stored" only after its last answer.
//
// States: waiting, connecting, sending, checking (all is sent, no answer yet), paused, lost (goes on
// by itself), signedout (likewise), changed (the file here can no longer be read), gone (the part
// there is no more), problem (the server said no; `sentence` says why), stored.
class Transfer { // eslint-disable-line no-unused-vars -- uploads.js drives it
  static PIECE = 1024 * 1024; // the first request; later ones follow the speed of the line
  static LARGEST_PIECE = 64 * Transfer.PIECE; // bodies that proxies and CDNs commonly let through
  static SMALLEST_PIECE = Transfer.PIECE / 2;
  static SECONDS_A_PIECE = 2; // how often the server acknowledges, and so how often figures move
  static DELAYS = [500, 1000, 2000, 4000, 8000, 15000];
  static SILENCE = 12000; // ms without a byte moved or an answer: the connection is lost
  static SILENCE_AT_THE_END = 90000; // the same while the server writes what was sent to its disk
  static ACTIVE = ["waiting", "connecting", "sending", "checking", "lost", "signedout"];

  constructor({ file, endpoint, episode, parts = false, url = "", offset = 0, token, renew, changed }) {
    Object.assign(this, { file, endpoint, episode, parts, url, offset, token, renew, changed });
    this.size = file.size;
    this.state = "waiting";
    this.sentence = "";
    this.status = 0; // of the answer that was no good, if there was one
    this.attempts = 0;
    this.heard = [];
    this.sentThisPiece = 0;
    this.round = 0;
    this.renewed = false; // the token of forms was taken anew since the last good answer
  }

  get active() { return Transfer.ACTIVE.includes(this.state); }
  get percent() { return Math.floor((100 * this.offset) / this.size); }

  // Bytes a second over the last ten seconds of acknowledgements; falls while nothing comes.
  get speed() {
    const [first] = this.heard;
    const seconds = first ? (performance.now() - first.at) / 1000 : 0;
    return seconds < 1 ? null : (this.offset - first.offset) / seconds;
  }

  get secondsLeft() { return this.speed ? (this.size - this.offset) / this.speed : null; }

  start() {
    this.stop();
    this.set(this.state === "lost" || this.state === "signedout" ? this.state : "connecting");
    this.heard = [];
    this.patience = Transfer.SILENCE;
    this.lastMove = performance.now();
    this.watch = setInterval(() => this.listen(), 500);
    const Upload = this.parts ? PartsUpload : tus.Upload;
    this.upload = new Upload(this.file, this.options());
    this.upload.start();
  }

  pause() {
    this.stop();
    this.set("paused");
    [400, 2000].forEach((delay) => setTimeout(() => this.ask(), delay)); // the last bytes may have arrived
  }

  // Ends requests and timers; what is on the server stays there.
  stop() {
    clearInterval(this.watch);
    clearTimeout(this.again);
    this.upload?.abort();
    this.upload = null;
    this.round += 1; // what is still being awaited is out of date
  }

  // Other windows of this browser see by this that the upload is in hands.
  hold() {
    if (this.release || !this.url || !navigator.locks) return;
    navigator.locks.request(Transfer.lockOf(this.url), { ifAvailable: true }, (lock) => lock && new Promise((let_go) => { this.release = let_go; }));
  }

  static lockOf(url) { return `fortnight-upload ${new URL(url, location.href).pathname}`; }

  // Deletes what is on the server; false when that could not be said to it.
  async discard() {
    this.stop();
    const gone = !this.url || await Transfer.discard(this.url, this.token());
    if (gone) this.release?.();
    return gone;
  }

  static async discard(url, token, tries = 5) {
    const headers = { "Tus-Resumable": "1.0.0", "X-CSRFToken": token, "X-Requested-With": "fetch" };
    const answer = await fetch(url, { method: "DELETE", headers, redirect: "manual" }).catch(() => null);
    if ([409, 423].includes(answer?.status) && tries > 1) { // the request that was just given up is still ending
      await new Promise((resolve) => { setTimeout(resolve, 500); });
      return Transfer.discard(url, token, tries - 1);
    }
    if (![204, 404, 410].includes(answer?.status)) return false;
    const storage = tus.defaultOptions.urlStorage;
    const known = await storage.findAllUploads();
    const same = known.filter((each) => Transfer.lockOf(each.uploadUrl) === Transfer.lockOf(url));
    await Promise.all(same.map((each) => storage.removeUpload(each.urlStorageKey)));
    return true;
  }

  // Whether this browser knows that an upload was begun from another state of the file.
  static async isAnother(file, url) {
    const known = await tus.defaultOptions.urlStorage.findAllUploads();
    const begun = known.find((each) => Transfer.lockOf(each.uploadUrl) === Transfer.lockOf(url))?.metadata?.modified;
    return begun !== undefined && begun !== String(file.lastModified);
  }

  options() {
    const { name, size, lastModified } = this.file;
    return {
      endpoint: this.url ? null : this.endpoint, // else a failed question would begin a new upload
      uploadUrl: this.url || null,
      metadata: { filename: name, modified: String(lastModified) },
      chunkSize: this.piece ?? Transfer.PIECE,
      parallelUploads: 1,
      retryDelays: null, // we go on for ever, and say so
      storeFingerprintForResuming: true,
      removeFingerprintOnSuccess: true,
      fingerprint: async () => `fortnight-${this.episode}-${name}-${size}-${lastModified}`,
      onBeforeRequest: (request) => this.sending(request),
      onAfterResponse: (request, answer) => this.answered(request, answer),
      onPart: () => { this.begun = performance.now(); this.sentThisPiece = 0; },
      onProgress: (sent) => this.moved(sent),
      onUploadUrlAvailable: () => this.placed(),
      onSuccess: () => { this.stop(); this.release?.(); this.offset = this.size; this.set("stored"); },
      onError: (error) => this.failed(error),
    };
  }

  sending(request) {
    request.setHeader("X-CSRFToken", this.token());
    request.setHeader("X-Requested-With", "fetch");
    this.begun = performance.now();
    this.lastMove = this.begun;
    this.sentThisPiece = 0;
    this.patience = Transfer.SILENCE;
  }

  answered(request, answer) {
    this.lastMove = performance.now();
    const offset = Number.parseInt(answer.getHeader("Upload-Offset"), 10);
    if (answer.getStatus() >= 300 || Number.isNaN(offset)) return;
    if (request.getMethod() === "PATCH") {
      Object.assign(this, { attempts: 0, renewed: false });
      this.fit(offset - this.offset);
    }
    this.offset = offset;
    this.note();
    if (offset < this.size) this.set("sending");
  }

  // The next request is as large as the line carries in about two seconds.
  fit(bytes) {
    const seconds = Math.max(0.05, (performance.now() - this.begun) / 1000);
    const wanted = (bytes / seconds) * Transfer.SECONDS_A_PIECE;
    const most = Math.min(Transfer.LARGEST_PIECE, 4 * (this.piece ?? Transfer.PIECE));
    this.piece = Math.round(Math.max(Transfer.SMALLEST_PIECE, Math.min(most, wanted)));
    if (this.upload) this.upload.options.chunkSize = this.piece;
  }

  note() {
    const now = performance.now();
    this.heard.push({ at: now, offset: this.offset });
    while (this.heard.length > 2 && now - this.heard[1].at > 10000) this.heard.shift();
  }

  moved(sent) {
    if (sent > this.sentThisPiece) this.lastMove = performance.now();
    this.sentThisPiece = sent;
    if (sent < Math.min(this.size, this.offset + (this.piece ?? Transfer.PIECE))) return;
    this.patience = Transfer.SILENCE_AT_THE_END; // now it is for the server to answer
    if (sent === this.size && this.offset < this.size && this.state === "sending") this.set("checking");
  }

  placed() {
    this.url = this.upload.url;
    this.upload.options.endpoint = null;
    this.hold();
    if (this.state !== "sending") this.set("sending");
  }

  // A connection can die without a word; a stalled one is given up and asked for anew.
  listen() {
    const patience = navigator.onLine ? this.patience : Math.min(this.patience, 3000);
    if (performance.now() - this.lastMove > patience) this.lose();
    else this.changed(this);
  }

  lose(status = 0) {
    this.stop();
    this.status = status;
    this.piece = Math.max(Transfer.SMALLEST_PIECE, Math.round((this.piece ?? Transfer.PIECE) / 2));
    const delay = Transfer.DELAYS[Math.min(this.attempts, Transfer.DELAYS.length - 1)];
    this.attempts += 1;
    this.set("lost");
    // A body that is turned away may look like a broken line: see to the log-in when it lasts.
    this.again = setTimeout(() => { if (this.attempts > 2) this.comeBack(); else this.start(); }, delay);
  }

  // The browser is back on the network, or the person at the desk presses "Try now".
  hurry() {
    if (this.state === "lost") { this.attempts = 1; this.start(); }
    if (this.state === "signedout") this.comeBack();
  }

  async failed(error) {
    const answer = error.originalResponse && Transfer.read(error); // an ended request forgets its answer
    this.stop();
    const { round } = this;
    if (!answer) {
      const readable = await this.readable();
      if (round !== this.round) return;
      if (readable) this.lose(); else this.set("changed");
    } else if (answer.leadsToLogIn) this.comeBack(answer);
    else if (this.passes(answer)) this.lose([408, 429].includes(answer.status) || answer.status >= 500 ? answer.status : 0);
    else if ([404, 410].includes(answer.status) && this.url) this.set("gone");
    else this.refuse(answer);
  }

  static read({ originalRequest, originalResponse }) {
    const status = originalResponse.getStatus();
    const { responseURL } = originalRequest.getUnderlyingObject();
    const asked = new URL(originalRequest.getURL(), location.href);
    const led = Boolean(responseURL) && new URL(responseURL).pathname !== asked.pathname;
    return { status, sentence: Transfer.sentenceOf(originalResponse), leadsToLogIn: led || status === 401 || status === 403 };
  }

  // Whether a no may be a yes later: the server or a proxy is not well, or sorts out what was cut off.
  passes({ status, sentence }) {
    if (status === 400) return Boolean(this.url) && this.attempts < 5;
    if (status === 429) return !sentence; // with a sentence it is ours, and final
    return [408, 409, 423, 425, 460].includes(status) || (status >= 500 && status !== 507);
  }

  refuse({ status, sentence }) {
    Object.assign(this, { status, sentence });
    this.set("problem");
  }

  // A log-in changes the token of forms: take the new one and see whether it opens the door.
  async comeBack(answer = null) {
    this.stop();
    const { round } = this;
    const found = await this.renew();
    if (round !== this.round) return;
    if (found === "lost") this.lose();
    else if (found === "signedout") {
      this.set("signedout");
      this.again = setTimeout(() => this.comeBack(), 4000);
    } else if (answer && this.renewed) this.refuse(answer);
    else { this.renewed ||= Boolean(answer); this.start(); }
  }

  async readable() {
    try {
      const last = Math.max(0, Math.min(this.offset, this.size - 1));
      return (await this.file.slice(last, last + 1).arrayBuffer()).byteLength === 1;
    } catch {
      return false;
    }
  }

  // What the server has now; for a pause, when no request is under way that would tell.
  async ask() {
    if (!this.url || this.state !== "paused") return;
    try {
      const answer = await fetch(this.url, { method: "HEAD", headers: { "Tus-Resumable": "1.0.0" }, redirect: "manual" });
      const offset = Number.parseInt(answer.headers.get("Upload-Offset"), 10);
      if (this.state !== "paused" || !answer.ok || Number.isNaN(offset)) return;
      this.offset = offset;
      if (offset === this.size) this.start(); // all of it is there, and only the answer was missed
      else this.changed(this);
    } catch { /* what was acknowledged before stands */ }
  }

  static sentenceOf(answer) {
    const body = answer.getBody() ?? "";
    if (/json/.test(answer.getHeader("Content-Type") ?? "")) {
      try {
        const told = JSON.parse(body);
        return told.detail || told.message || "";
      } catch { return ""; }
    }
    return /^text\/plain/.test(answer.getHeader("Content-Type") ?? "") ? body.slice(0, 500) : "";
  }

  set(state) {
    const before = this.state;
    this.state = state;
    if (state === "sending" || state === "connecting") this.status = 0;
    this.changed(this, before !== state);
  }
}
