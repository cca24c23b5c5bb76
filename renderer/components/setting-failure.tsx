import type { Work } from '../remedies.ts';
import type { Setting } from '../use-setting.ts';
import { ErrorCard } from './error-card.tsx';

/** Why a choice does not hold, with a button that makes it again. */
export function SettingFailure<T>({ setting, work }: { readonly setting: Setting<T>; readonly work: Work }) {
  const { asked, failure, set } = setting;
  if (failure === null) return null;
  return (
    <ErrorCard
      error={failure.error}
      work={work}
      fixes={[{ label: 'Try again', run: () => set(failure.wanted), busy: asked !== null }]}
    />
  );
}
