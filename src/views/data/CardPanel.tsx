import { cardOfClasses, compareWithCard, type DatasetCard, datasetCard } from '../../core/data/cards.ts';
import type { GeneratedKind } from '../../core/data/generatedSets.ts';
import type { LoadedData } from '../../state/dataStore.ts';
import { Panel } from '../parts/Panel.tsx';
import { ScrollRegion } from '../parts/ScrollRegion.tsx';

/** The published sets that generated ones take after. */
const MODELS: Readonly<Partial<Record<GeneratedKind, string>>> = {
  'land-cover': 'EuroSAT',
  flowers: 'Flower',
};

/** The published set that these images are, or take after. */
export function cardOf(data: LoadedData): DatasetCard | undefined {
  const { source, name, stored, classNames } = data;
  if (source.kind !== 'file') return datasetCard(MODELS[source.kind] ?? '');
  const names = stored?.sourceNames.length === 1 ? [name, ...stored.sourceNames] : [name];
  for (const one of names) {
    const card = datasetCard(one);
    if (card) return card;
  }
  return data.synthetic ? undefined : cardOfClasses(classNames);
}

/** What is published of a known set, beside what was read. */
export function CardPanel({ data }: { data: LoadedData }) {
  const card = cardOf(data);
  if (!card) return null;
  const isModel = data.source.kind !== 'file';
  return (
    <Panel
      title={isModel ? `In the manner of ${card.name}` : `Known set: ${card.name}`}
      subtitle={card.shows}
      className="half-chart image-facts"
    >
      <ScrollRegion label={`Published numbers of ${card.name}`}>
        <table>
          <thead>
            <tr>
              <th scope="col">Of the set</th>
              <th scope="col" className="number">
                Published
              </th>
              <th scope="col" className="number">
                Here
              </th>
            </tr>
          </thead>
          <tbody>
            {compareWithCard(card, data).map(({ what, published, found, isSame }) => (
              <tr key={what}>
                <th scope="row">{what}</th>
                <td className="number">{published}</td>
                <td className="number">
                  {found ?? '–'}
                  {isSame === false && !isModel && <span className="muted"> differs</span>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollRegion>
      <p className="hint card-source">
        {isModel && 'These images are drawn from a seed and are none of the published ones. '}
        Source: {card.source}.{' '}
        {card.link !== null && (
          <a href={card.link} rel="noreferrer" target="_blank">
            {card.link}
          </a>
        )}
      </p>
    </Panel>
  );
}
