import fs from 'fs/promises';
import { JsonDocument } from '../core';

/**
 * Removes the folder of a test. What is still to be written is written first: a document that is saved while its folder goes
 * would bring the folder back, or keep it from going.
 */
export async function removeFolder(folder: string): Promise<void> {
  await JsonDocument.flushAll();
  await fs.rm(folder, { recursive: true, force: true, maxRetries: 10 });
}
