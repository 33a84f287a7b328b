import { type DecoyService, decoyServices } from '../../core/decoy/decoy-service.js';
import type { DecoyPlace } from '../../core/ports/decoy.js';
import { printableText } from '../../core/printable.js';
import type { CLibrary } from './c-library.js';
import { ListeningSocket } from './listening-socket.js';

/** One address and port of the configuration, and the socket there once it could be had. */
interface Wanted {
  readonly service: DecoyService;
  readonly ip: string;
  readonly port: number;
  socket?: ListeningSocket;
  failure?: string;
}

export interface OpenSocket {
  readonly descriptor: number;
  readonly service: DecoyService;
  readonly place: DecoyPlace;
}

/** The places where the decoy answers, or tries to. */
export class OpenPlaces {
  readonly #library: CLibrary;
  readonly #wanted: Wanted[];

  constructor(
    library: CLibrary,
    addresses: readonly string[],
    ports: Readonly<Record<DecoyService, number>>,
  ) {
    this.#library = library;
    this.#wanted = addresses.flatMap((ip) =>
      decoyServices.map((service) => ({ service, ip, port: ports[service] })),
    );
  }

  /** Tries every place that is not open yet; gives those that are open since now. */
  tryAll(): readonly DecoyPlace[] {
    const missing = this.#wanted.filter(({ socket }) => socket === undefined);
    for (const place of missing) this.#try(place);
    return missing.filter(({ socket }) => socket !== undefined).map(placeOf);
  }

  get places(): readonly DecoyPlace[] {
    return this.#wanted.map(placeOf);
  }

  get areAllOpen(): boolean {
    return this.#wanted.every(({ socket }) => socket !== undefined);
  }

  get sockets(): readonly OpenSocket[] {
    return this.#wanted.flatMap((wanted) => {
      const { service, socket } = wanted;
      return socket === undefined ? [] : [{ descriptor: socket.descriptor, service, place: placeOf(wanted) }];
    });
  }

  close(): void {
    for (const place of this.#wanted) {
      place.socket?.close();
      delete place.socket;
    }
  }

  #try(place: Wanted): void {
    try {
      place.socket = ListeningSocket.open(this.#library, place.ip, place.port);
      delete place.failure;
    } catch (error) {
      place.failure = failureOf((error as Error).message);
    }
  }
}

function placeOf({ service, ip, port, socket, failure }: Wanted): DecoyPlace {
  return { service, ip, port: socket?.port ?? port, ...(failure !== undefined && { failure }) };
}

function failureOf(word: string): string {
  if (word === 'EADDRINUSE') return 'something else listens there';
  if (word === 'EADDRNOTAVAIL') return 'the host has no such address';
  return printableText(word).slice(0, 200);
}
