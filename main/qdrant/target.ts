/** Which Qdrant to talk to. The key is sent as the `api-key` header and never appears in a fault. */
export interface QdrantTarget {
  /** http(s) URL of the REST API, e.g. `http://127.0.0.1:6333`; a path prefix is kept. */
  readonly url: string;
  readonly apiKey?: string;
}
