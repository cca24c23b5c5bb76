/** The window follows a job by its events; a failure is told there and not by the request that started it. */
export function followJob(handle: { readonly id: string; readonly result: Promise<unknown> }): { jobId: string } {
  handle.result.catch(() => undefined);
  return { jobId: handle.id };
}
