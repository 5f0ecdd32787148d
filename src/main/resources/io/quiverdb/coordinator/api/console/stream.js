// SPDX-License-Identifier: Apache-2.0
// The event stream, read with fetch: an EventSource sends no header, and a key does not belong into a URL.
import { BASE, headers, parse } from './api.js';

/** The member sends a heartbeat more often than this. */
const SILENCE = 30_000;
const RETRY = 2_000;

/** While the stream is refused (too many listeners, an older member), polling is all there is. */
const REFUSED_RETRY = 30_000;

/** Follows the events until it is closed. */
export class Stream {
  #last = '';
  #closed = false;

  /** The member has ended the stream only because it was old: it goes on at once. */
  #renewed = false;
  #abort = null;
  #timer = 0;

  /** `onEvent` gets each event's data; `onState` whether the stream is there. */
  constructor(onEvent, onState) {
    this.onEvent = onEvent;
    this.onState = onState;
    this.#run();
  }

  close() {
    this.#closed = true;
    this.#abort?.abort();
    clearTimeout(this.#timer);
  }

  async #run() {
    let wait = RETRY;
    try {
      wait = await this.#follow();
    } catch {
      // The line broke, or was cut after a silence: the next attempt goes on behind the last event.
    }
    this.#abort?.abort();
    if (this.#closed) return;
    if (wait > 0) this.onState(false);
    this.#timer = setTimeout(() => this.#run(), wait);
  }

  async #follow() {
    this.#abort = new AbortController();
    this.#renewed = false;
    const more = { Accept: 'text/event-stream' };
    if (this.#last !== '') more['Last-Event-ID'] = this.#last;
    const response = await fetch(new URL('cluster/events', BASE), {
      headers: headers(more),
      cache: 'no-store',
      signal: this.#abort.signal,
    });
    if (!response.ok) return REFUSED_RETRY;
    this.onState(true);
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = '';
    for (;;) {
      const silence = setTimeout(() => this.#abort.abort(), SILENCE);
      const { value, done } = await reader.read().finally(() => clearTimeout(silence));
      if (done) return this.#renewed ? 0 : RETRY;
      const blocks = (rest + value).split(/\r?\n\r?\n/);
      rest = blocks.pop();
      blocks.forEach((block) => this.#take(block));
    }
  }

  #take(block) {
    let kind = 'message';
    const data = [];
    for (const line of block.split(/\r?\n/)) {
      const [, field, value] = /^([^:]*):? ?(.*)$/.exec(line);
      if (field === 'id') this.#last = value;
      else if (field === 'event') kind = value;
      else if (field === 'data') data.push(value);
    }
    if (kind === 'end') this.#renewed = parse(data.join('\n')).reason === 'renew';
    else if (data.length > 0) this.onEvent(kind, data.join('\n'));
  }
}
