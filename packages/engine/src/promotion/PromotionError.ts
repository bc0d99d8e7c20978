/**
 * A promotion cannot be written into the repository, as its layout is not understood. The message is one sentence for a
 * person, with the file.
 *
 * @public
 */
export class PromotionError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'PromotionError';
  }
}
