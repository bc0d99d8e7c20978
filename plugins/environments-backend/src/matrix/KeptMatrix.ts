import { Matrix } from '@envmatrix/engine';
import { Assembled } from './assembleInput';
import { Judgement } from './judge';
import { Packed } from './Packed';

/** A matrix with what it was made from. */
export interface Computed {
  readonly matrix: Matrix;
  readonly etag: string;
  /** Absent while the intent of the entity is not known. */
  readonly input?: Assembled;
  readonly judgement: Judgement;
}

/**
 * What was worked out of one entity, kept small.
 */
export class KeptMatrix implements Computed {
  readonly etag: string;
  /** What lists of entities show. */
  readonly overview: Pick<
    Matrix,
    'environments' | 'score' | 'problem' | 'sources'
  >;
  readonly #matrix: Packed<Matrix>;
  readonly #input: Packed<Assembled> | undefined;
  readonly #judgement: Packed<Judgement>;

  constructor({ matrix, etag, input, judgement }: Computed) {
    const { environments, score, problem, sources } = matrix;
    this.etag = etag;
    this.overview = { environments, score, problem, sources };
    this.#matrix = new Packed(matrix);
    this.#input = input && new Packed(input);
    this.#judgement = new Packed(judgement);
  }

  get matrix(): Matrix {
    return this.#matrix.unpack();
  }

  get input(): Assembled | undefined {
    return this.#input?.unpack();
  }

  get judgement(): Judgement {
    return this.#judgement.unpack();
  }
}
