/**
 * What an instance type of AWS, or one whose name ends in its number of CPUs, has.
 *
 * @public
 */
export interface Capacity {
  readonly cpu: number;
  /** GiB */
  readonly memory: number;
}

/** GiB for each CPU, by the first letter of the family. */
const MEMORY_PER_CPU: Readonly<Record<string, number>> = {
  c: 2,
  m: 4,
  r: 8,
  x: 16,
};

/** The burstable families have a table of their own: CPUs and GiB. */
const BURSTABLE: Readonly<Record<string, Capacity>> = {
  nano: { cpu: 2, memory: 0.5 },
  micro: { cpu: 2, memory: 1 },
  small: { cpu: 2, memory: 2 },
  medium: { cpu: 2, memory: 4 },
  large: { cpu: 2, memory: 8 },
  xlarge: { cpu: 4, memory: 16 },
  '2xlarge': { cpu: 8, memory: 32 },
};

const CPUS: Readonly<Record<string, number>> = {
  medium: 1,
  large: 2,
  xlarge: 4,
};

/**
 * What a node or database of this type has; undefined for a type that the names do not tell.
 * Source: the naming of EC2 instance types and RDS instance classes, `db.` before the family.
 *
 * @public
 */
export function capacityOf(type: string): Capacity | undefined {
  const aws = /^(?:db\.)?([a-z])(\d[a-z-]*)\.(\d*)([a-z]+)$/.exec(type);
  if (aws) {
    const [, letter, , factor, size] = aws;
    if (letter === 't') {
      return BURSTABLE[`${factor}${size}`];
    }
    const perCpu = MEMORY_PER_CPU[letter];
    const cpu =
      factor !== '' && size === 'xlarge' ? Number(factor) * 4 : CPUS[size];
    return perCpu !== undefined && cpu !== undefined
      ? { cpu, memory: cpu * perCpu }
      : undefined;
  }
  const counted = /^(?:[a-z0-9]+-)?(standard|highmem|highcpu)-(\d+)$/.exec(
    type,
  );
  if (counted) {
    const cpu = Number(counted[2]);
    const perCpu = { standard: 4, highmem: 8, highcpu: 1 }[counted[1]] ?? 4;
    return { cpu, memory: cpu * perCpu };
  }
  return undefined;
}
