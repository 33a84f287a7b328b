import { randomInt } from 'node:crypto';
import { alphabets, randomText } from '../secrets.js';

/** A bot token of Slack: the workspace's number, the bot's, and 24 characters. */
export function slackBotToken(): string {
  const number = (digits: number) => `${randomInt(1, 10)}${randomText('0123456789', digits - 1)}`;
  return `xoxb-${number(12)}-${number(13)}-${randomText(alphabets.alphanumeric, 24)}`;
}

/** The address of an incoming webhook of the workspace `team`, such as `T01ABCDEFGH`. */
export function slackWebhook(team: string): string {
  const hook = `B0${randomText(alphabets.upperAlphanumeric, 9)}`;
  return `https://hooks.slack.com/services/${team}/${hook}/${randomText(alphabets.alphanumeric, 24)}`;
}
