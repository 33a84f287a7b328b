import { type DocumentProperties, inSeconds, officePackage } from './office-package.js';
import type { Templates } from './templates.js';

/** Looks that cells may have, in the order of the styles part. */
export const cellLooks = [
  'plain',
  'title',
  'head',
  'headRight',
  'text',
  'code',
  'money',
  'date',
  'total',
  'totalMoney',
  'note',
] as const;
export type CellLook = (typeof cellLooks)[number];

/** A cell: text, a number, or a formula with the value it has. */
export interface Cell {
  readonly look: CellLook;
  readonly text?: string;
  readonly value?: number;
  /** Without the sign `=`. */
  readonly formula?: string;
}

export interface Sheet {
  readonly name: string;
  /** In widths of a digit of the body font, the margin of the cell included. */
  readonly widths: readonly number[];
  /** Rows that stay when one scrolls. */
  readonly frozenRows: number;
  readonly rows: readonly (readonly (Cell | undefined)[])[];
}

/** How the program that saved the workbook was set. */
export interface WorkbookSettings {
  /** Build of Excel, such as `27328`. */
  readonly build: number;
  /** Place and size of the window, in twentieths of a point. */
  readonly window: readonly [number, number, number, number];
  readonly landscape: boolean;
  /** Number of the paper: 1 is letter, 9 is A4. */
  readonly paper: number;
}

/** Builds a workbook as Excel saves it; `values` are what the templates of `folder` want besides. */
export function workbook(
  templates: Templates,
  folder: string,
  properties: DocumentProperties,
  settings: WorkbookSettings,
  sheets: readonly Sheet[],
  values: object,
): Uint8Array {
  const strings = new SharedStrings();
  const bodies = sheets.map((sheet, index) => sheetXml(sheet, index === 0, settings, strings));
  const common = {
    ...values,
    properties,
    settings,
    sheets,
    createdAt: inSeconds(properties.createdAt),
    modifiedAt: inSeconds(properties.modifiedAt),
  };
  const part = (name: string): [string, string] => [name, templates.xml(`${folder}/${name}.njk`, common)];
  return officePackage(
    [
      part('[Content_Types].xml'),
      part('_rels/.rels'),
      part('xl/workbook.xml'),
      part('xl/_rels/workbook.xml.rels'),
      ...bodies.map((xml, index): [string, string] => [`xl/worksheets/sheet${index + 1}.xml`, xml]),
      ['xl/theme/theme1.xml', templates.xml('office/theme1.xml.njk', common)],
      part('xl/styles.xml'),
      ['xl/sharedStrings.xml', strings.xml()],
      part('docProps/core.xml'),
      part('docProps/app.xml'),
    ],
    properties.modifiedAt,
  );
}

/** The name of a cell, such as `AB12`; both counted from 0. */
export function cellName(column: number, row: number): string {
  return `${columnName(column)}${row + 1}`;
}

/** A day as sheets count it: days since 1899-12-30, of the local calendar. */
export function serialDay(date: Date): number {
  return Math.round(Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / 86_400_000) + 25_569;
}

function columnName(column: number): string {
  const rest = String.fromCharCode(65 + (column % 26));
  return column < 26 ? rest : columnName(Math.floor(column / 26) - 1) + rest;
}

const declaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';

function sheetXml(sheet: Sheet, first: boolean, settings: WorkbookSettings, strings: SharedStrings): string {
  const columns = sheet.widths.length;
  const rows = sheet.rows.map((cells, row) => {
    const inside = cells
      .map((cell, column) => (cell ? cellXml(cell, cellName(column, row), strings) : ''))
      .join('');
    return inside === '' ? '' : `<row r="${row + 1}" spans="1:${columns}">${inside}</row>`;
  });
  const widths = sheet.widths.map(
    (width, index) => `<col min="${index + 1}" max="${index + 1}" width="${width}" customWidth="1"/>`,
  );
  const below = cellName(0, sheet.frozenRows);
  const pane = `<pane ySplit="${sheet.frozenRows}" topLeftCell="${below}" activePane="bottomLeft" state="frozen"/><selection pane="bottomLeft" activeCell="${below}" sqref="${below}"/>`;
  return `${declaration}<worksheet xmlns="${main}" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr><dimension ref="A1:${cellName(columns - 1, sheet.rows.length - 1)}"/><sheetViews><sheetView ${first ? 'tabSelected="1" ' : ''}workbookViewId="0">${sheet.frozenRows > 0 ? pane : ''}</sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/><cols>${widths.join('')}</cols><sheetData>${rows.join('')}</sheetData><pageMargins left="0.7" right="0.7" top="0.75" bottom="0.75" header="0.3" footer="0.3"/><pageSetup paperSize="${settings.paper}" fitToHeight="0"${settings.landscape ? ' orientation="landscape"' : ''}/></worksheet>`;
}

function cellXml(cell: Cell, name: string, strings: SharedStrings): string {
  const look = `r="${name}" s="${cellLooks.indexOf(cell.look)}"`;
  if (cell.text !== undefined) return `<c ${look} t="s"><v>${strings.indexOf(cell.text)}</v></c>`;
  const formula = cell.formula === undefined ? '' : `<f>${escaped(cell.formula)}</f>`;
  return cell.value === undefined ? `<c ${look}/>` : `<c ${look}>${formula}<v>${cell.value}</v></c>`;
}

/** Each text once, and how often it was asked for. */
class SharedStrings {
  readonly #places = new Map<string, number>();
  #uses = 0;

  indexOf(text: string): number {
    this.#uses += 1;
    const place = this.#places.get(text) ?? this.#places.size;
    this.#places.set(text, place);
    return place;
  }

  xml(): string {
    const items = [...this.#places.keys()].map((text) => {
      const space = text === text.trim() ? '' : ' xml:space="preserve"';
      return `<si><t${space}>${escaped(text)}</t></si>`;
    });
    return `${declaration}<sst xmlns="${main}" count="${this.#uses}" uniqueCount="${this.#places.size}">${items.join('')}</sst>`;
  }
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
