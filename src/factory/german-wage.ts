/** What a month's pay in Germany depends on beside its amount. */
export interface GermanEmployee {
  /** 1 as for singles (4 is the same), 3 for who earns more in a marriage. */
  readonly taxClass: 1 | 3;
  /** How far the health insurer's own rate lies from the average one, in per cent. */
  readonly additional: number;
  /** Added to the employee's rate of care insurance, in per cent: 0.6 without children. */
  readonly care: number;
}

/** Figures of a year; bounds a month in euros, rates in per cent. */
interface Year {
  readonly pensionBound: number;
  readonly healthBound: number;
  readonly averageAdditional: number;
  /** The employee's half. */
  readonly care: number;
  /** Income of a year up to which nothing is taxed, and where each of the next two zones ends. */
  readonly zones: readonly [free: number, low: number, middle: number];
  /** Of the formulas for the zones: two factors, and what the four highest are added to or lessened by. */
  readonly factors: readonly [low: number, middle: number];
  readonly parts: readonly [middle: number, high: number, highest: number];
  /** Tax of a year up to which there is no solidarity surcharge (SolzG, section 3). */
  readonly withoutSurcharge: number;
}

// Bounds: SVBezGrV and SV-Rechengrößenverordnung of each year; zones: EStG, section 32a, in the form of each year.
const years: Readonly<Record<2024 | 2025 | 2026, Year>> = {
  2024: {
    pensionBound: 7_550,
    healthBound: 5_175,
    averageAdditional: 1.7,
    care: 1.7,
    zones: [11_604, 17_005, 66_760],
    factors: [922.98, 181.19],
    parts: [1_025.38, 10_602.13, 18_936.88],
    withoutSurcharge: 18_130,
  },
  2025: {
    pensionBound: 8_050,
    healthBound: 5_512.5,
    averageAdditional: 2.5,
    care: 1.8,
    zones: [12_096, 17_443, 68_480],
    factors: [932.3, 176.64],
    parts: [1_015.13, 10_911.92, 19_246.67],
    withoutSurcharge: 19_950,
  },
  2026: {
    pensionBound: 8_450,
    healthBound: 5_812.5,
    averageAdditional: 2.9,
    care: 1.8,
    zones: [12_348, 17_799, 69_878],
    factors: [914.51, 173.1],
    parts: [1_034.87, 11_135.63, 19_470.38],
    withoutSurcharge: 20_350,
  },
};

/** Employee's rates of pension and unemployment insurance together (SGB VI, section 158; SGB III, section 341). */
const pension = 9.3;
const unemployment = 1.3;
/** Half of the general rate of health insurance, and of the lower one that the tax reckons with (SGB V, 241 and 243). */
const health = 7.3;
const healthWithoutSickPay = 7;
/** What every employee may deduct (EStG, sections 9a and 10c). */
const allowances = 1_230 + 36;

const cents = (amount: number) => Math.round(amount * 100) / 100;

/**
 * Income tax with the solidarity surcharge, and the employee's contributions, of a month's `gross` in euros, without
 * church tax. Years before 2024 and after 2026 are reckoned as these.
 */
export function germanDeductions(
  gross: number,
  year: number,
  { taxClass, additional, care }: GermanEmployee,
): { tax: number; social: number } {
  const figures = years[Math.min(Math.max(year, 2024), 2026) as keyof typeof years];
  const forPension = Math.min(gross, figures.pensionBound) / 100;
  const forHealth = Math.min(gross, figures.healthBound) / 100;
  const own = (figures.averageAdditional + additional) / 2 + figures.care + care;
  const social = forPension * (pension + unemployment) + forHealth * (health + own);
  // What provision for old age and sickness lessens (EStG, section 39b (2) 3).
  const provision = 12 * (forPension * pension + forHealth * (healthWithoutSickPay + own));
  const taxable = Math.max(0, Math.floor(12 * gross - allowances - Math.ceil(provision)));
  const people = taxClass === 3 ? 2 : 1;
  const tax = people * taxOf(Math.floor(taxable / people), figures);
  const above = tax - people * figures.withoutSurcharge;
  const surcharge = above > 0 ? Math.min(tax * 0.055, above * 0.119) : 0;
  return { tax: cents((tax + surcharge) / 12), social: cents(social) };
}

/** Of a year's taxable income, in whole euros (EStG, section 32a (1)). */
function taxOf(income: number, { zones, factors, parts }: Year): number {
  const [free, low, middle] = zones;
  const inZone = (start: number) => (income - start) / 10_000;
  if (income <= free) return 0;
  if (income <= low) return Math.floor((factors[0] * inZone(free) + 1_400) * inZone(free));
  if (income <= middle) return Math.floor((factors[1] * inZone(low) + 2_397) * inZone(low) + parts[0]);
  return Math.floor(income <= 277_825 ? 0.42 * income - parts[1] : 0.45 * income - parts[2]);
}
