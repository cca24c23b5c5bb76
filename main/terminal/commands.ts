import { resolve } from 'node:path';
import { Fault } from '../faults/fault.ts';
import { compresses, exportName } from '../service/export-name.ts';
import type { ConflictStrategy, ImportResult } from '../service/types.ts';
import { bytes, count, points, dimensions, duration, plain, printJson, printWarnings } from './output.ts';
import { undoLines } from './restore-report.ts';
import { attend, connectionOf, outputPath, type Terminal } from './terminal.ts';

export interface ExportOptions {
  readonly output?: string;
  readonly compress: boolean;
  readonly force?: boolean;
  readonly companion?: readonly string[];
  readonly model?: string;
}

/** What is exported: a live index, or what a backup holds of one. */
export type ExportSource = { readonly collection: string } | { readonly backup: string };

export async function exportCommand(terminal: Terminal, source: ExportSource, options: ExportOptions): Promise<number> {
  const { service, streams, cwd, now, vault } = terminal;
  if (options.output === '-')
    throw new Fault('USAGE', {
      reason: 'An export is checked as a file before it gets its name, so it cannot go to standard output.',
    });
  const compress = compresses(options.output ?? '', options.compress);
  if (!compress && options.output?.toLowerCase().endsWith('.gz') === true)
    throw new Fault('USAGE', { reason: 'A name ending in .gz and --no-compress contradict each other.' });
  const to = (name: string): { path: string; compress: boolean; replace: boolean } => ({
    path: outputPath(cwd, options.output, name),
    compress,
    replace: options.force === true,
  });
  const handle =
    'collection' in source
      ? service.exportIndex({
          connection: connectionOf(terminal),
          collection: source.collection,
          ...to(exportName(source.collection, compress, now)),
          companions: (options.companion ?? []).map((path) => resolve(cwd, path)),
          ...(options.model === undefined ? {} : { model: options.model }),
        })
      : service.exportBackup({
          backup: source.backup,
          ...(vault === undefined ? {} : { vault }),
          // The backup's name tells its time, which is the time of what is in the file.
          ...to(`${source.backup.replaceAll(/[^\w.-]+/g, '-')}.json${compress ? '.gz' : ''}`),
        });
  const result = await attend(terminal, handle);
  if (terminal.json) printJson(streams, result);
  else {
    const ratio = compress ? `, ${result.compressionRatio.toFixed(1)} times smaller than plain` : '';
    streams.out.write(
      `Exported ${plain(result.collection)}: ${points(result.totalVectors)}, ${dimensions(result.dimensions)}\n` +
        `${plain(result.path)}: ${bytes(result.bytes)}${ratio}, in ${duration(result.durationMs)}${speed(result)}\n`,
    );
    printWarnings(streams, result.warnings);
  }
  return 0;
}

export interface ImportOptions {
  readonly collection?: string;
  readonly onConflict: ConflictStrategy;
  readonly dryRun?: boolean;
  readonly allowModelMismatch?: boolean;
  readonly companionsTo?: string;
  readonly safetyCopy?: boolean;
}

export async function importCommand(terminal: Terminal, path: string, options: ImportOptions): Promise<number> {
  const { service, streams, cwd, vault } = terminal;
  const handle = service.importIndex({
    connection: connectionOf(terminal),
    path: resolve(cwd, path),
    ...(options.collection === undefined ? {} : { collection: options.collection }),
    onConflict: options.onConflict,
    dryRun: options.dryRun === true,
    allowModelMismatch: options.allowModelMismatch === true,
    ...(options.companionsTo === undefined ? {} : { companionsTo: resolve(cwd, options.companionsTo) }),
    safetyCopy: options.safetyCopy === true,
    vault,
  });
  const result = await attend(terminal, handle);
  if (terminal.json) printJson(streams, result);
  else {
    streams.out.write(
      `${importSentence(result)}\n${companionLines(result.companions)}In ${duration(result.durationMs)}${result.dryRun ? '' : speed(result)}\n`,
    );
    for (const line of undoLines(result, terminal.places)) streams.out.write(`${line}\n`);
    printWarnings(streams, result.warnings);
  }
  return 0;
}

const companionLines = (paths: readonly string[]): string =>
  paths.length === 0 ? '' : `Companion files:\n${paths.map((path) => `  ${plain(path)}\n`).join('')}`;

export async function validateCommand(terminal: Terminal, path: string): Promise<number> {
  const { service, streams, cwd, json } = terminal;
  const summary = await attend(terminal, service.inspectFile(resolve(cwd, path)));
  const { valid, version, totalVectors, model, problems } = summary;
  if (json)
    printJson(streams, {
      path: summary.path,
      valid,
      version,
      totalVectors,
      dimensions: summary.dimensions,
      model,
      problems,
    });
  else if (valid) {
    streams.out.write(
      `${plain(summary.path)} is a good export of format ${version ?? ''}\n` +
        `${plain(summary.collection ?? 'unnamed index')}: ${points(totalVectors)}, ${dimensions(summary.dimensions)}, model ${plain(model ?? 'unknown')}\n`,
    );
  } else {
    streams.err.write(`${plain(summary.path)} is not a good export.\n`);
    for (const { message } of problems) streams.err.write(`${plain(message)}\n`);
  }
  return valid ? 0 : 3;
}

function importSentence(result: ImportResult): string {
  const { totalVectors, skipped, dryRun } = result;
  const into = `${result.createdCollection ? 'the new index ' : ''}${plain(result.collection)}`;
  if (skipped === totalVectors && totalVectors > 0)
    return totalVectors === 1
      ? `Nothing to import into ${into}: the point ${dryRun ? 'is' : 'was'} there already`
      : `Nothing to import into ${into}: all ${points(totalVectors)} ${dryRun ? 'are' : 'were'} there already`;
  return `${dryRun ? 'Would import' : 'Imported'} ${points(totalVectors)} into ${into}: ${count(result.new)} new, ${count(result.updated)} updated, ${count(skipped)} skipped`;
}

/** In less time than this starting up is most of it, and a speed would say nothing. */
const TELLING_MS = 2000;
export const speed = ({ durationMs, vectorsPerSecond }: { durationMs: number; vectorsPerSecond: number }): string =>
  durationMs < TELLING_MS ? '' : ` (${count(vectorsPerSecond)} points/s)`;
