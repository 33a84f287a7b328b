import type { Persona } from './persona.js';
import { storyteller } from './storyteller.js';

/** What the company has with others, the same in all its files. Nothing in it is secret. */
export interface Accounts {
  /** Its name with GitHub, Docker registries and npm. */
  readonly organisation: string;
  /** Id of the Slack workspace, such as `T01ABCDEFGH`. */
  readonly slackTeam: string;
  /** What follows `acct_` in the id of the Stripe account: 16 characters. */
  readonly stripe: string;
  /** Number of the shop with YooKassa, of a company in Russia. */
  readonly yookassaShop: string;
  /** Id of the Google Cloud project, such as `meridian-prod-318204`. */
  readonly googleProject: string;
  /** Ids of the Azure tenant and subscription. */
  readonly azureTenant: string;
  readonly azureSubscription: string;
  readonly azureSubscriptionName: string;
}

/** The accounts of a persona; the same persona always has the same ones. */
export function accountsOf(persona: Persona): Accounts {
  const story = storyteller(persona.seed, 'accounts');
  const [company = persona.project] = persona.domain.split('.');
  return {
    organisation: company,
    slackTeam: `T0${story.string.alphanumeric({ length: 9, casing: 'upper' })}`,
    stripe: `1${story.string.alphanumeric(15)}`,
    yookassaShop: storyteller(persona.seed, 'yookassa shop').string.numeric({
      length: 6,
      allowLeadingZeros: false,
    }),
    googleProject: `${persona.project}-${story.helpers.arrayElement(['prod', 'platform', 'main'])}-${story.string.numeric({ length: 6, allowLeadingZeros: false })}`,
    azureTenant: story.string.uuid(),
    azureSubscription: story.string.uuid(),
    azureSubscriptionName: story.helpers.arrayElement([
      'Pay-As-You-Go',
      `${persona.project}-production`,
      `${company}-prod`,
      `${persona.company} Production`,
    ]),
  };
}
