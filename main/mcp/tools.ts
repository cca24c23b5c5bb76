/** The protocol server of the endpoint, with everything it offers. */
import { McpServer } from '@modelcontextprotocol/server';
import { offerBackupTools } from './backup-tools.ts';
import { offerFileTools } from './file-tools.ts';
import { offerResources } from './resources.ts';
import { offerRestore } from './restore-tool.ts';
import { offerStatusTools } from './status-tools.ts';
import type { Desk } from './tool-desk.ts';

const INSTRUCTIONS = [
  'Vectorkeep keeps Qdrant collections safe: it backs them up, proves that the backups restore, and brings them back; it',
  'also exports them to portable files and imports those.',
  'Before you re-index or delete anything call create_backup with reason "before-reindex", and pin: true if it must not',
  'be rotated away. To see what changed since, call diff_backups. To go back, call restore_backup with dry_run: true,',
  'read the numbers, then call it again with the plan_id that came with them.',
  'Work that could lose points needs the approval of the person: the answer is then status "awaiting_approval" with a',
  'job_id. Long work answers with status "running" and a job_id. In both cases call get_job until it is done. Errors',
  'carry a stable code and a hint that says what to do next. No tool deletes a backup.',
].join(' ');

/** A protocol server with all tools and resources, for one request. */
export function createMcpServer(desk: Desk): McpServer {
  const server = new McpServer(
    { name: 'vectorkeep', title: 'Vectorkeep', version: desk.version },
    { capabilities: { tools: {}, resources: {} }, instructions: INSTRUCTIONS, maxToolInputElements: 100 },
  );
  offerStatusTools(server, desk);
  offerBackupTools(server, desk);
  offerRestore(server, desk);
  offerFileTools(server, desk);
  offerResources(server, desk);
  return server;
}
