import type { ComponentChildren } from 'preact';

/** The sections in their order, for the list beside them. */
export const SECTIONS = [
  { id: 'connections', title: 'Connections' },
  { id: 'schedules', title: 'Schedules' },
  { id: 'rotation', title: 'Rotation' },
  { id: 'vault', title: 'Folder of backups' },
  { id: 'drill', title: 'Testing backups' },
  { id: 'pause', title: 'Pause' },
  { id: 'exports', title: 'Exports' },
  { id: 'login', title: 'Start' },
  { id: 'agents', title: 'Coding agents' },
] as const;
export type SectionId = (typeof SECTIONS)[number]['id'];

interface SectionProps {
  readonly id: string;
  readonly title: string;
  /** What it is for, in a sentence. */
  readonly lead?: string;
  readonly actions?: ComponentChildren;
  readonly children: ComponentChildren;
}

/** One heading of the settings and what stands under it. */
export function Section({ id, title, lead, actions, children }: SectionProps) {
  return (
    <section class="settings-section" id={id} aria-labelledby={`${id}-title`}>
      <div class="section-head">
        <h2 id={`${id}-title`} tabIndex={-1}>
          {title}
        </h2>
        {actions}
      </div>
      {lead !== undefined && <p class="muted section-lead">{lead}</p>}
      {children}
    </section>
  );
}

/** The list of the sections of a page, beside them. */
export function SectionNav({
  sections,
}: {
  readonly sections: readonly { readonly id: string; readonly title: string }[];
}) {
  return (
    <nav class="settings-nav" aria-label="Sections">
      {sections.map(({ id, title }) => (
        <button key={id} type="button" class="nav" onClick={() => goTo(id)}>
          {title}
        </button>
      ))}
    </nav>
  );
}

/** Goes to a section: it comes to the top of the window, and its heading is read out. */
export function goTo(id: string): void {
  const heading = document.getElementById(`${id}-title`);
  document.getElementById(id)?.scrollIntoView({ block: 'start' });
  heading?.focus({ preventScroll: true });
}
