/**
 * How much one visitor, and all of them, can make the daemon write down. The child keeps to them, so that what
 * it leaves out is summed; the daemon holds it to them, because an intruder may have taken it over.
 */
export const budgets = {
  /** Connections of all visitors. */
  connections: { burst: 1000, perSecond: 50 },
  /** Refused logins and acts of one visit. */
  deeds: { burst: 300, perSecond: 20 },
  /** Those of all visits together. */
  allDeeds: { burst: 3000, perSecond: 200 },
  /** Programs that one visit starts. */
  guests: { burst: 20, perSecond: 2 },
  /** Lines about the child itself. */
  logs: { burst: 20, perSecond: 1 },
  /** Sums of connections that were turned away. */
  sums: { burst: 40, perSecond: 8 },
  /** Messages that mean nothing; more of them end the link. Some are ordinary: about whoever just left. */
  nonsense: { burst: 20_000, perSecond: 500 },
} as const;

/** Programs of one visit that run at once, as sshd's MaxSessions. */
export const mostGuests = 10;
/** Logins that one visit may show: one by one protocol, several by keep-alive of HTTP. */
export const mostAdmissions = 16;
/** Bytes of input that may still come for a guest that takes none: what was under way. */
export const mostUnderWay = 4 * 1024 * 1024;
