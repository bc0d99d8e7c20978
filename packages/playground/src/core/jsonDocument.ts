import fs from 'fs/promises';
import path from 'path';

/** @public */
export interface JsonDocumentOptions<T> {
  /** Absolute path of the file; its folder is made when it is missing. */
  file: string;
  /** What the document holds when there is no file yet. */
  initial: () => T;
  /** Milliseconds that changes are collected for before they are written. */
  delayMs?: number;
  /** Permissions of the file. */
  mode?: number;
  /** Told when a write in the background failed; the next change tries again. */
  onError?: (error: Error) => void;
}

/**
 * State that one part of the playground keeps in a JSON file: change `value`, then call `changed()`. Writes are collected,
 * and replace the file in one step, so a reader or a crash never meets half a document.
 *
 * @public
 */
export class JsonDocument<T> {
  /** Documents with changes that are not on disk. */
  private static readonly unsaved = new Set<JsonDocument<unknown>>();

  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();
  private dirty = false;

  private constructor(
    private readonly options: JsonDocumentOptions<T>,
    public value: T,
  ) {}

  static async open<T>(
    options: JsonDocumentOptions<T>,
  ): Promise<JsonDocument<T>> {
    const text = await readIfPresent(options.file);
    if (text === undefined) {
      return new JsonDocument(options, options.initial());
    }
    try {
      const value: T = JSON.parse(text);
      return new JsonDocument(options, value);
    } catch (error) {
      throw new Error(
        `${options.file} cannot be read; remove it, or the whole state folder with: npm run reset`,
        { cause: error },
      );
    }
  }

  /** Brings every document of the process to disk, for its end. */
  static async flushAll(): Promise<void> {
    await Promise.all(
      [...JsonDocument.unsaved].map(document => document.flush()),
    );
  }

  /** Writes soon. */
  changed(): void {
    this.dirty = true;
    JsonDocument.unsaved.add(this);
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.write().catch(error => this.options.onError?.(error));
    }, this.options.delayMs ?? 100);
    this.timer.unref();
  }

  /** Resolves when everything that changed until now is on disk. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    await this.write();
  }

  private write(): Promise<void> {
    this.writing = this.writing
      .catch(() => undefined)
      .then(async () => {
        if (!this.dirty) {
          return;
        }
        this.dirty = false;
        try {
          await writeFileAtomically(
            this.options.file,
            `${JSON.stringify(this.value)}\n`,
            this.options.mode,
          );
        } catch (error) {
          this.dirty = true;
          throw error;
        }
        // Not before it is there: whoever ends the process waits for what is being written.
        if (!this.dirty) {
          JsonDocument.unsaved.delete(this);
        }
      });
    return this.writing;
  }
}

/**
 * Replaces a file in one step.
 *
 * @public
 */
export async function writeFileAtomically(
  file: string,
  text: string,
  mode = 0o644,
): Promise<void> {
  await fs.mkdir(path.dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  await fs.writeFile(temporary, text, { mode });
  await fs.rename(temporary, file);
}

/**
 * Text of a file, or undefined when there is none.
 *
 * @public
 */
export async function readIfPresent(file: string): Promise<string | undefined> {
  try {
    return await fs.readFile(file, 'utf8');
  } catch (error) {
    if (
      typeof error === 'object' &&
      error !== null &&
      'code' in error &&
      error.code === 'ENOENT'
    ) {
      return undefined;
    }
    throw error;
  }
}
