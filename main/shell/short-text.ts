/** Text that strangers named, short enough for menus and notifications. Pure. */

/** At most so many characters; what is left out shows as an ellipsis at the end. */
export function shorten(text: string, longest: number): string {
  const characters = Array.from(text);
  return characters.length <= longest ? text : `${characters.slice(0, longest - 1).join('')}…`;
}

const LONGEST_QUOTE = 32;

/** Shortens what stands “in quotes”, so that a long name does not push out what is said of it. */
export function shortQuotes(text: string): string {
  return text.replace(/“([^”]*)”/g, (_all, name: string) => `“${shorten(name, LONGEST_QUOTE)}”`);
}
