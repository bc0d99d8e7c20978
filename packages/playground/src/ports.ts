/** Where the portal and the parts of the playground listen. */
export interface Ports {
  readonly portal: number;
  readonly git: number;
  readonly argoCd: number;
  readonly nonprod: number;
  readonly prod: number;
  readonly identity: number;
  readonly control: number;
}

/** How many ports there are, the portal's among them. */
const COUNT = 7;

/** The ports that follow the portal's. */
export function portsFrom(portal: number): Ports {
  if (!Number.isInteger(portal) || portal < 1 || portal > 65_536 - COUNT) {
    throw new Error(`The port must be a number from 1 to ${65_536 - COUNT}`);
  }
  return {
    portal,
    git: portal + 1,
    argoCd: portal + 2,
    nonprod: portal + 3,
    prod: portal + 4,
    identity: portal + 5,
    control: portal + 6,
  };
}
