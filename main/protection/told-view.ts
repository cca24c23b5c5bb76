import type { ProtectionView } from '../../preload/api.ts';

/** How everything stands, as it was last worked out, and who is told when it is another. */
export class ToldView {
  readonly #compose: () => ProtectionView;
  readonly #listeners = new Set<(view: ProtectionView) => void>();
  #view: ProtectionView;
  #sent = '';

  constructor(compose: () => ProtectionView) {
    this.#compose = compose;
    this.#view = compose();
  }

  get now(): ProtectionView {
    return this.#view;
  }

  /** Called whenever it is another one. */
  onChange(listener: (view: ProtectionView) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Works it out anew. */
  tell(): void {
    this.#view = this.#compose();
    const text = JSON.stringify(this.#view);
    if (text === this.#sent) return;
    this.#sent = text;
    for (const listener of this.#listeners) listener(this.#view);
  }
}
