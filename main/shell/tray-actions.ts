import type { Retention } from '../../preload/api.ts';
import { errorReport } from '../faults/explain.ts';
import type { Protection } from '../protection/protection.ts';
import type { Service } from '../service/service.ts';
import type { Dialogs } from './dialogs.ts';
import { rotationQuestion, type RotationLoss } from './questions.ts';
import type { TrayAction } from './tray-model.ts';
import type { MainWindow } from './window.ts';

export interface TrayActionParts {
  readonly window: Pick<MainWindow, 'show'>;
  readonly protection: Pick<Protection, 'backUpNow' | 'pause' | 'resume' | 'setKeep'>;
  readonly service: Pick<Service, 'prune'>;
  readonly dialogs: Pick<Dialogs, 'confirm' | 'tell'>;
  readonly quit: () => void;
}

/** Does what is asked for in the tray or a menu. What goes wrong is told in a dialog: there may be no window. */
export function createTrayActions(parts: TrayActionParts): (action: TrayAction) => void {
  const { window, protection } = parts;
  const act = async (action: TrayAction): Promise<void> => {
    if (action.do === 'show') window.show(action.place);
    else if (action.do === 'back-up') protection.backUpNow(action.indexes);
    else if (action.do === 'pause') protection.pause(action.until);
    else if (action.do === 'resume') protection.resume();
    else if (action.do === 'keep') await choose(action.keep);
    else parts.quit();
  };
  const choose = async (keep: Retention | null): Promise<void> => {
    const question = keep === null ? null : rotationQuestion(keep, await lossOf(keep));
    if (question === null || (await parts.dialogs.confirm(question))) protection.setKeep(keep);
  };
  const lossOf = async (keep: Retention): Promise<RotationLoss> => {
    try {
      return await parts.service.prune({ keep, dryRun: true });
    } catch (error) {
      return { removed: null, why: errorReport(error).message };
    }
  };
  return (action) => void act(action).catch((error: unknown) => parts.dialogs.tell(errorReport(error)));
}
