import type { Route } from './route.js';
import { changes } from './routes/changes.js';
import { descriptorReads } from './routes/descriptor-reads.js';
import { ioUring } from './routes/io-uring.js';
import { opens } from './routes/opens.js';
import { places } from './routes/places.js';
import { reconnaissance } from './routes/reconnaissance.js';

/** Every route, in the order of the document's rows. */
export const routeGroups: readonly { readonly title: string; readonly routes: readonly Route[] }[] = [
  { title: 'Reading', routes: descriptorReads },
  { title: 'io_uring', routes: ioUring },
  { title: 'Other descriptors', routes: opens },
  { title: 'Other names and places', routes: places },
  { title: 'Tamper', routes: changes },
  { title: 'Reconnaissance', routes: reconnaissance },
];

export const allRoutes: readonly Route[] = routeGroups.flatMap(({ routes }) => routes);

/** Name of the route's folders: `io_uring read, SQPOLL` -> `io-uring-read-sqpoll`. */
export function slugOf({ name }: Route): string {
  return name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
}
