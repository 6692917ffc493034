// A file on its way straight to a bucket, in signed parts. To Transfer this is a tus.Upload: the same
// calls, the same events, the requests made by the same stack. What is acknowledged is whole parts.
class PartsUpload { // eslint-disable-line no-unused-vars -- transfer.js drives it
  static ASKED_AT_ONCE = 20; // addresses; each is good for an hour

  constructor(file, options) {
    Object.assign(this, { file, options, url: options.uploadUrl, over: false });
    this.stack = new tus.DefaultHttpStack({});
  }

  async start() {
    try {
      const { part_size: size, parts: count, arrived } = await this.begin();
      this.options.onUploadUrlAvailable();
      const missing = Array.from({ length: count }, (_, index) => index + 1).filter((number) => !arrived.includes(number));
      let there = arrived.reduce((sum, number) => sum + this.part(number, size).size, 0);
      while (missing.length && !this.over) {
        const numbers = missing.splice(0, PartsUpload.ASKED_AT_ONCE);
        const { addresses } = await this.ask("POST", this.url, { parts: numbers });
        for (const number of numbers) {
          there = await this.send(addresses[number], this.part(number, size), there);
        }
      }
      await this.ask("POST", `${this.url}complete/`);
      if (!this.over) this.options.onSuccess();
    } catch (error) {
      if (!this.over) this.options.onError(error);
    }
  }

  abort() {
    this.over = true;
    this.request?.abort().catch(() => {}); // nothing may have been sent yet
  }

  part(number, size) { return this.file.slice((number - 1) * size, number * size); }

  async begin() {
    if (this.url) return this.ask("GET", this.url);
    const described = await this.ask("POST", this.options.endpoint, { name: this.file.name, size: this.file.size });
    this.url = new URL(described.url, location.href).href;
    return described;
  }

  // Asks Fortnight; a no becomes an error in the form of tus.
  async ask(method, url, content = null) {
    this.stopHere();
    this.request = this.stack.createRequest(method, url);
    if (content) this.request.setHeader("Content-Type", "application/json");
    this.options.onBeforeRequest(this.request);
    const answer = await this.request.send(content && JSON.stringify(content));
    this.stopHere();
    this.options.onAfterResponse(this.request, answer);
    if (answer.getStatus() >= 300) {
      throw Object.assign(new Error(answer.getBody()), { originalRequest: this.request, originalResponse: answer });
    }
    return answer.getStatus() === 204 ? null : JSON.parse(answer.getBody());
  }

  // Sends a part; whatever the bucket has against it, we ask again for what is there and where to send.
  async send(address, part, there) {
    this.stopHere();
    this.request = this.stack.createRequest("PUT", address);
    this.request.setProgressHandler((sent) => this.options.onProgress(there + sent));
    const { request } = this;
    this.options.onPart?.();
    const answer = await request.send(part);
    this.stopHere();
    if (answer.getStatus() >= 300) throw new Error(`the bucket answered ${answer.getStatus()}`);
    const offset = there + part.size;
    this.options.onAfterResponse({ getMethod: () => "PATCH" }, { getStatus: () => 204, getHeader: () => String(offset) });
    return offset;
  }

  stopHere() { if (this.over) throw new Error("it was stopped"); }
}
