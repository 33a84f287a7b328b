import { highest, lowest, median, quantile } from '../statistics.js';
import type { Table } from '../table.js';
import type { CallTimes } from './call-timer.js';

/** Compares blocks that took turns: `without` begins and ends. */
export function compareBlocks(without: readonly CallTimes[], withSensor: readonly CallTimes[]): Table {
  const rows = Object.keys(without[0] ?? {}).map((name) => {
    const figure = (times: CallTimes | undefined) => quantile(times?.[name] ?? [], 0.05);
    const pairs = withSensor.map((times, index) => {
      const base = (figure(without[index]) + figure(without[index + 1])) / 2;
      return { base, loaded: figure(times), cost: figure(times) - base };
    });
    const costs = pairs.map(({ cost }) => cost);
    const quietest = lowest(withSensor.map(figure)) - lowest(without.map(figure));
    return [
      name,
      String(pairs.length),
      median(pairs.map(({ base }) => base)).toFixed(0),
      median(pairs.map(({ loaded }) => loaded)).toFixed(0),
      signed(median(costs)),
      `${signed(lowest(costs))} to ${signed(highest(costs))}`,
      signed(quietest),
      median(pairs.map(({ base, loaded }) => loaded / base)).toFixed(2),
    ];
  });
  const columns = [
    'call',
    'pairs',
    'without ns',
    'with ns',
    'cost ns',
    'spread of the cost',
    'with / without',
  ];
  return { columns, rows };
}

function signed(value: number): string {
  const text = Math.abs(value).toFixed(0);
  return text === '0' ? '0' : `${value < 0 ? '-' : '+'}${text}`;
}
