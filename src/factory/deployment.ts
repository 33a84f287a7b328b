import type { Persona } from './persona.js';
import { storyteller } from './storyteller.js';

/** Frameworks that the company's application may be written with. */
export const frameworks = ['laravel', 'django', 'rails', 'alembic', 'prisma'] as const;
export type Framework = (typeof frameworks)[number];

/** How the company runs its application: what several files name is said here once. Nothing in it is secret. */
export interface Deployment {
  readonly framework: Framework;
  /** That is in production, such as `4.11.2`. */
  readonly version: string;
  /** Port it listens on, behind its proxy. */
  readonly port: number;
  /** Name of the production database. */
  readonly database: string;
  /** Role that its tables belong to. */
  readonly owner: string;
  /** Name of the database for reports. */
  readonly warehouse: string;
  /** Name of the database of the company's website. */
  readonly website: string;
  /** Program of the nightly backup. */
  readonly backupTool: 'restic' | 'borg' | 'tar';
  /** Host name of the GitLab that they use: the public one, or one of their own. */
  readonly gitlab: string;
  /** Where its images lie: with GitLab or another. */
  readonly imageRegistry: string;
  /** Port of the gateway's web interface. */
  readonly gatewayPort: string;
  /** Login page, the issuer of its tokens, such as `https://sso.keller-logistik.de`. */
  readonly issuer: string;
}

const usualPorts: Readonly<Record<Framework, readonly number[]>> = {
  laravel: [8000, 8080, 9000],
  django: [8000, 8000, 8080],
  rails: [3000, 3000, 8080],
  alembic: [5000, 8000, 8080],
  prisma: [3000, 3000, 5000, 8080],
};

/** The deployment of a persona; the same persona always has the same. */
export function deploymentOf({ seed, project, domain, internalDomain }: Persona): Deployment {
  const story = storyteller(seed, 'deployment');
  const oneOf = <Choice>(...choices: Choice[]) => story.helpers.arrayElement(choices);
  const number = (min: number, max: number) => story.number.int({ min, max });
  const framework = storyteller(seed, 'sqlite framework').helpers.arrayElement(frameworks);
  const gitlab = oneOf('gitlab.com', `${oneOf('git', 'gitlab', 'code')}.${internalDomain}`);
  const registry = `registry.${gitlab}`;
  return {
    framework,
    version: `${number(1, 6)}.${number(0, 21)}.${number(0, 12)}`,
    port: oneOf(...usualPorts[framework]),
    database: oneOf(`${project}_prod`, project, `${project}_production`, `${project}_live`, `${project}db`),
    owner: oneOf(project, `${project}_owner`),
    warehouse: `${project}_${oneOf('dwh', 'bi', 'reports')}`,
    website: oneOf('wordpress', 'wp', `${project}_site`, 'website', 'wp_prod'),
    backupTool: oneOf('restic', 'borg', 'tar'),
    gitlab,
    imageRegistry: oneOf('ghcr.io', 'docker.io', 'quay.io', registry, registry),
    gatewayPort: storyteller(seed, 'gateway port').helpers.arrayElement(['4443', '8443', '443', '10443']),
    issuer: `https://${oneOf('login', 'auth', 'sso', 'id', 'accounts')}.${domain}`,
  };
}
