import { expect, type Page, test } from '@playwright/test';
import { App } from './app.ts';

async function epochs(page: Page, count: number): Promise<void> {
  await page.getByLabel('Epochs', { exact: true }).fill(String(count));
  await page.getByLabel('Epochs', { exact: true }).press('Enter');
}

/** The labels of a field's options. */
const optionsOf = (page: Page, field: string) => page.getByLabel(field).locator('option').allInnerTexts();

test('a network trained here is the start for other images: new head, frozen body, frozen layers, all freed (SI-09) (VT-05)', async ({
  page,
}) => {
  const app = new App(page);
  await app.open();
  await app.room('Train');
  await epochs(page, 1);
  await page.getByRole('button', { name: 'Start training' }).click();
  await app.idle();

  await test.step('other images leave its weights to choose from', async () => {
    await app.room('Data');
    await page.getByRole('button', { name: /^Flowers/ }).click();
    await app.idle();
    await app.room('Network');
    await page.getByRole('button', { name: 'Give it 14 outputs' }).click();
    await app.room('Train');
    await expect(page.getByLabel('Starts from')).toHaveValue('seed');
    const [, offered = ''] = await optionsOf(page, 'Starts from');
    expect(offered).toMatch(/^Tiny CNN, Adam, 1 epoch, seed 1: 6 of 7 layers$/);
    await page.getByLabel('Starts from').selectOption({ label: offered });
    await expect(page.getByText('Drawn anew: fc1.')).toBeVisible();
  });

  await test.step('all but the head are frozen', async () => {
    const frozen = await optionsOf(page, 'Frozen layers');
    await page.getByLabel('Frozen layers').selectOption('body');
    expect(frozen.find((label) => label.startsWith('All but the head'))).toMatch(/trains 910$/);
    // a named recipe leaves it as it is
    await page.getByLabel('Recipe', { exact: true }).selectOption({ label: 'Digits and drawings' });
    await expect(page.getByLabel('Frozen layers')).toHaveValue('body');
    await epochs(page, 1);
    await page.getByRole('button', { name: 'Start training' }).click();
    await app.idle();
    await expect(page.getByText('Starts from')).toHaveCount(0);
  });

  await test.step('then single layers, and a new head for the same classes', async () => {
    await page.getByLabel('Frozen layers').selectOption({ label: 'Chosen layers…' });
    const layers = page.getByRole('region', { name: 'Layers one by one' });
    await expect(layers.getByRole('checkbox', { checked: true })).toHaveCount(6);
    await layers.getByRole('checkbox', { name: /^conv3/ }).uncheck();
    await layers.getByRole('checkbox', { name: /^bn3/ }).uncheck();
    await expect(layers.getByRole('checkbox', { checked: true })).toHaveCount(4);
    await page.getByRole('button', { name: 'New head for 14 classes' }).click();
    await expect(page.getByText('Drawn anew: fc2.')).toBeVisible();
    await page.getByRole('button', { name: 'Start training' }).click();
    await app.idle();
    await page.getByLabel('Frozen layers').selectOption({ index: 0 });
    await page.getByRole('button', { name: /^Train 1 more epoch/ }).click();
    await app.idle();
  });

  await test.step('the runs say what they began with', async () => {
    await page.getByRole('tab', { name: 'Runs' }).click();
    const boxes = page.getByRole('checkbox', { name: /^Compare / });
    await expect(boxes).toHaveCount(4);
    for (const box of await boxes.all()) await box.check();
    const differences = page.getByRole('region', { name: 'Differences' });
    const row = differences.getByRole('row', { name: /^starts from/ });
    await expect(row).toContainText('its seed');
    await expect(row).toContainText('Tiny CNN, Adam, 1 epoch, seed 1');
    await expect(differences.getByRole('row', { name: /^freeze/ })).toContainText('conv1, bn1, conv2, bn2');
  });
});
