/** Whether a server of `version` ("1.16.3", "1.17.0-dev") has what came with `wanted` ("1.16"). Unreadable versions have nothing. */
export function atLeast(version: string, wanted: string): boolean {
  const have = parts(version);
  const want = parts(wanted);
  if (have === null || want === null) return false;
  for (let index = 0; index < 3; index++) {
    const difference = (have[index] ?? 0) - (want[index] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

function parts(version: string): number[] | null {
  const match = /^v?(\d+)\.(\d+)(?:\.(\d+))?/.exec(version.trim());
  return match === null ? null : [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)];
}
