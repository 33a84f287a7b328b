/**
 * Words of names, whatever follows them: `DB_PASSWORD1`, `GITHUB_TOKEN`, `apiKey`. Short ones, which are
 * parts of other words too, only at an end or between underscores.
 */
const secretName =
  /passw|passphrase|passcode|(?<!com|by)pass(?:_|\d|$)|pw\d*$|pwd|secret|token|credential|cookie|api_?key|access_?key|private_?key|keys?\d*$|(?:^|_)key_|auth\d*$|(?:^|_)auth_|authorization|signature|connection_?string|(?:^|_)(?:dsn|otp|pin|salt|seed|mnemonic)(?:_|\d|$)/i;

/** The shell's working directories, which end as passwords do, and paths of agents and of programs that ask. */
const harmlessName = /^(?:OLD)?PWD$|^SSH_AUTH_SOCK$|^XAUTHORITY$|^(?:SSH|SUDO|GIT)_ASKPASS$/;

/**
 * Forms that issuers of keys chose to be recognised by, and words before a secret. None of them scans
 * without a bound from each of many starts: hostile values would make that take minutes.
 */
const secretValue = [
  /-----BEGIN [A-Z ]*PRIVATE KEY/,
  // The same in base64.
  /LS0tLS1CRUdJTi/,
  /AGE-SECRET-KEY-/,
  /\beyJ[\w-]{8,400}\.[\w-]{8}/,
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/,
  /\b(?:gh[opsur]_|github_pat_|glpat-|xox[abeprs]-|sk[-_]|rk_|npm_|pypi-|hf_|AIza|ya29\.|SG\.|dop_v1_)[\w-]{8}/,
  // Bots of Telegram; 35 follow, and a few are cut off easily.
  /\b\d{8,10}:[\w-]{30}/,
  /hooks\.slack\.com\/services\/|discord(?:app)?\.com\/api\/webhooks\//i,
  /(?:pass(?:word|wd|phrase)?|pwd|secret|token|api[_-]?key)["']?\s*[=:]\s*\S/i,
  /(?:account|access|private|master|encryption|signing|client)[_-]?key["']?\s*=\s*\S/i,
  /\b(?:sig|signature|pw|auth)=\S/i,
  // `--password x`, `--db-auth-token x`
  /-(?:[a-z]{1,20}-){0,3}(?:pass(?:word|wd|phrase)?|pwd|secret|token|(?:api|access|secret)-?key)\s+\S/i,
  // `curl -u name:password`
  /(?:^|\s)(?:-u|--user)[\s=]\s*[^\s:]+:\S/,
  /\b(?:Bearer|Basic|Digest)\s+\S{8}/i,
  // Go's addresses of databases: `name:password@tcp(host)/x`.
  /^[\w.-]+:(?!\/\/)[^\s@]+@/,
];

/** Random looking: long, without the slashes and dots of a path, with letters and digits mixed. */
const random = /^(?=[^\d]*\d)(?=[^A-Za-z]*[A-Za-z])[A-Za-z0-9+=_-]{32,}$/;

/** Whether the name says that the value is a secret. */
export function isSecretName(name: string): boolean {
  if (harmlessName.test(name)) return false;
  // `apiKey` is two words as `api_key` is.
  return secretName.test(name.replace(/([a-z0-9])([A-Z])/g, '$1_$2'));
}

/** Whether the value looks like a secret, or has one in it. Takes a time that grows with its length only. */
export function hasSecret(value: string): boolean {
  return random.test(value) || secretValue.some((form) => form.test(value)) || hasBase64(value);
}

const shortestBase64 = 40;

/**
 * Base64 has slashes as paths have, but goes from one of small letters, capitals and digits to another
 * at two of three steps; words and CamelCase rarely do at one of four.
 */
function hasBase64(value: string): boolean {
  for (const [run] of value.matchAll(/[A-Za-z0-9+/_-]+/g)) {
    if (run.length < shortestBase64) continue;
    if (!/[a-z]/.test(run) || !/[A-Z]/.test(run) || !/\d/.test(run)) continue;
    const changes = run.match(/[a-z](?=[A-Z\d])|[A-Z](?=[a-z\d])|\d(?=[A-Za-z])/g)?.length ?? 0;
    if (changes > run.length * 0.28) return true;
  }
  return false;
}
