/** How a program reads its options, as far as it differs from letters and words without values. */
export interface OptionSyntax {
  /** Letters whose value is the rest of the word, or the next word. */
  readonly letters: ReadonlySet<string>;
  /** Letters whose value is only the rest of the word: `date -Iseconds`. */
  readonly attached: ReadonlySet<string>;
  /** Options of more than one letter whose value is the next word. */
  readonly words: ReadonlySet<string>;
  /** One dash begins a whole word, never a bundle: `find -name`. */
  readonly wholeWords: boolean;
  /** After so many operands no more options come: what follows belongs to another program. */
  readonly optionsEnd: number;
  readonly lettersFirst: boolean;
}

interface Written {
  readonly letters?: string;
  readonly attached?: string;
  readonly words?: string;
  readonly wholeWords?: true;
  readonly optionsEnd?: number;
  readonly lettersFirst?: true;
}

const shell: Written = { letters: 'oO', optionsEnd: 1 };
const wholeWords: Written = { wholeWords: true };
const search: Written = {
  letters: 'efmABCd',
  words: 'regexp file include exclude exclude-dir context type glob',
};

/** From the manual pages. */
const written: Readonly<Record<string, Written>> = {
  adduser: { words: 'home shell uid gid ingroup gecos firstuid lastuid' },
  at: { letters: 'fqt' },
  autossh: { letters: 'BbcDEeFIiJLlmOopQRSWwM', optionsEnd: 2 },
  awk: { letters: 'FvfEi', words: 'file assign field-separator', optionsEnd: 1 },
  aws: { words: 'profile region output endpoint-url query ca-bundle' },
  bash: { ...shell, words: 'rcfile init-file' },
  cc: wholeWords,
  chage: { letters: 'dEImMWR' },
  clang: wholeWords,
  cp: { letters: 'tS' },
  crontab: { letters: 'u' },
  csh: shell,
  curl: {
    letters: 'AbcCdDeEFHKmoPQrtTuUwxXyYz',
    words:
      'user-agent cookie cookie-jar data data-binary data-raw data-urlencode dump-header referer cert key cacert form header config max-time connect-timeout output quote range upload-file user proxy proxy-user write-out request socks5 socks5-hostname url json limit-rate unix-socket resolve retry',
  },
  cut: { letters: 'bcdf' },
  date: { letters: 'dfrs', attached: 'I', words: 'date file reference set' },
  dmesg: { letters: 'flnsF' },
  docker: { letters: 'Hcl', words: 'host context config log-level' },
  fdisk: { letters: 'bCHStowW' },
  ffmpeg: wholeWords,
  find: wholeWords,
  fish: shell,
  gcc: wholeWords,
  gcloud: { words: 'project account format configuration' },
  gdb: wholeWords,
  git: { letters: 'Cc', words: 'git-dir work-tree namespace' },
  gpg: {
    letters: 'ruoN',
    words:
      'homedir keyring output recipient local-user passphrase passphrase-fd passphrase-file default-key status-fd batch-size',
  },
  gpasswd: { letters: 'aAdMQR' },
  grep: search,
  head: { letters: 'nc', words: 'lines bytes' },
  helm: { letters: 'nf', words: 'namespace kube-context kubeconfig' },
  hostname: { letters: 'F' },
  import: wholeWords,
  install: { letters: 'gmoSt' },
  ip: { wholeWords: true, words: 'n netns f family rc l loops' },
  iptables: { letters: 'ADIRPNEtpsdiojmgc' },
  java: wholeWords,
  journalctl: { letters: 'bcDMnoptuUS', words: 'unit since until lines output priority identifier' },
  jq: { words: 'arg argjson slurpfile rawfile args indent' },
  kill: wholeWords,
  killall: { wholeWords: true, words: 'u user s signal o y n Z' },
  ksh: shell,
  kubectl: {
    letters: 'nsvcflo',
    words: 'namespace context kubeconfig cluster user server token selector output container filename',
  },
  ln: { letters: 'tS' },
  lua: { letters: 'el', optionsEnd: 1 },
  luajit: { letters: 'el', optionsEnd: 1 },
  mail: { letters: 'aAbcrsSu' },
  mkdir: { letters: 'm', words: 'mode' },
  mksh: shell,
  modprobe: { letters: 'CdS' },
  mount: { letters: 'toLU', words: 'types options' },
  mv: { letters: 'tS' },
  nc: { letters: 'ceGgIiMmOPpqsTVWwXx', words: 'exec sh-exec proxy proxy-type' },
  newusers: { letters: 'R' },
  nft: { letters: 'fID' },
  node: { letters: 'er', words: 'require import loader' },
  oc: { letters: 'nsvcflo', words: 'namespace context kubeconfig' },
  openssl: wholeWords,
  passwd: { letters: 'inwxR' },
  perl: { letters: 'eEIMmF', attached: 'ilC0dDx', optionsEnd: 1 },
  php: { letters: 'cdfrBRFEStzg', optionsEnd: 1 },
  ping: { letters: 'cFIilMmNpQsStTwW' },
  pip: { words: 'index-url proxy cache-dir' },
  pkill: { wholeWords: true, words: 'u euid U uid t terminal g G P parent s F signal' },
  podman: { words: 'log-level root url connection' },
  ps: wholeWords,
  python: { letters: 'cmWX', optionsEnd: 1 },
  rclone: { words: 'config transfers bwlimit include exclude filter log-file' },
  rg: { ...search, letters: 'efmABCgtTj' },
  rsync: { letters: 'efBTM', words: 'rsh exclude include exclude-from files-from' },
  ruby: { letters: 'eIrCEFK', attached: 'ix', optionsEnd: 1 },
  scp: { letters: 'cDFiJloPSX' },
  script: { letters: 'cEIOBmoT', words: 'command' },
  sed: { letters: 'efl', attached: 'i', words: 'expression file line-length' },
  setfacl: { letters: 'mxMX' },
  sftp: { letters: 'BbcDFiJloPRSsX' },
  sh: shell,
  shred: { letters: 'ns', words: 'iterations size random-source' },
  smbclient: { letters: 'UWcDIiLpt' },
  socat: wholeWords,
  sort: { letters: 'koStT' },
  split: { letters: 'abClnt' },
  // ssh(1) reads options after the host as well, up to the command.
  ssh: { letters: 'BbcDEeFIiJLlmOoPpQRSWw', optionsEnd: 2 },
  sshpass: { letters: 'fdpP', attached: 'e', optionsEnd: 1 },
  ss: { letters: 'FDAf' },
  strace: { letters: 'abeEIoOpPsSuUX', optionsEnd: 1 },
  ltrace: { letters: 'aADelnopsuwx', optionsEnd: 1 },
  su: { letters: 'csgGw', words: 'command shell' },
  sudo: { letters: 'CDghpRrTtUu', words: 'user group prompt host chdir', optionsEnd: 1 },
  systemctl: {
    letters: 'tpHMnosP',
    words: 'type property host machine lines output signal state root job-mode what',
  },
  tail: { letters: 'nc', words: 'lines bytes' },
  tar: { letters: 'fCTXbgHVIKNLF', words: 'file directory exclude files-from', lettersFirst: true },
  tcpdump: { letters: 'BcCEFGijmMQrsTVwWyz' },
  tcsh: shell,
  touch: { letters: 'drt', words: 'date reference' },
  tshark: { letters: 'aBbcCdeEfFiJjkKoOrRsTtuwWXyYz' },
  unshare: { letters: 'SGRw', optionsEnd: 1 },
  useradd: { letters: 'bcdefgGkKpPRsuZ', words: 'shell home-dir gid groups uid comment password base-dir' },
  usermod: {
    letters: 'cdefgGlpPRsuvVwWZ',
    words: 'shell home groups gid uid comment password login expiredate',
  },
  visudo: { letters: 'fx' },
  wget: {
    letters: 'aABDeiIlnoOPQRtTUwX',
    words:
      'output-document post-data post-file body-file body-data header user-agent user password directory-prefix method tries timeout',
  },
  xargs: { letters: 'aEILnPsd', optionsEnd: 1 },
  xclip: { wholeWords: true, words: 'selection sel display d loops l t target' },
  xwd: wholeWords,
  zip: { letters: 'bnPstixR', words: 'password split-size' },
  zsh: shell,
};

const syntaxes: ReadonlyMap<string, OptionSyntax> = new Map(
  Object.entries(written).map(([name, syntax]) => [name, whole(syntax)]),
);
const plain = whole({});

/** How a program (as `programName` names it) reads its options. */
export function syntaxOf(program: string): OptionSyntax {
  return syntaxes.get(program) ?? plain;
}

function whole({ letters = '', attached = '', words = '', ...rest }: Written): OptionSyntax {
  return {
    wholeWords: false,
    optionsEnd: Number.POSITIVE_INFINITY,
    lettersFirst: false,
    ...rest,
    letters: new Set(letters),
    attached: new Set(attached),
    words: new Set(words === '' ? [] : words.split(' ')),
  };
}
