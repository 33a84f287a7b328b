import type { DecoyStory } from '../../../core/decoy/decoy-story.js';

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const hourMs = 3_600_000;
/** Names that are remembered; there are as many as traps name. */
const mostUsers = 256;

/**
 * The line `Last login: ...` that sshd prints before a login shell: somebody of the story at first, then whoever
 * came in last.
 */
export class LastLogins {
  readonly #story: DecoyStory;
  readonly #beganMs: number;
  readonly #byUser = new Map<string, { readonly atMs: number; readonly from: string }>();

  constructor(story: DecoyStory, beganMs: number) {
    this.#story = story;
    this.#beganMs = beganMs;
  }

  /** The line for a login of now, which is remembered. */
  line(user: string, from: string, nowMs: number): string {
    const last = this.#byUser.get(user) ?? this.#somebodys(user);
    this.#byUser.delete(user);
    this.#byUser.set(user, { atMs: nowMs, from });
    const oldest = this.#byUser.keys().next();
    if (this.#byUser.size > mostUsers && !oldest.done) this.#byUser.delete(oldest.value);
    return `Last login: ${calendarTime(new Date(last.atMs))} from ${last.from}\r\n`;
  }

  /** One to four days before this began, in working hours, from a host of the story. */
  #somebodys(user: string): { readonly atMs: number; readonly from: string } {
    const drawn = spread(`${this.#story.seed}:${user}`);
    const day = new Date(this.#beganMs - 24 * hourMs * (1 + (drawn % 4)));
    day.setHours(9 + ((drawn >>> 3) % 8), (drawn >>> 8) % 60, (drawn >>> 14) % 60, 0);
    const hosts = this.#story.hosts;
    const from = hosts[(drawn >>> 20) % Math.max(1, hosts.length)]?.address;
    return { atMs: day.getTime(), from: from ?? `10.${(drawn >>> 4) % 200}.0.${1 + ((drawn >>> 12) % 200)}` };
  }
}

/** As ctime(3) writes it, in local time. */
function calendarTime(at: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const clock = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
  const date = `${days[at.getDay()]} ${months[at.getMonth()]} ${String(at.getDate()).padStart(2, ' ')}`;
  return `${date} ${clock} ${at.getFullYear()}`;
}

/** FNV-1a: the same number for the same text. */
function spread(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}
