import { normalizationName, sameNormalization } from '../core/data/normalizationChoice.ts';
import { FaultError } from '../core/result.ts';
import { judgeNormalization } from '../core/training/normalizationFit.ts';
import type { ImportedModel } from '../formats/model/imported.ts';
import { checkActivations } from '../ml/activationCheck.ts';
import { inputOf } from '../ml/evaluate.ts';
import type { ImageSet } from '../ml/images.ts';
import { planOf } from '../ml/plan.ts';
import type { Teaching } from '../ml/trainSession.ts';
import { readModel } from './input.ts';

/** How pixels reach a teacher where not as its student: its file says it, else its first batch norms do. */
async function readsOf(path: string, { network, weights, normalization }: ImportedModel, images: ImageSet) {
  const { channels } = inputOf(planOf(network));
  const chosen = images.normalization;
  if (normalization) return sameNormalization(normalization, chosen, channels) ? null : normalization;
  const check = await checkActivations(network, weights ?? {}, images, chosen);
  const verdict = judgeNormalization(check);
  if (!verdict) return null;
  const { sentence, better } = verdict;
  if (!better)
    throw new FaultError({
      code: 'teacher-normalization',
      message: `${path} can't teach here. ${sentence} Choose another teacher, or a design with its normalization.`,
      where: path,
    });
  console.error(`${path}: ${sentence} It is shown pixels of ${normalizationName(better)}.`);
  return better;
}

/** The models of files as teachers of a student that is trained with these images. */
export async function readTeachers(paths: readonly string[], images: ImageSet): Promise<Teaching> {
  const teachers: Teaching[number][] = [];
  for (const path of paths) {
    const model = await readModel(path);
    const { network, weights } = model;
    if (!weights)
      throw new FaultError({
        code: 'no-weights',
        message: `${path} holds no weights, so it has nothing to teach; give a trained model.`,
        where: path,
      });
    teachers.push({ network, weights, normalization: await readsOf(path, model, images) });
  }
  return teachers;
}
