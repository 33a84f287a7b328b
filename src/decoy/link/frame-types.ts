/** What the process that speaks with visitors tells the daemon. */
export const fromChild = {
  ready: 1,
  connected: 2,
  refused: 3,
  admitted: 4,
  acted: 5,
  left: 6,
  turnedAway: 7,
  log: 8,
  guestRequest: 9,
  guestInput: 10,
  guestEnd: 11,
  resize: 12,
  pause: 13,
  hangUp: 14,
  pong: 15,
} as const;

/** What the daemon tells it. */
export const fromDaemon = {
  settings: 32,
  logins: 33,
  guestStarted: 34,
  guestFailed: 35,
  guestOutput: 36,
  guestErrorOutput: 37,
  guestInputFull: 38,
  guestExit: 39,
  ping: 40,
} as const;

export type FromChild = (typeof fromChild)[keyof typeof fromChild];
export type FromDaemon = (typeof fromDaemon)[keyof typeof fromDaemon];

/** Bytes of a guest that go in one frame: small, so that no guest waits long for another. */
export const pieceLength = 32 * 1024;
/** Longest payload that the daemon reads. */
export const maxFromChild = 64 * 1024;
/** Longest payload that the daemon writes: all logins in one. */
export const maxFromDaemon = 16 * 1024 * 1024;
