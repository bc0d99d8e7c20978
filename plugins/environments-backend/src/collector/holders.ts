import { randomUUID } from 'crypto';
import { readlinkSync } from 'fs';
import { hostname } from 'os';

/** Holders of this process that are not gone yet. */
const living = new Set<string>();

/** A name for who holds leases: where it lives, which process it is, and which of its kind. */
export function newHolder(): string {
  const holder = `${place()} ${process.pid} ${randomUUID()}`;
  living.add(holder);
  return holder;
}

/** It gives back what it held, and is gone. */
export function endHolder(holder: string): void {
  living.delete(holder);
}

/** Whether a holder is certainly dead: a process of this place that runs no more. Of other places nothing is known. */
export function isDead(holder: string): boolean {
  const [where, pid] = holder.split(' ');
  if (where !== place()) {
    return false;
  }
  return Number(pid) === process.pid
    ? !living.has(holder)
    : !isRunning(Number(pid));
}

/** Process ids mean something within a host, and there within a container. */
function place(): string {
  let namespace = '';
  try {
    namespace = readlinkSync('/proc/self/ns/pid');
  } catch {
    // Not every system has such namespaces.
  }
  return `${hostname()}${namespace}`;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It runs, and belongs to another user.
    return (
      typeof error === 'object' &&
      error !== null &&
      'code' in error &&
      error.code === 'EPERM'
    );
  }
}
