// SPDX-License-Identifier: Apache-2.0
// What is known of the cluster: read again on every event, and every few seconds for what no event tells.
import { Refused, parse, read } from './api.js';
import { Stream } from './stream.js';

/** Without the stream, or while a migration moves points, the figures are read this often. */
const QUICK = 2_000;
const CALM = 5_000;

/** Several events of one change are one reason to read. */
const SETTLE = 150;

/** Events that tell of the cluster; others tell of the stream itself. */
const TOLD = new Set(['change', 'migration', 'alarm_raised', 'alarm_ended', 'leader', 'members']);

/** The newest entries of the history that are kept here; the member keeps as many. */
const HISTORY = 1_000;

/**
 * What is read less often: what the member was told, and what this key may do, changes with a restart or with a new key
 * file; for the advice to grow the leader asks the shards.
 */
const AGES = { settings: 30_000, autoscale: 10_000 };

/** What every screen shows something of. */
const ALWAYS = { status: 'cluster/status', settings: 'cluster/settings' };

/** One member's view, kept up to date. `onChange` is called whenever something of it changed. */
export class Feed {
  /** By name: `{path, value, at, trouble}`; a value outlives the trouble of reading it again. */
  known = {};
  paused = false;
  streaming = false;
  /** The last event, for a line that says it. */
  event = null;
  #wanted = ALWAYS;
  #timer = 0;
  #stream = null;
  #reading = null;
  #again = false;

  /** When the first event came that nothing was read after; null if there is none. */
  #told = null;

  constructor(onChange) {
    this.onChange = onChange;
    document.addEventListener('visibilitychange', () => this.#visible());
  }

  /** What the page shows now: paths by name. */
  want(sources) {
    const before = this.#wanted;
    this.#wanted = { ...sources, ...ALWAYS };
    const wanted = Object.entries(this.#wanted);
    for (const [name, path] of wanted) {
      if (this.known[name] && this.known[name].path !== path) delete this.known[name];
    }
    // A letter of a filter changes the address, and nothing that is read.
    if (wanted.some(([name, path]) => before[name] !== path)) this.readSoon(0);
  }

  start() {
    this.paused = false;
    this.#listen();
    this.readSoon(0);
  }

  /** Stops; what is known stays. */
  stop() {
    this.paused = true;
    this.streaming = false;
    this.#stream?.close();
    this.#stream = null;
    this.#cancel();
    this.onChange();
  }

  /** Forgets everything: another key may show something else. */
  forget() {
    this.known = {};
    this.event = null;
    this.stop();
  }

  value(name) {
    return this.known[name]?.value ?? null;
  }

  trouble(name) {
    return this.known[name]?.trouble ?? null;
  }

  /** When the status was read last, in milliseconds; null if never. */
  get asOf() {
    return this.known.status?.at ?? null;
  }

  readSoon(delay = SETTLE) {
    if (this.paused) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.readNow(), delay);
  }

  /** Reads once events have settled, and after QUICK also if they never do. */
  #soon() {
    this.#told ??= performance.now();
    this.readSoon(Math.max(0, Math.min(SETTLE, this.#told + QUICK - performance.now())));
  }

  /** Cancels the next read. */
  #cancel() {
    clearTimeout(this.#timer);
    this.#told = null;
  }

  /** Reads all that is shown; once more if it is asked for meanwhile. */
  async readNow() {
    if (this.#reading) {
      this.#again = true;
      return this.#reading;
    }
    this.#cancel();
    this.#reading = Promise.all(Object.entries(this.#wanted).map(([name, path]) => this.#read(name, path)));
    await this.#reading;
    this.#reading = null;
    const again = this.#again || this.#told !== null;
    this.#again = false;
    if (!document.hidden) this.readSoon(again ? SETTLE : this.#pace());
    // The last: it may want more, and that is read at once.
    this.onChange();
    return undefined;
  }

  #pace() {
    return this.streaming && !this.value('status')?.migration ? CALM : QUICK;
  }

  async #read(name, path) {
    const before = this.known[name];
    if (before?.value && !before.trouble && Date.now() - before.at < (AGES[name] ?? 0)) return;
    let after;
    try {
      const value = name === 'history' ? await this.#history(path) : await read(path);
      after = { path, value, at: Date.now(), trouble: null };
    } catch (failure) {
      const trouble = failure instanceof Refused ? failure : new Refused(0, { detail: `its answer cannot be read: ${failure.message}` });
      after = { ...before, path, trouble };
    }
    // The page may show something else by now.
    if (this.#wanted[name] === path) this.known[name] = after;
  }

  /** Only what is new; entries are never changed. */
  async #history(path) {
    const before = this.value('history') ?? [];
    const last = before.at(-1)?.index;
    const answer = await read(last === undefined ? path : `${path}?since=${last}`);
    return [...before, ...answer.history].slice(-HISTORY);
  }

  #listen() {
    this.#stream?.close();
    this.#stream = new Stream(
      (kind, data) => {
        // Entries are missing in the stream, or the log is another one: what was gathered is worth nothing.
        if (kind === 'gap') delete this.known.history;
        if (TOLD.has(kind)) this.event = parse(data);
        this.#soon();
      },
      (streaming) => {
        this.streaming = streaming;
        this.#soon();
      },
    );
  }

  #visible() {
    if (this.paused) return;
    if (document.hidden) {
      this.#stream?.close();
      this.#stream = null;
      this.streaming = false;
      this.#cancel();
    } else {
      this.#listen();
      this.readSoon(0);
    }
  }
}
