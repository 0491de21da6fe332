export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/** The hidden command that the scripts call at each press of the key; its answer is for them alone. */
export const completeName = '__complete';
