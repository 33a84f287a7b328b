import { Agent } from 'node:http';
import { inspect } from 'node:util';

/**
 * Connections to the engine, one for each call.
 *
 * It shows nothing of itself: docker-modem writes out all options of every request for its debug log, also where
 * that is off (docker-modem 5 lib/modem.js, buildRequest), and with the agent every open connection, which are the
 * terminals of all guests.
 */
export class EngineAgent extends Agent {
  constructor() {
    // A kept-alive connection to an engine that restarted would fail the next call with ECONNRESET.
    super({ keepAlive: false });
  }

  [inspect.custom](): string {
    return 'EngineAgent';
  }
}
