import type { ServerError } from './messages.js';

type Place = ServerError['place'];

/** Errors of the conversation before the first query, worded and placed as PostgreSQL 15.18 does. */
export const serverErrors = {
  wrongPassword: (user: string) =>
    fatal('28P01', `password authentication failed for user "${user}"`, ['auth.c', 334, 'auth_failed']),
  noSuchDatabase: (database: string) =>
    fatal('3D000', `database "${database}" does not exist`, ['postinit.c', 941, 'InitPostgres']),
  noUser: () => fatal('28000', 'no PostgreSQL user name specified in startup packet', startup(2351)),
  unknownProtocol: (major: number, minor: number) =>
    fatal(
      '0A000',
      `unsupported frontend protocol ${major}.${minor}: server supports 3.0 to 3.0`,
      startup(2222),
    ),
  noTerminator: () =>
    fatal('08P01', 'invalid startup packet layout: expected terminator as last byte', startup(2334)),
  badReplication: (value: string): ServerError => ({
    ...fatal('22023', `invalid value for parameter "replication": "${value}"`, startup(2286)),
    hint: 'Valid values are: "false", 0, "true", 1, "database".',
  }),
  notSasl: (type: number) =>
    fatal('08P01', `expected SASL response, got message type ${type}`, ['auth-sasl.c', 95, 'CheckSASLAuth']),
  unknownMechanism: () =>
    fatal('08P01', 'client selected an invalid SASL authentication mechanism', [
      'auth-scram.c',
      256,
      'scram_init',
    ]),
  malformedScram: (detail: string, line: number, routine: string): ServerError => ({
    ...fatal('08P01', 'malformed SCRAM message', ['auth-scram.c', line, routine]),
    detail,
  }),
  authorizationIdentity: () =>
    fatal('0A000', 'client uses authorization identity, but it is not supported', [
      'auth-scram.c',
      1036,
      'read_client_first_message',
    ]),
  otherNonce: (): ServerError => ({
    ...fatal('08P01', 'invalid SCRAM response', ['auth-scram.c', 404, 'scram_exchange']),
    detail: 'Nonce does not match.',
  }),
  noConnectionsLeft: () => fatal('53300', 'sorry, too many clients already', ['proc.c', 359, 'InitProcess']),
  noSlotsLeft: () =>
    fatal('53300', 'remaining connection slots are reserved for non-replication superuser connections', [
      'postinit.c',
      846,
      'InitPostgres',
    ]),
  noReplication: () =>
    fatal('42501', 'must be superuser or replication role to start walsender', [
      'postinit.c',
      868,
      'InitPostgres',
    ]),
  unknownMessage: (type: number) =>
    fatal('08P01', `invalid frontend message type ${type}`, ['postgres.c', 431, 'SocketBackend']),
  stopped: () =>
    fatal('57P01', 'terminating connection due to administrator command', [
      'postgres.c',
      3242,
      'ProcessInterrupts',
    ]),
  idleTooLong: () =>
    fatal('57P05', 'terminating connection due to idle-session timeout', [
      'postgres.c',
      3381,
      'ProcessInterrupts',
    ]),
  canceled: (): ServerError => ({
    ...fatal('57014', 'canceling statement due to user request', ['postgres.c', 3332, 'ProcessInterrupts']),
    severity: 'ERROR',
  }),
  timedOut: (): ServerError => ({
    ...fatal('57014', 'canceling statement due to statement timeout', [
      'postgres.c',
      3317,
      'ProcessInterrupts',
    ]),
    severity: 'ERROR',
  }),
  outOfMemory: (size: number): ServerError => ({
    ...fatal('53200', 'out of memory', ['mcxt.c', 1253, 'repalloc']),
    severity: 'ERROR',
    detail: `Failed on request of size ${size} in memory context "MessageContext".`,
  }),
};

function fatal(code: string, message: string, place: Place): ServerError {
  return { severity: 'FATAL', code, message, place };
}

function startup(line: number): Place {
  return ['postmaster.c', line, 'ProcessStartupPacket'];
}
