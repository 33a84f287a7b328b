import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { clusterCertificate } from '../../../../src/factory/forms/cluster-certificate.js';

test('numbers of clients are drawn below 2^63 as Go draws them, those of authorities are 0', () => {
  const issuerKeys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const [from, to] = [new Date(0), new Date(1000)];
  const serial = (authority: boolean) => {
    const request = { subject: { CN: 'one' }, issuer: { CN: 'two' }, subjectKey: issuerKeys.publicKey };
    return BigInt(
      `0x${new X509Certificate(clusterCertificate({ ...request, issuerKeys, from, to, authority })).serialNumber}`,
    );
  };
  const serials = Array.from({ length: 200 }, () => serial(false));
  expect(serials.every((one) => one < 2n ** 63n)).toBe(true);
  // Each quarter holds 50 of them; to have none is a matter of 10^-25.
  const quarters = new Set(serials.map((one) => one >> 61n));
  expect(quarters.size).toBe(4);
  expect(serial(true)).toBe(0n);
});
