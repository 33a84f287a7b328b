import { boundFiles } from './bounded-memory.js';
import { disguiseUser, disguiseVersion } from './disguise.js';
import type { EngineTask } from './engine-messages.js';
import { openCluster } from './open-database.js';
import { placeholders } from './placeholders.js';
import { dressSession } from './session-dress.js';

/** Output that may be under way to the visitor, bytes; above it the thread stands still. */
const mostUnderWay = 2 * 1024 * 1024;
/** How long it stands still before it looks again, ms; the thread is ended from outside when that goes on. */
const longestWait = 60_000;

/** Opens a visitor's database, and returns what answers whole messages of a client. */
export async function serveCluster(
  task: Extract<EngineTask, { kind: 'serve' }>,
  send: (bytes: Uint8Array) => void,
): Promise<(messages: Uint8Array) => void> {
  const plain = ['postgres', 'template1'].includes(task.database);
  const name = plain ? task.database : placeholders.database;
  const database = await openCluster(task.cluster, name, task.engine);
  const userId = await dressSession(database, task);
  boundFiles(database);
  disguiseVersion(database, task);
  disguiseUser(database, userId);
  const passedOn = new Int32Array(task.passedOn);
  let sent = 0;
  const onRawData = (bytes: Uint8Array) => {
    send(bytes.slice());
    sent = (sent + bytes.length) | 0;
    for (let passed = Atomics.load(passedOn, 0); ((sent - passed) | 0) > mostUnderWay; ) {
      Atomics.wait(passedOn, 0, passed, longestWait);
      passed = Atomics.load(passedOn, 0);
    }
  };
  return (messages) => {
    // Nothing of it is asynchronous: the promise is only of writing files to a disk that there is not.
    void database.execProtocolRawStream(messages, { syncToFs: false, onRawData });
  };
}
