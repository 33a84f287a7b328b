import { createHash, type KeyObject, sign } from 'node:crypto';
import type { Faker } from '@faker-js/faker';
import { decoyUrl } from '../decoy-url.js';
import { deploymentOf } from '../deployment.js';
import { generatedPassword, labelled } from '../secrets.js';
import { storyteller } from '../storyteller.js';
import { readableByOwner, type TrapKind } from '../trap-kind.js';

/** The key that the company's login service signs tokens with, and a token that it signed. */
export const jwtKey: TrapKind = {
  name: 'jwt-key',
  summary: 'signing key of JSON Web Tokens, with a token it signed and its public half',
  mode: readableByOwner,
  companions: [{ nameFor: (trapName) => `${trapName.replace(/\.pem$/, '')}.pub.pem`, mode: 0o644 }],
  relativePath: ({ seed, project }) => {
    const story = storyteller(seed, 'jwt key');
    const name = story.helpers.arrayElement(['jwt', 'jwt-signing', `${project}-jwt`, 'token-signing']);
    return `${story.helpers.arrayElement(['keys', 'secrets', 'auth'])}/${name}.pem`;
  },
  async make({ persona, path, times, templates, decoy, keys }) {
    const story = storyteller(persona.seed, `jwt ${path}`);
    const isElliptic = story.datatype.boolean();
    const { privateKey, publicKey } = isElliptic ? await keys.elliptic() : await keys.rsa();
    const user = story.helpers.arrayElement(['svc', 'api', 'batch', 'sync', 'export']);
    const login = `${user}-${persona.project}`;
    const issuedAt = Math.floor(times.modifiedAt.getTime() / 1000) - story.number.int({ min: 20, max: 900 });
    const days = story.helpers.arrayElement([1095, 1825, 3650]);
    const issuer = deploymentOf(persona).issuer.replace('https://', '');
    const claims = {
      iss: story.helpers.arrayElement([
        `https://${issuer}`,
        `https://${issuer}/`,
        issuer,
        `https://${issuer}/realms/${persona.project}`,
      ]),
      sub: login,
      ...(story.datatype.boolean() && { aud: `${persona.project}-api` }),
      iat: issuedAt,
      exp: issuedAt + days * 86_400,
      ...(story.datatype.boolean()
        ? { scope: story.helpers.arrayElement(['admin', 'read write', 'admin:all', 'internal']) }
        : {
            roles: story.helpers.arrayElements(['admin', 'operator', 'billing', 'export'], {
              min: 1,
              max: 3,
            }),
          }),
    };
    // As `openssl genpkey` writes it, and in the older form of `openssl genrsa` and `openssl ecparam`.
    const type = story.helpers.arrayElement(['pkcs8', isElliptic ? 'sec1' : 'pkcs1'] as const);
    const pem = privateKey.export({ type, format: 'pem' });
    const secrets = {
      privateKey: pem.toString().trim(),
      token: signed(claims, privateKey, isElliptic, story),
      password: generatedPassword(story.number.int({ min: 14, max: 22 })),
    };
    const text = templates.text('jwt-key/key.njk', {
      persona,
      path,
      secrets,
      login,
      url: decoyUrl(decoy),
      days,
    });
    return {
      content: Buffer.from(text),
      companions: [Buffer.from(publicKey.export({ type: 'spki', format: 'pem' }).toString())],
      secrets: labelled(secrets),
      logins: [{ service: 'http', user: login, password: secrets.password }],
    };
  },
};

/** RFC 7519, by RS256 or ES256, whose signature is two bare numbers and not DER (RFC 7518, 3.4). */
function signed(claims: object, key: KeyObject, isElliptic: boolean, story: Faker): string {
  const known = { alg: isElliptic ? 'ES256' : 'RS256', typ: 'JWT', kid: keyId(key, story) } as const;
  // The order differs between the libraries, and so do all letters of the token after it.
  const order = story.helpers.arrayElement([
    ['alg', 'typ', 'kid'],
    ['alg', 'kid', 'typ'],
    ['typ', 'alg', 'kid'],
    ['kid', 'typ', 'alg'],
    ['kid', 'alg'],
    ['alg', 'kid'],
  ] as const);
  const head = Object.fromEntries(order.map((name) => [name, known[name]]));
  const shuffled = Object.fromEntries(story.helpers.shuffle(Object.entries(claims)));
  const body = [head, shuffled]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  const signature = sign('sha256', Buffer.from(body), { key, dsaEncoding: 'ieee-p1363' });
  return `${body}.${signature.toString('base64url')}`;
}

/** A name of the key, made from its public half: in hexadecimal, or as RFC 7638 has it. */
function keyId(key: KeyObject, story: Faker): string {
  const { n, x } = key.export({ format: 'jwk' });
  const digest = createHash('sha256').update(`${n ?? x}`);
  return story.datatype.boolean()
    ? digest.digest('hex').slice(0, story.helpers.arrayElement([8, 16, 32, 40]))
    : digest.digest('base64url');
}
