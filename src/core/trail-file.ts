import type { TechniqueMatch } from './technique.js';
import type { TrailEvent } from './trail.js';

/** Most bytes of one file, and most files of one incident: more than 30,000 events. */
const mostBytes = 256 * 1024;
const mostFiles = 64;

/** Gathers what followed processes did as JSON lines, in files of bounded size and number. */
export class TrailFile {
  #lines: string[] = [];
  #bytes = 0;
  #files = 0;
  #isFull = false;

  /** True when there is something for a file: enough events, or the word that no more are kept. */
  add(event: TrailEvent, techniques: readonly TechniqueMatch[]): boolean {
    if (this.#files > mostFiles) return false;
    if (this.#files === mostFiles) return this.#fill();
    const facts = { ...event, ...(techniques.length > 0 && { techniques }) };
    // Times in ns exceed what a JSON number holds exactly.
    const line = `${JSON.stringify(facts, (_, part) => (typeof part === 'bigint' ? part.toString() : part))}\n`;
    this.#lines.push(line);
    this.#bytes += line.length;
    return this.#bytes >= mostBytes;
  }

  /** The next file of what was gathered since the last one; undefined when that is nothing. */
  take(): { readonly name: string; readonly content: Uint8Array } | undefined {
    if (this.#lines.length === 0) return undefined;
    this.#files += 1;
    const content = new TextEncoder().encode(this.#lines.join(''));
    this.#lines = [];
    this.#bytes = 0;
    const name = this.#isFull ? 'OMITTED' : `${String(this.#files).padStart(4, '0')}.jsonl`;
    return { name: `trail/${name}`, content };
  }

  #fill(): true {
    this.#isFull = true;
    this.#lines = [`no event is kept after the first ${mostFiles} files\n`];
    return true;
  }
}
