import type { Faker } from '@faker-js/faker';
import type { TrapLogin } from '../decoy-addresses.js';
import { accountName, decoyUrl } from '../decoy-login.js';
import { type OfficeLook, officeLook } from '../office-look.js';
import { PdfDocument } from '../pdf-document.js';
import type { HostRole, Persona } from '../persona.js';
import { type Phrases, phrasesOf } from '../phrases.js';
import { alphabets, generatedPassword, inventedPassword, randomText } from '../secrets.js';
import { storyteller } from '../storyteller.js';
import { readableByAll, type TrapKind } from '../trap-kind.js';

const names = {
  en: ['network-plan', 'network_overview', 'network-documentation', 'lan-plan', 'NetworkPlan'],
  de: ['netzplan', 'netzwerkdokumentation', 'Netzplan_Server', 'netzuebersicht', 'netz_und_zugaenge'],
  ru: ['schema_seti', 'plan_seti', 'set_dostup', 'network-plan', 'shema-lvs'],
} as const;
const letter = [612, 792] as const;
const a4 = [595.303937007874, 841.889763779528] as const;

/** The plan of the company's network with its machines and how to get into them, as PDF. */
export const networkPlan: TrapKind = {
  name: 'network-plan',
  summary: 'plan of the network with addresses and logins, a PDF',
  mode: readableByAll,
  relativePath: ({ seed, locale }) =>
    `${storyteller(seed, 'network plan name').helpers.arrayElement(names[locale])}.pdf`,
  async make({ persona, times, templates, decoy }) {
    const story = storyteller(persona.seed, 'network plan');
    const phrases = phrasesOf(templates, 'network-plan', persona.locale, story);
    const language = { en: 'en-US', de: 'de-DE', ru: 'ru-RU' }[persona.locale];
    const author = persona.administrator;
    const logins: TrapLogin[] = [
      {
        service: 'ssh',
        user: accountName('netadmin', 'ops', 'jump', author.login),
        password: generatedPassword(16),
      },
      { service: 'http', user: accountName('admin', 'console', 'noc'), password: inventedPassword() },
      {
        service: 'postgres',
        user: accountName('inventory', 'ipam', 'netbox'),
        password: generatedPassword(18),
      },
    ];
    const [ssh, http, postgres] = logins as [TrapLogin, TrapLogin, TrapLogin];
    const tunnel = randomText(alphabets.alphanumeric, 26);
    const community = randomText(alphabets.alphanumeric, 14);
    const values = {
      company: persona.company,
      author: author.fullName,
      email: author.email,
      extension: story.number.int({ min: 210, max: 489 }),
      date: times.modifiedAt.toLocaleDateString(language, { year: 'numeric', month: 'long', day: 'numeric' }),
    };
    const title = phrases('title');
    const document = new PdfDocument({
      title: `${title} ${persona.company}`,
      author: author.fullName,
      // The releases in Debian 11, Ubuntu 22.04 and Debian 12.
      producer: story.helpers.arrayElement(['LibreOffice 7.0', 'LibreOffice 7.3', 'LibreOffice 7.4']),
      createdAt: times.modifiedAt,
      language,
      page: persona.locale === 'en' ? letter : a4,
    });
    const look = officeLook(storyteller(persona.seed, 'office look'));
    const sheet = new PlanSheet(document, look, story, persona.locale === 'en' ? letter : a4);
    sheet.title(title, phrases('subtitle', values));
    const network = Object.values(persona.hosts)[0]?.address.split('.').slice(0, 2).join('.') ?? '10.0';
    const third = Number(Object.values(persona.hosts)[0]?.address.split('.')[2] ?? 1);
    const segments = story.helpers
      .shuffle(['users', 'wireless', 'management'] as const)
      .map((name, index) => ({
        name: phrases(name),
        network: `${network}.${(third + 10 * (index + 1)) % 250}.0/24`,
      }));
    segments.splice(story.number.int({ min: 0, max: 2 }), 0, {
      name: phrases('servers'),
      network: `${network}.${third}.0/24`,
    });
    const vlan = story.number.int({ min: 1, max: 9 }) * 10;
    const sections: (() => void)[] = [
      () => {
        sheet.heading(phrases('hosts'));
        sheet.table(
          [phrases('name'), phrases('address'), phrases('purpose')],
          [0.36, 0.24, 0.4],
          hostRows(persona, phrases, story),
        );
      },
      () => {
        sheet.heading(phrases('networks'));
        sheet.table(
          [phrases('vlan'), phrases('network'), phrases('purpose')],
          [0.2, 0.35, 0.45],
          segments.map((segment, index) => [String(vlan + 10 * index), segment.network, segment.name]),
        );
      },
      () => {
        sheet.heading(phrases('access'));
        sheet.table(
          [phrases('system'), phrases('address'), phrases('user'), phrases('password')],
          [0.24, 0.31, 0.19, 0.26],
          story.helpers.shuffle([
            [phrases('jump'), `${decoy.host}:${decoy.ports.ssh}`, ssh.user, ssh.password],
            [phrases('console'), decoyUrl(decoy), http.user, http.password],
            [phrases('database'), `${decoy.host}:${decoy.ports.postgres}`, postgres.user, postgres.password],
            [phrases('tunnel'), persona.hosts.gateway.address, '', tunnel],
            [phrases('switches'), `${network}.${third}.0/24`, '', community],
          ]),
        );
      },
    ];
    sheet.heading(phrases('diagram'));
    sheet.diagram(phrases('internet'), persona.hosts.gateway, segments);
    for (const section of story.helpers.shuffle(sections)) section();
    sheet.heading(phrases('remarks'));
    for (const key of story.helpers.shuffle(['remark1', 'remark2', 'remark3']))
      sheet.remark(phrases(key, values));
    return {
      content: document.bytes(),
      secrets: [
        ...logins.map(({ service, password }) => ({ label: service, value: password })),
        { label: 'VPN key', value: tunnel },
        { label: 'SNMP community', value: community },
      ],
      logins,
    };
  },
};

function hostRows(persona: Persona, phrases: Phrases, story: Faker): string[][] {
  const rows = Object.entries(persona.hosts) as [HostRole, Persona['hosts'][HostRole]][];
  const short = story.datatype.boolean();
  return rows.map(([role, host]) => [
    short ? host.name : host.fullName,
    host.address,
    phrases(`${role}_role`),
  ]);
}

/** Puts a plan on pages from top to bottom; lengths in points. */
class PlanSheet {
  readonly #document: PdfDocument;
  readonly #look: OfficeLook;
  readonly #height: number;
  readonly #left: number;
  readonly #width: number;
  readonly #size: number;
  readonly #filled: boolean;
  #top: number;

  constructor(document: PdfDocument, look: OfficeLook, story: Faker, page: readonly [number, number]) {
    this.#document = document;
    this.#look = look;
    this.#left = story.number.int({ min: 48, max: 62 });
    this.#width = page[0] - 2 * this.#left;
    this.#height = page[1];
    this.#size = story.helpers.arrayElement([8.5, 9, 9.5]);
    this.#filled = story.datatype.boolean({ probability: 0.6 });
    this.#top = story.number.int({ min: 60, max: 76 });
  }

  title(title: string, subtitle: string): void {
    this.#document.text(title, this.#left, this.#top, 'bold', this.#size * 2, this.#look.dark);
    this.#top += this.#size * 1.9;
    this.#document.text(subtitle, this.#left, this.#top, 'regular', this.#size, '595959');
    this.#top += this.#size;
    this.#document.line(this.#left, this.#top, this.#left + this.#width, this.#top, 0.75, this.#look.dark);
    this.#top += this.#size;
  }

  heading(text: string): void {
    this.#room(this.#size * 8);
    this.#top += this.#size * 2;
    this.#document.text(text, this.#left, this.#top, 'bold', this.#size * 1.35, this.#look.dark);
    this.#top += this.#size * 0.9;
  }

  remark(text: string): void {
    this.#room(this.#size * 2);
    this.#top += this.#size * 1.5;
    this.#document.text(`- ${text}`, this.#left, this.#top, 'regular', this.#size);
  }

  /** Columns are shares of the width; the last text of each row is code. */
  table(heads: readonly string[], shares: readonly number[], rows: readonly (readonly string[])[]): void {
    const lefts = shares.map(
      (_, at) => this.#left + this.#width * shares.slice(0, at).reduce((sum, one) => sum + one, 0),
    );
    const step = this.#size * 1.75;
    const put = (texts: readonly string[], is: 'head' | 'row') => {
      this.#room(step);
      if (is === 'head') {
        const { dark, pale } = this.#look;
        this.#document.box(this.#left, this.#top, this.#width, step, this.#filled ? dark : pale);
      }
      for (const [at, text] of texts.entries()) {
        const code =
          is === 'row' && at > 0 && /[A-Za-z0-9]/.test(text) && !/[^\x20-\x7e]|^[A-Z]?[a-z ]+$/.test(text);
        const face = is === 'head' ? 'bold' : code ? 'mono' : 'regular';
        const colour = is === 'head' && this.#filled ? 'FFFFFF' : '000000';
        const room = this.#width * (shares[at] ?? 0) - 6;
        const wide = this.#document.widthOf(text, face, this.#size);
        const size = wide > room ? (this.#size * room) / wide : this.#size;
        this.#document.text(text, (lefts[at] ?? 0) + 3, this.#top + step * 0.68, face, size, colour);
      }
      this.#top += step;
      this.#document.line(this.#left, this.#top, this.#left + this.#width, this.#top, 0.4, 'A6A6A6');
    };
    put(heads, 'head');
    for (const row of rows) put(row, 'row');
  }

  /** The way from outside over the gateway to each network. */
  diagram(
    internet: string,
    gateway: { readonly name: string; readonly address: string },
    networks: readonly { readonly name: string; readonly network: string }[],
  ): void {
    const high = this.#size * 3.4;
    this.#room(high * 5);
    const middle = this.#left + this.#width / 2;
    const top = this.#top + 4;
    this.#node(internet, '', middle, top, 110, high, 'FFFFFF');
    this.#document.line(middle, top + high, middle, top + high * 1.6, 1, '404040');
    this.#node(gateway.name, gateway.address, middle, top + high * 1.6, 130, high, this.#look.pale);
    const bar = top + high * 3.1;
    this.#document.line(middle, top + high * 2.6, middle, bar, 1, '404040');
    const wide = this.#width / networks.length;
    const centre = (at: number) => this.#left + wide * (at + 0.5);
    this.#document.line(centre(0), bar, centre(networks.length - 1), bar, 1.4, this.#look.dark);
    for (const [at, { name, network }] of networks.entries()) {
      this.#document.line(centre(at), bar, centre(at), bar + high * 0.5, 1, '404040');
      this.#node(name, network, centre(at), bar + high * 0.5, wide - 10, high, 'FFFFFF');
    }
    this.#top = bar + high * 1.7;
  }

  #node(
    name: string,
    detail: string,
    middle: number,
    top: number,
    width: number,
    high: number,
    fill: string,
  ): void {
    this.#document.box(middle - width / 2, top, width, high, fill, this.#look.dark);
    const lines = [name, detail].filter((line) => line !== '');
    for (const [at, line] of lines.entries()) {
      const face = at === 0 ? 'bold' : 'mono';
      const size = Math.min(
        this.#size,
        (this.#size * (width - 6)) / this.#document.widthOf(line, face, this.#size),
      );
      const wide = this.#document.widthOf(line, face, size);
      const down = lines.length === 1 ? high * 0.6 : high * (0.42 + at * 0.38);
      this.#document.text(line, middle - wide / 2, top + down, face, size);
    }
  }

  #room(height: number): void {
    if (this.#top + height < this.#height - 56) return;
    this.#document.addPage();
    this.#top = 60;
  }
}
