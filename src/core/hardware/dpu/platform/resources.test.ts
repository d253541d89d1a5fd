import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DPU_ARCHITECTURE_NAMES } from '../architectures.ts';
import { DPU_RESOURCE_FACTS, type DpuResourceOptions, dpuResources } from './resources.ts';

const path = join(import.meta.dirname, '../../../../../../shared/reference/dpu_arch_facts.json');
const LEAN: DpuResourceOptions = { dspUsage: 'low', ramUsage: 'low', depthwise: false, uram: false };

test.skipIf(!existsSync(path))('every figure is the one of the reference tables', () => {
  const { arch } = JSON.parse(readFileSync(path, 'utf8'));
  for (const name of DPU_ARCHITECTURE_NAMES) {
    const { dsp_high, dsp_low, depthwise_extra, uram_banks_recommended } = arch[name];
    const four = (of: Record<string, number>) => [of.LUT, of.FF, of.BRAM, of.DSP];
    expect(DPU_RESOURCE_FACTS[name], name).toEqual({
      dspHigh: four(dsp_high),
      dspLow: four(dsp_low),
      depthwise: [depthwise_extra.LUT, depthwise_extra.BRAM, depthwise_extra.DSP],
      uram: [uram_banks_recommended.img, uram_banks_recommended.wgt, uram_banks_recommended.bias],
    });
  }
});

test('an option never makes a DPU smaller, and says where it comes from', () => {
  for (const name of DPU_ARCHITECTURE_NAMES) {
    const lean = dpuResources(name, LEAN);
    const full = dpuResources(name, { dspUsage: 'low', ramUsage: 'high', depthwise: true, uram: true });
    expect(full.lut).toBeGreaterThan(lean.lut);
    expect(full.bram36).toBeGreaterThan(lean.bram36);
    expect(full.dsp).toBeGreaterThan(lean.dsp);
    expect([lean.published, full.published]).toEqual([true, false]);
    expect([lean.notes.length, full.notes.length]).toEqual([1, 4]);
    expect([lean.uramBanks === null, full.uramBanks === null]).toEqual([true, false]);
  }
});

test('low DSP usage trades DSPs for LUTs', () => {
  for (const name of DPU_ARCHITECTURE_NAMES) {
    const high = dpuResources(name, { ...LEAN, dspUsage: 'high' });
    expect(high.dsp).toBeGreaterThan(dpuResources(name, LEAN).dsp);
    expect(high.lut).toBeLessThan(dpuResources(name, LEAN).lut);
  }
});

test('the third bank group of a B4096 is 256 KiB: 64 blocks', () => {
  const blocks = (ramUsage: 'low' | 'high') => dpuResources('B4096', { ...LEAN, ramUsage }).bram36;
  expect(blocks('high') - blocks('low')).toBe(64);
});
