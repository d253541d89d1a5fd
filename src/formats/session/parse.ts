import * as v from 'valibot';
import type { Design } from '../../core/exploration/design.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { parseDesign } from '../design/parse.ts';
import { runSchema, SESSION_FORMAT, SESSION_VERSION, type SessionRun } from './schema.ts';

/**
 * All that a training needs but its weights and images: data, network, recipes with their seeds, what is frozen, phases
 * (all of them in the design), and the names of teachers. With the training that it belongs to, where there was one.
 */
export interface Session {
  readonly design: Design;
  readonly teachers: readonly string[];
  readonly run: SessionRun | null;
}

type Json = Readonly<Record<string, unknown>>;

/** By version: turns a session of it into one of the next version. Old sessions keep opening. */
const MIGRATIONS: Readonly<Record<number, (old: Json) => Json>> = {};

/** Weights never travel in a session: no real one comes near. */
export const LARGEST_SESSION = 16 * 2 ** 20;

const FIX = 'correct it there or export the session again';

const isObject = (json: unknown): json is Json =>
  typeof json === 'object' && json !== null && !Array.isArray(json);

/** Whether a text begins like a session, so that its faults are told as those of one. */
export const looksLikeSession = (text: string): boolean =>
  /^\s*\{/.test(text) && text.slice(0, 1000).includes(`"${SESSION_FORMAT}"`);

function explain(issue: v.BaseIssue<unknown>, field: string): { where: string; sentence: string } {
  let where = field;
  for (const { key } of issue.path ?? []) where += typeof key === 'number' ? `[${key}]` : `.${key}`;
  const path = where.length > 80 ? `…${where.slice(-79)}` : where;
  const received = issue.received.length > 40 ? `${issue.received.slice(0, 39)}…` : issue.received;
  const found = /^must/.test(issue.message)
    ? ` (it is ${received === 'undefined' ? 'missing' : received})`
    : '';
  return { where: path, sentence: `In this session ${path} ${issue.message}${found}; ${FIX}.` };
}

function migrated(json: Json): Result<Json> {
  const { version } = json;
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1)
    return fail('invalid-session', `In this session the version must be a whole number; ${FIX}.`, 'version');
  if (version > SESSION_VERSION)
    return fail(
      'newer-session',
      `This session was made by a newer Sweetspot (version ${version}, this one reads up to ${SESSION_VERSION}); open it with the newer one.`,
      'version',
    );
  let session = json;
  for (let from = version; from < SESSION_VERSION; from++) session = MIGRATIONS[from]?.(session) ?? session;
  return ok(session);
}

const KNOWN = new Set(['format', 'version', 'design', 'teachers', 'run']);
const teacherNames = v.pipe(v.array(v.pipe(v.string(), v.maxLength(200))), v.maxLength(100), v.readonly());

/** Reads a session from parsed JSON; its design is checked as every design is. */
export function parseSession(json: unknown): Result<Session> {
  if (!isObject(json) || json.format !== SESSION_FORMAT)
    return fail(
      'not-a-session',
      `This is not a Sweetspot session: its format is not "${SESSION_FORMAT}"; choose a .json file that Runs exported.`,
      'format',
    );
  const current = migrated(json);
  if (!current.ok) return current;
  const { design: someDesign, teachers: someTeachers = [], run: someRun = null } = current.value;
  const unknown = Object.keys(current.value).find((key) => !KNOWN.has(key));
  if (unknown !== undefined)
    return fail('invalid-session', `In this session ${unknown.slice(0, 80)} is not known; ${FIX}.`, unknown);
  const design = parseDesign(someDesign);
  if (!design.ok) return design;
  const teachers = v.safeParse(teacherNames, someTeachers, { abortEarly: true });
  if (!teachers.success)
    return fail(
      'invalid-session',
      `In this session teachers must be a list of at most 100 names; ${FIX}.`,
      'teachers',
    );
  if (someRun === null) return ok({ design: design.value, teachers: teachers.output, run: null });
  const run = v.safeParse(runSchema, someRun, { abortEarly: true });
  if (!run.success) {
    const { where, sentence } = explain(run.issues[0], 'run');
    return fail('invalid-session', sentence, where);
  }
  return ok({ design: design.value, teachers: teachers.output, run: run.output });
}

/** {@link parseSession} for the text of a file. */
export function parseSessionText(text: string): Result<Session> {
  if (text.length > LARGEST_SESSION)
    return fail(
      'too-large',
      'This session is a text of more than 16 MB, which no session is; choose a .json file that Runs exported.',
    );
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return fail(
      'not-json',
      `This is not JSON (${reason.slice(0, 200)}); choose a .json file that Runs exported.`,
    );
  }
  return parseSession(json);
}

/** A session as the text of a file; `parseSessionText` reads it back. Numbers that are none become null. */
export function writeSession({ design, teachers, run }: Session): string {
  const session = { format: SESSION_FORMAT, version: SESSION_VERSION, design, teachers, run };
  return `${JSON.stringify(session, null, 1)}\n`;
}
