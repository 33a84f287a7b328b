import type { Faker } from '@faker-js/faker';
import type { AccountRow } from '../account-rows.js';

export type SqlValue = string | number | null;

/** A table of a database with its indexes, as its framework made them. */
export interface StoredTable {
  readonly name: string;
  readonly sql: readonly string[];
  readonly rows: readonly (readonly SqlValue[])[];
}

/** A table that the company's developers wrote, before a framework names its columns. */
export interface OwnTable {
  /** One word, such as `invoice`, and for many. */
  readonly singular: string;
  readonly plural: string;
  readonly columns: readonly OwnColumn[];
  readonly rows: readonly OwnRow[];
}

export interface OwnColumn {
  /** In small letters; of a user without `_id`. */
  readonly name: string;
  readonly type: 'text' | 'long' | 'money' | 'user' | 'flag';
}

export interface OwnRow {
  /** One for each column; a user by id. */
  readonly values: readonly SqlValue[];
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** Somebody with an account; `sealed` is what the framework keeps of the password. */
export interface WebUser extends AccountRow {
  readonly sealed: string;
}

/** What an application has stored. */
export interface Application {
  readonly story: Faker;
  /** First two numbers of the addresses in the company. */
  readonly network: string;
  /** When it was last written to. */
  readonly latest: Date;
  readonly users: readonly WebUser[];
  readonly own: readonly OwnTable[];
  /** A time before `latest`, random. */
  past(): Date;
}

/** How the web applications of one framework store what they have. */
export interface WebFramework {
  /** What is kept of a password. */
  seal(password: string): Promise<string>;
  /** The same of a password that nobody knows. */
  unknown(): string;
  /** In the order in which the migrations make them. */
  tables(application: Application): StoredTable[];
}
