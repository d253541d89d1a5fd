import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '@playwright/test';
import { App } from './app.ts';

test('a narrower student is made of its teacher, trained with and without it, and the difference judged (VT-19, VT-21, VT-22, VT-54)', async ({
  page,
}) => {
  test.setTimeout(300_000);
  const app = new App(page);
  await app.open();
  await app.room('Train');
  await page.getByRole('tab', { name: 'Distillation' }).click();
  const teachers = app.panel(/^Teachers$/);
  const student = app.panel(/^Student$/);
  const outcome = app.panel('With against without');
  await expect(teachers).toContainText('No trained network yet');
  await expect(outcome.getByRole('button', { name: 'Train both' })).toBeDisabled();

  await page.getByLabel('Epochs', { exact: true }).fill('2');
  await page.getByLabel('Epochs', { exact: true }).press('Enter');
  await page.getByRole('button', { name: 'Start training' }).click();
  await app.idle();
  await teachers.getByRole('checkbox').first().check();
  await expect(teachers).toContainText('24.6 k');
  await expect(teachers).toContainText('0.098');

  const lesson = app.panel('Lesson');
  await lesson.getByRole('button', { name: 'Ask the teacher' }).click();
  await app.idle();
  const shares = async () => {
    const cells = await lesson.locator('tbody tr').first().locator('td').allInnerTexts();
    return cells.map(Number.parseFloat) as [number, number];
  };
  const [plain, softened] = await shares();
  expect(softened).toBeLessThan(plain);
  await lesson.getByLabel('Temperature T').fill('8');
  await lesson.getByLabel('Temperature T').press('Enter');
  await expect.poll(async () => (await shares())[1]).toBeLessThan(softened);
  await lesson.getByRole('button', { name: "The source's values" }).click();
  await expect(lesson.getByLabel('Temperature T')).toHaveValue('2');

  for (const kind of ['Simplified', 'Quantized copy', 'Similar', 'Basic operations', 'Condensed'])
    await expect(student.getByRole('row', { name: new RegExp(`^${kind}`) })).toHaveCount(1);
  await expect(student.getByRole('radio', { name: /^Quantized copy/ })).toBeDisabled();
  await student.getByLabel('Share of the widths').fill('0.25');
  await student.getByLabel('Share of the widths').press('Enter');
  await expect(student.getByRole('row', { name: /^Simplified/ })).toContainText('1.83 k');
  await expect(student.getByRole('row', { name: /^Simplified/ })).toContainText('13.4 times smaller');
  await student.getByRole('button', { name: "Make this the design's network" }).click();
  await expect(app.score('Parameters')).toHaveText('1.83 k');

  await lesson.getByLabel('Transfer set').fill('25');
  await lesson.getByLabel('Transfer set').press('Enter');
  await expect(lesson).toContainText('400 of 1,600 images');

  await outcome.getByRole('button', { name: 'Train both' }).click();
  await expect(outcome).toContainText(/McNemar|nothing tells them apart/, { timeout: 240_000 });
  await app.idle();
  for (const log of ['Log: Labels alone', 'Log: With Tiny CNN']) {
    const lines = page.getByRole('region', { name: log }).getByRole('listitem');
    await expect(lines).toHaveText([/^Epoch 1\/2, Loss: \d/, /^Epoch 2\/2, Loss: \d/]);
  }
  const loss = (log: string) =>
    page.getByRole('region', { name: log }).getByRole('listitem').first().innerText();
  expect(await loss('Log: Labels alone')).not.toBe(await loss('Log: With Tiny CNN'));

  const { violations } = await new AxeBuilder({ page }).analyze();
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  expect(serious.map((v) => `${v.id}: ${v.nodes.map((node) => node.target.join(' ')).join(', ')}`)).toEqual(
    [],
  );

  // 400 images in batches of 32: what both were trained with is the transfer set
  await page.getByRole('tab', { name: 'Training' }).click();
  await expect(app.panel('Rate schedule')).toContainText('2 x 12 = 24 iterations');
  await page.getByRole('tab', { name: 'Distillation' }).click();

  await page.reload();
  await app.idle();
  await app.room('Train');
  await page.getByRole('tab', { name: 'Distillation' }).click();
  await expect(teachers.getByRole('checkbox', { checked: true }).first()).toBeVisible();
  await expect(teachers).toContainText('teaches.');
});
