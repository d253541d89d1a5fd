import { dpuSection, profileSections } from './dpu.ts';
import { finnSection } from './finn.ts';
import type { ValidationSection } from './sections.ts';

/** How far off each family is, computed now. */
export const validationReport = (): readonly ValidationSection[] => [
  dpuSection(),
  ...profileSections(),
  finnSection(),
];
