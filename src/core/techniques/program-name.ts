/**
 * Names that are one program: what a distribution calls it, and what a person calls it. A Map, as a
 * program may be named `constructor`.
 */
const otherNames: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'nc.openbsd': 'nc',
    'nc.traditional': 'nc',
    netcat: 'nc',
    ncat: 'nc',
    dash: 'sh',
    ash: 'sh',
    rbash: 'bash',
    vi: 'vim',
    view: 'vim',
    'vim.basic': 'vim',
    'vim.tiny': 'vim',
    nvim: 'vim',
    mawk: 'awk',
    gawk: 'awk',
    nawk: 'awk',
    egrep: 'grep',
    fgrep: 'grep',
    zgrep: 'grep',
    '7za': '7z',
    '7zr': '7z',
    '7zz': '7z',
    gpg2: 'gpg',
    nodejs: 'node',
    ip6tables: 'iptables',
    'iptables-nft': 'iptables',
    'iptables-legacy': 'iptables',
    '.': 'source',
  }),
);

/** A version at the end: `python3.11`, `gcc-12`, `perl5.36.0`, `php8.2`. */
const version = /^((?:python|perl|ruby|php-fpm|php|lua|node|gcc|g\+\+|clang|pip|java|tclsh))-?\d[\d.]*$/;

/**
 * The name a rule knows a program by: the last part of its path, without a version,
 * one name for programs that are the same (`ncat` and `netcat` are `nc`). A login shell's `-bash` is `bash`.
 */
export function programName(path: string): string {
  const slash = path.lastIndexOf('/');
  const last = slash < 0 ? path : path.slice(slash + 1);
  const name = last.length > 1 && last.startsWith('-') ? last.slice(1) : last;
  return otherNames.get(name) ?? version.exec(name)?.[1] ?? name;
}
