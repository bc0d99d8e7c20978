import type { ObjectChange, ObjectStore } from '../store';

/** Brings one kind of objects towards what they ask for. */
export interface Controller {
  readonly name: string;
  /** Keys of what a change makes it look at again. */
  concerns(change: ObjectChange): readonly string[];
  sync(key: string): void;
}

export interface ControllerManagerOptions {
  store: ObjectStore;
  onError: (controller: string, error: unknown) => void;
}

/**
 * Runs the controllers: one key after the other, each once however often it was asked for. While the API server is away they
 * wait, as they could neither read nor write.
 */
export class ControllerManager {
  private readonly controllers: Controller[] = [];
  private readonly queue = new Map<string, () => void>();
  private running = false;
  private scheduled = false;
  private readonly unsubscribe: () => void;

  constructor(private readonly options: ControllerManagerOptions) {
    this.unsubscribe = options.store.subscribe(event => this.observe(event));
  }

  add(controller: Controller): void {
    this.controllers.push(controller);
  }

  /** Begins, or goes on where it paused. */
  start(): void {
    this.running = true;
    this.schedule();
  }

  pause(): void {
    this.running = false;
  }

  close(): void {
    this.pause();
    this.unsubscribe();
    this.queue.clear();
  }

  /** Has every controller look at everything, as after a start. */
  resync(): void {
    const { store } = this.options;
    for (const object of store.all()) {
      this.observe({ type: 'ADDED', object });
    }
  }

  enqueue(controller: Controller, key: string): void {
    this.queue.set(`${controller.name} ${key}`, () => controller.sync(key));
    this.schedule();
  }

  private observe(change: ObjectChange): void {
    for (const controller of this.controllers) {
      controller.concerns(change).forEach(key => this.enqueue(controller, key));
    }
  }

  private schedule(): void {
    if (this.running && !this.scheduled && this.queue.size > 0) {
      this.scheduled = true;
      queueMicrotask(() => {
        this.scheduled = false;
        this.drain();
      });
    }
  }

  private drain(): void {
    while (this.running) {
      const next = this.queue.entries().next();
      if (next.done) {
        return;
      }
      const [name, sync] = next.value;
      this.queue.delete(name);
      try {
        sync();
      } catch (error) {
        this.options.onError(name, error);
      }
    }
  }
}
