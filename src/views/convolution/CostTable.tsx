import {
  type ConvolutionCost,
  type ConvolutionSize,
  separableCost,
  standardCost,
} from '../../core/network/convolutionCosts.ts';
import { formatInteger } from '../../core/quantity.ts';
import { ScrollRegion } from '../parts/ScrollRegion.tsx';
import { comparedText } from './chosenConvolution.ts';

/** Times by the kind of convolution, where there are any. */
export interface Times {
  readonly unit: string;
  readonly standard: string;
  readonly separable: string;
}

const AS_BUILT: Readonly<Record<ConvolutionCost['kind'], string>> = {
  standard: 'Standard, as it is built',
  grouped: 'Grouped, as it is built',
  depthwise: 'Depthwise alone, as it is built',
  pointwise: 'Pointwise, as it is built',
  separable: 'Depthwise separable, as it is built',
};

interface CostTableProps {
  readonly size: ConvolutionSize;
  readonly asBuilt: ConvolutionCost;
  readonly grouped: ConvolutionCost | null;
  readonly groupCount: number;
  readonly times: Times | null;
}

/** The layer's work as each kind of convolution. */
export function CostTable({ size, asBuilt, grouped, groupCount, times }: CostTableProps) {
  const standard = standardCost(size);
  const isStandard = asBuilt.kind === 'standard' || asBuilt.macCount === standard.macCount;
  const rows = [
    ...(isStandard ? [] : [{ name: AS_BUILT[asBuilt.kind], cost: asBuilt, time: '' }]),
    {
      name: isStandard ? AS_BUILT[asBuilt.kind] : 'Standard',
      cost: isStandard ? asBuilt : standard,
      time: times?.standard ?? '',
    },
    ...(grouped ? [{ name: `Grouped, ${groupCount} groups`, cost: grouped, time: '' }] : []),
    { name: 'Depthwise separable', cost: separableCost(size), time: times?.separable ?? '' },
  ];
  return (
    <ScrollRegion label="Costs by kind of convolution">
      <table>
        <thead>
          <tr>
            <th scope="col">As</th>
            <th scope="col" className="number">
              Weights
            </th>
            <th scope="col" className="number">
              MACs
            </th>
            <th scope="col" className="number">
              MACs against standard
            </th>
            {times && (
              <th scope="col" className="number">
                {times.unit}
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, cost, time }) => (
            <tr key={name} className={cost === asBuilt ? 'current' : undefined}>
              <th scope="row">{name}</th>
              <td className="number">{formatInteger(cost.weightCount)}</td>
              <td className="number">{formatInteger(cost.macCount)}</td>
              <td className="number">
                {cost.macCount === standard.macCount ? '' : comparedText(cost.macCount, standard.macCount)}
              </td>
              {times && <td className="number">{time}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}
