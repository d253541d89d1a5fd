import { dpuSection, profileSections } from './dpu.ts';
import { finnSection } from './finn.ts';
import { liuSection } from './liu.ts';
import { rooflineSection } from './roofline.ts';
import type { ValidationSection } from './sections.ts';
import { solectrixSection } from './solectrix.ts';

/** How far off each family is, computed now. */
export const validationReport = (): readonly ValidationSection[] => [
  dpuSection(),
  ...profileSections(),
  solectrixSection(),
  finnSection(),
  liuSection(),
  rooflineSection(),
];
