/**
 * What OpenSSH 9.2 offers in its order (`sshd -T`, and the KEXINIT that it sends), without what ssh2 cannot do:
 * sntrup761x25519-sha512, diffie-hellman-group-exchange-sha256 as a server, and the umac MACs. A name that is offered
 * and then fails would be a worse tell than one that is missing.
 */
export const offeredAlgorithms = {
  kex: [
    'curve25519-sha256',
    'curve25519-sha256@libssh.org',
    'ecdh-sha2-nistp256',
    'ecdh-sha2-nistp384',
    'ecdh-sha2-nistp521',
    'diffie-hellman-group16-sha512',
    'diffie-hellman-group18-sha512',
    'diffie-hellman-group14-sha256',
    // Against the Terrapin attack; Debian has it since 9.2p1-2+deb12u2.
    'kex-strict-s-v00@openssh.com',
  ],
  cipher: [
    'chacha20-poly1305@openssh.com',
    'aes128-ctr',
    'aes192-ctr',
    'aes256-ctr',
    'aes128-gcm@openssh.com',
    'aes256-gcm@openssh.com',
  ],
  mac: [
    'hmac-sha2-256-etm@openssh.com',
    'hmac-sha2-512-etm@openssh.com',
    'hmac-sha1-etm@openssh.com',
    'hmac-sha2-256',
    'hmac-sha2-512',
    'hmac-sha1',
  ],
  // Both begin after the login only: nobody unknown reaches the code that unpacks.
  compress: ['none', 'zlib@openssh.com'],
} as const;

/** Kinds of host keys in the order in which sshd loads them, each with the names of its signatures. */
export const hostKeyAlgorithms: readonly (readonly [kind: string, names: readonly string[]])[] = [
  ['ssh-rsa', ['rsa-sha2-512', 'rsa-sha2-256']],
  ['ecdsa-sha2-nistp256', ['ecdsa-sha2-nistp256']],
  ['ecdsa-sha2-nistp384', ['ecdsa-sha2-nistp384']],
  ['ecdsa-sha2-nistp521', ['ecdsa-sha2-nistp521']],
  ['ssh-ed25519', ['ssh-ed25519']],
];

/** The extensions that OpenSSH 9.2 tells after the key exchange; ssh2's own list lacks a comma, which is known. */
export const extensions: readonly (readonly [name: string, value: string])[] = [
  [
    'server-sig-algs',
    'ssh-ed25519,sk-ssh-ed25519@openssh.com,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,' +
      'sk-ecdsa-sha2-nistp256@openssh.com,webauthn-sk-ecdsa-sha2-nistp256@openssh.com,ssh-dss,ssh-rsa,' +
      'rsa-sha2-256,rsa-sha2-512',
  ],
  ['publickey-hostbound@openssh.com', '0'],
];
