import type { Shape, Standing } from '../protection-words.ts';

/** A shape of its own for each standing, 24 by 24; colour only helps. */
const drawings: Record<Shape, readonly string[]> = {
  // A shield with a check, two arrows in a circle, a triangle, an octagon with a cross, a clock, two bars, an open circle.
  safe: ['M12 2.6 19.6 5.4v5.8c0 4.9-3.1 8.2-7.6 10.2-4.5-2-7.6-5.3-7.6-10.2V5.4Z', 'm8.3 12 2.7 2.7 4.9-5.3'],
  working: ['M19.5 11a7.7 7.7 0 0 0-13.6-4', 'M5.5 3v4.3h4.3', 'M4.5 13a7.7 7.7 0 0 0 13.6 4', 'M18.5 21v-4.3h-4.3'],
  attention: ['M12 3.3 21.6 20H2.4Z', 'M12 9.5v4.7', 'M12 17.2v.1'],
  failed: ['M8.1 2.8h7.8l5.3 5.3v7.8l-5.3 5.3H8.1l-5.3-5.3V8.1Z', 'm9 9 6 6', 'm15 9-6 6'],
  waiting: ['M12 3.2a8.8 8.8 0 1 1 0 17.6 8.8 8.8 0 0 1 0-17.6', 'M12 7.2V12l3.3 2.2'],
  paused: ['M8.5 5.5v13', 'M15.5 5.5v13'],
  open: ['M12 4.2a7.8 7.8 0 1 1 0 15.6 7.8 7.8 0 0 1 0-15.6'],
};

/** How something stands, as a picture; the words beside it say the same. */
export function ShapeMark({ shape }: { readonly shape: Shape }) {
  return (
    <svg class={`shape shape-${shape}`} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      {drawings[shape].map((d) => (
        <path key={d} d={d} />
      ))}
    </svg>
  );
}

export function HealthBadge({ standing }: { readonly standing: Standing }) {
  return (
    <p class={`health health-${standing.shape}`}>
      <ShapeMark shape={standing.shape} />
      {standing.label}
    </p>
  );
}
