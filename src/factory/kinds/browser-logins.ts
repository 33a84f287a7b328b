import { randomInt, randomUUID } from 'node:crypto';
import { accountName } from '../account-name.js';
import { decoyUrl } from '../decoy-url.js';
import { deploymentOf } from '../deployment.js';
import type { Person, Persona } from '../persona.js';
import { generatedPassword, inventedPassword } from '../secrets.js';
import { storyteller } from '../storyteller.js';
import { readableByOwner, type TrapKind } from '../trap-kind.js';

const dayMs = 86_400_000;
const browsers = ['chrome', 'firefox'] as const;
type Browser = (typeof browsers)[number];

const names: Readonly<Record<Browser, readonly string[]>> = {
  chrome: ['Chrome_Passwords.csv', 'chrome-passwords.csv', 'Passwords.csv', 'google_passwords.csv'],
  firefox: ['logins.csv', 'firefox-logins.csv', 'firefox_passwords.csv', 'logins_export.csv'],
};

interface SavedLogin {
  readonly url: string;
  readonly user: string;
  readonly password: string;
}

/** Saved logins of an administrator's browser, exported before a change of computers. */
export const browserLogins: TrapKind = {
  name: 'browser-logins',
  summary: "saved logins exported from an administrator's browser",
  // Both browsers create the file by the user's mask; whoever keeps such a thing on a server closes it.
  mode: readableByOwner,
  relativePath: (persona) =>
    storyteller(persona.seed, 'browser export name').helpers.arrayElement(names[browserOf(persona)]),
  async make({ persona, times, decoy }) {
    const story = storyteller(persona.seed, 'browser logins');
    const owner = story.helpers.arrayElement([persona.administrator, persona.developer]);
    const console: SavedLogin = {
      url: `${decoyUrl(decoy)}/`,
      user: accountName('admin', 'console', owner.login, 'intranet'),
      password: inventedPassword(persona.locale),
    };
    const others = story.helpers.arrayElements(sites(persona, owner), { min: 7, max: 15 });
    const logins = story.helpers.shuffle([
      console,
      ...others.map(([url, user]) => ({
        url,
        user,
        password:
          randomInt(3) === 0 ? inventedPassword(persona.locale) : generatedPassword(randomInt(12, 22)),
      })),
    ]);
    const text =
      browserOf(persona) === 'chrome' ? chromeExport(logins) : firefoxExport(logins, times.modifiedAt);
    return {
      content: Buffer.from(text),
      secrets: logins.map(({ url, password }) => ({ label: new URL(url).hostname, value: password })),
      logins: [{ service: 'http', user: console.user, password: console.password }],
    };
  },
};

function browserOf({ seed }: Persona): Browser {
  return storyteller(seed, 'browser').helpers.arrayElement(browsers);
}

function sites(persona: Persona, { login, email }: Person): [string, string][] {
  const { domain, internalDomain, hosts, company } = persona;
  const { gitlab, gatewayPort } = deploymentOf(persona);
  return [
    [`https://${hosts.monitoring.fullName}/`, 'admin'],
    [`https://${hosts.continuousIntegration.fullName}/login`, login],
    [new URL(`https://${hosts.gateway.fullName}:${gatewayPort}/`).href, 'admin'],
    [`https://${hosts.files.fullName}:5001/`, login],
    [`https://${hosts.backup.fullName}:9419/`, 'backupadmin'],
    [`https://webmail.${domain}/`, email],
    [`https://vcenter.${internalDomain}/ui/`, `${login}@vsphere.local`],
    [`https://pgadmin.${internalDomain}/login`, email],
    [`http://printer-2og.${internalDomain}/`, 'admin'],
    ['https://github.com/session', login],
    [`https://${gitlab}/users/sign_in`, email],
    ['https://signin.aws.amazon.com/signin', email],
    ['https://dash.cloudflare.com/login', email],
    ['https://login.microsoftonline.com/', email],
    ['https://id.atlassian.com/login', email],
    ['https://slack.com/signin', email],
    ['https://hub.docker.com/', `${company.split(/\W/)[0]?.toLowerCase() || login}ops`],
    ['https://my.hetzner.com/login', email],
    ['https://www.namecheap.com/myaccount/login/', login],
    ['https://app.datadoghq.com/account/login', email],
    ['https://www.npmjs.com/login', login],
    ['https://accounts.google.com/signin', email],
  ];
}

// Columns of chrome://password-manager/settings, "Download file": sorted by nothing, quoted where needed.
function chromeExport(logins: readonly SavedLogin[]): string {
  const line = (values: readonly string[]) => `${values.map(quotedWhereNeeded).join(',')}\n`;
  return [
    line(['name', 'url', 'username', 'password', 'note']),
    ...logins.map(({ url, user, password }) => line([new URL(url).hostname, url, user, password, ''])),
  ].join('');
}

// LoginExport.sys.mjs of Firefox: every value quoted, lines end in CR LF, times in milliseconds.
function firefoxExport(logins: readonly SavedLogin[], exportedAt: Date): string {
  const head = [
    'url',
    'username',
    'password',
    'httpRealm',
    'formActionOrigin',
    'guid',
    'timeCreated',
    'timeLastUsed',
    'timePasswordChanged',
  ];
  const quoted = (value: string) => `"${value.replaceAll('"', '""')}"`;
  const lines = logins.map(({ url, user, password }) => {
    const { origin } = new URL(url);
    const created = exportedAt.getTime() - randomInt(30 * dayMs, 1400 * dayMs);
    const used = created + randomInt(exportedAt.getTime() - created);
    const changed = randomInt(3) === 0 ? created + randomInt(used - created + 1) : created;
    return [origin, user, password, '', origin, `{${randomUUID()}}`, created, used, changed].map(
      (value, at) =>
        // What is not there stays bare: httpRealm is null for a form.
        at === 3 ? '' : quoted(String(value)),
    );
  });
  return `${[head.map(quoted), ...lines].map((values) => values.join(',')).join('\r\n')}`;
}

function quotedWhereNeeded(value: string): string {
  return /[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
