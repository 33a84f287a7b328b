import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SandboxUnavailable } from '../../../src/core/ports/sandbox.js';
import { DockerTimeout, dockerFailure } from '../../../src/sandbox/docker/docker-failure.js';

const facts = { doing: 'creating the container', socketPath: '/run/d.sock', timeoutMs: 500 };
const messageOf = (error: unknown) => dockerFailure(error, facts).message;
const systemError = (code: string) => Object.assign(new Error(`connect ${code}`), { code });

describe('a failed call to Docker', () => {
  it.each([
    ['ENOENT', 'no Docker socket at /run/d.sock; is Docker installed and running?'],
    ['EACCES', 'permission denied on the Docker socket /run/d.sock; run as root or as a member of its group'],
    ['ECONNREFUSED', 'nothing listens on the Docker socket /run/d.sock; start Docker'],
    ['ECONNRESET', 'Docker closed the connection while creating the container; is it restarting?'],
  ])('says what to do about %s', (code, expected) => {
    expect(messageOf(systemError(code))).toBe(expected);
  });

  it('says how long it waited, and for what', () => {
    expect(messageOf(new DockerTimeout())).toBe(
      'Docker did not answer within 500 ms while creating the container; is the host overloaded?',
    );
  });

  it("gives the engine's own sentence and status", () => {
    const error = Object.assign(new Error('(HTTP code 404) no such image - x'), {
      statusCode: 404,
      json: { message: 'No such image: phantom-mirror:1' },
    });
    const failure = dockerFailure(error, facts);
    expect(failure).toBeInstanceOf(SandboxUnavailable);
    expect(failure.statusCode).toBe(404);
    expect(failure.message).toBe(
      'Docker refused while creating the container (status 404): No such image: phantom-mirror:1',
    );
  });

  it('keeps a failure that was explained already', () => {
    const failure = dockerFailure(systemError('ENOENT'), facts);
    expect(dockerFailure(failure, { ...facts, doing: 'something else' })).toBe(failure);
  });

  it('is one bounded printable line whatever was thrown', () => {
    const thrown = fc.oneof(
      fc.anything(),
      fc.string({ unit: 'binary', maxLength: 2000 }).map((text) => new Error(text)),
      fc.string({ unit: 'binary' }).map((text) => ({ statusCode: 500, json: { message: text } })),
    );
    fc.assert(
      fc.property(thrown, (error) => {
        const { message } = dockerFailure(error, facts);
        expect(message).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
        expect(message.length).toBeLessThan(8000);
      }),
    );
  });
});
