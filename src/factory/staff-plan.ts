/** One position of a middle-sized company. */
export interface Position {
  readonly title: string;
  readonly department: string;
  /** Lowest and highest yearly base salary in US dollars. */
  readonly salary: readonly [number, number];
  /** Lowest and highest number of people who hold it. */
  readonly holders: readonly [number, number];
}

const position = (
  department: string,
  title: string,
  salary: readonly [number, number],
  holders: readonly [number, number] = [1, 1],
): Position => ({ title, department, salary, holders });

/** Who works there, heads first: between 26 and 44 people. */
export const staffPlan: readonly Position[] = [
  position('Management', 'Chief Executive Officer', [238_000, 312_000]),
  position('Management', 'Chief Financial Officer', [196_000, 248_000]),
  position('Management', 'Chief Technology Officer', [204_000, 262_000]),
  position('Management', 'Executive Assistant', [58_000, 74_000]),
  position('Human Resources', 'HR Manager', [92_000, 118_000]),
  position('Human Resources', 'HR Generalist', [58_000, 76_000], [1, 2]),
  position('Finance', 'Financial Controller', [112_000, 142_000]),
  position('Finance', 'Payroll Specialist', [56_000, 72_000]),
  position('Finance', 'Accountant', [62_000, 84_000], [1, 3]),
  position('IT', 'IT Manager', [118_000, 146_000]),
  position('IT', 'Systems Administrator', [84_000, 112_000], [1, 2]),
  position('IT', 'Support Technician', [48_000, 64_000], [1, 2]),
  position('Engineering', 'Engineering Manager', [152_000, 186_000]),
  position('Engineering', 'Senior Software Engineer', [134_000, 172_000], [2, 4]),
  position('Engineering', 'Software Engineer', [94_000, 132_000], [3, 6]),
  position('Engineering', 'QA Engineer', [78_000, 104_000], [1, 2]),
  position('Sales', 'Head of Sales', [142_000, 178_000]),
  position('Sales', 'Account Executive', [68_000, 96_000], [2, 4]),
  position('Sales', 'Marketing Specialist', [58_000, 82_000], [1, 2]),
  position('Operations', 'Operations Manager', [98_000, 126_000]),
  position('Operations', 'Operations Coordinator', [48_000, 66_000], [1, 3]),
  position('Operations', 'Customer Service Representative', [42_000, 55_000], [1, 3]),
];
