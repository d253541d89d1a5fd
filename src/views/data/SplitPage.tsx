import { useMemo, useState } from 'react';
import { useStore } from 'zustand';
import * as bars from '../../charts/classBars.ts';
import { BALANCES, type Balance } from '../../core/data/compile/balance.ts';
import { PARTS } from '../../core/data/compile/entries.ts';
import { formatInteger, formatSignificant } from '../../core/quantity.ts';
import { transferCounts } from '../../core/training/distillation.ts';
import { dataStore, type LoadedData } from '../../state/dataStore.ts';
import { changeDesign } from '../../state/designStore.ts';
import { balanceEffect, splitCounts } from '../../state/splitCounts.ts';
import { trainingStore } from '../../state/trainingStore.ts';
import { ChartPanel } from '../parts/ChartPanel.tsx';
import { SelectField } from '../parts/fields.tsx';
import { Empty, Panel } from '../parts/Panel.tsx';
import { useEntry } from '../useEntry.ts';
import { Pager, pageCount } from './Pager.tsx';

const CLASS_BARS = { draw: bars.classBars, summary: bars.summary, table: bars.table };
const PART_NAMES = ['training', 'validation', 'test'];
/** Bars drawn at once. */
const SHOWN = 60;

/** How the images are split, and how unequal their classes are. */
export function SplitPage() {
  const data = useStore(dataStore, (state) => state.data);
  if (data.status !== 'ready')
    return (
      <Panel title="Images by class and part" className="span-all">
        <Empty>{data.status === 'loading' ? 'The images are being made…' : data.reason}</Empty>
      </Panel>
    );
  return <Split data={data.data} />;
}

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

function Split({ data }: { data: LoadedData }) {
  const { design } = useEntry();
  const [asked, setPage] = useState(0);
  const { splitSeed, validationShare, testShare, keepsParts } = design.data;
  const counts = useMemo(
    () =>
      splitCounts(data.stored?.countByPart ?? [data.countByClass], {
        splitSeed,
        validationShare,
        testShare,
        keepsParts,
      }),
    [data, splitSeed, validationShare, testShare, keepsParts],
  );
  const pages = pageCount(data.classNames.length, SHOWN);
  const page = Math.min(asked, pages - 1);
  const chart = useMemo(
    () => ({
      parts: PART_NAMES,
      bars: data.classNames.map((name, label) => ({
        name,
        counts: PARTS.map((part) => counts[part][label] ?? 0),
      })),
      shown: { from: page * SHOWN, to: (page + 1) * SHOWN },
    }),
    [data, counts, page],
  );
  return (
    <>
      <ChartPanel
        title="Images by class and part"
        subtitle="as the training will get them"
        kind={CLASS_BARS}
        data={chart}
        fileName="split"
        className="main-chart split-chart"
      >
        <Pager of="classes" total={data.classNames.length} size={SHOWN} page={page} onPage={setPage} />
      </ChartPanel>
      <div className="stack-panels side-table">
        <PartsPanel counts={PARTS.map((part) => sum(counts[part]))} />
        <BalancePanel all={counts.train} classNames={data.classNames} />
      </div>
    </>
  );
}

function PartsPanel({ counts }: { counts: readonly number[] }) {
  const total = sum(counts);
  return (
    <Panel title="Parts" subtitle={`${formatInteger(total)} images`}>
      <dl className="facts">
        {counts.map((count, part) => (
          <div key={PART_NAMES[part]}>
            <dt>For {PART_NAMES[part]}</dt>
            <dd>
              {formatInteger(count)}
              {total > 0 && <span className="muted">, {formatSignificant((100 * count) / total)} %</span>}
            </dd>
          </div>
        ))}
      </dl>
      {counts[0] === 0 && <p className="hint warn">No image is left to train with.</p>}
    </Panel>
  );
}

const BALANCE_LABELS: Readonly<Record<Balance, string>> = {
  'as is': 'All images once',
  undersample: 'As few as of the rarest',
  oversample: 'As many as of the most frequent',
};

/** For training and fine-tuning alike. */
const chooseBalance = (balance: Balance) =>
  changeDesign((design) => ({
    ...design,
    recipe: { ...design.recipe, balance },
    fineTune: { ...design.fineTune, balance },
  }));

interface BalanceProps {
  /** Images of each class to train with, before the transfer set is drawn from them. */
  readonly all: readonly number[];
  readonly classNames: readonly string[];
}

function BalancePanel({ all, classNames }: BalanceProps) {
  const { design } = useEntry();
  const training = useStore(trainingStore, (state) => state.live !== null);
  const { balance, distillation } = design.recipe;
  const { transferShare } = distillation;
  const train = useMemo(() => transferCounts(all, transferShare), [all, transferShare]);
  const effect = useMemo(() => balanceEffect(train, balance), [train, balance]);
  const { ratio, mostFrequent, rarest, perClass, epochImages } = effect;
  const empty = train.filter((count) => count === 0).length;
  const facts: readonly (readonly [string, string])[] = [
    ['Most frequent : rarest', rarest < 0 ? '–' : `${formatSignificant(ratio)} : 1`],
    ...(ratio > 1
      ? ([
          ['Most frequent', `${classNames[mostFrequent]}, ${formatInteger(train[mostFrequent] ?? 0)}`],
          ['Rarest', `${classNames[rarest]}, ${formatInteger(train[rarest] ?? 0)}`],
        ] as const)
      : []),
    ['Images of an epoch', formatInteger(epochImages)],
    ['Of each class', perClass === null ? 'its own' : formatInteger(perClass)],
  ];
  return (
    <Panel title="Balance" subtitle={transferShare === 1 ? 'of the training images' : 'of the transfer set'}>
      <div className="stack">
        <SelectField
          label="Images of an epoch"
          value={balance}
          disabled={training}
          options={BALANCES.map((value) => ({ value, label: BALANCE_LABELS[value] }))}
          hint="Part of the recipes for training and fine-tuning; validation and test images stay as they are."
          onChange={chooseBalance}
        />
        <dl className="facts">
          {facts.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd className="breaks">{value}</dd>
            </div>
          ))}
        </dl>
        {empty > 0 && (
          <p className="hint warn">
            {empty === 1 ? 'One class has' : `${formatInteger(empty)} classes have`} no image to train with.
          </p>
        )}
      </div>
    </Panel>
  );
}
