import { describe, expect, it } from 'vitest';
import { claimedLogin } from '../../../src/process/login-source.js';

describe('claimedLogin', () => {
  it('reads what ssh sets', () => {
    expect(claimedLogin('203.0.113.9 50022 10.0.0.1 22')).toEqual({ ip: '203.0.113.9', port: 50022 });
    expect(claimedLogin('fe80::1%eth0 50022 fe80::2%eth0 22')).toEqual({ ip: 'fe80::1', port: 50022 });
  });

  it.each([
    undefined,
    '',
    'evil',
    'a b c d',
    '1.2.3.4',
    '1.2.3.4 99999',
    '1.2.3.4\x1b 22',
    '999.1.1.1 22 x y',
  ])('takes %j for no address', (text) => {
    expect(claimedLogin(text)).toBeUndefined();
  });
});
