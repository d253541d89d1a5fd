import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';
import { App } from './app.ts';

const ROOMS = ['Data', 'Network', 'Train', 'Prune', 'Hardware', 'Explore'] as const;

async function scan(page: Page, what: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  const told = serious.map((v) => `${v.id}: ${v.nodes.map((node) => node.target.join(' ')).join(', ')}`);
  expect(told, what).toEqual([]);
}

/** A short training, so that every room has something to show. */
async function trainShortly(page: Page, app: App): Promise<void> {
  await app.room('Train');
  await page.getByLabel('Epochs', { exact: true }).fill('1');
  await page.getByLabel('Epochs', { exact: true }).press('Enter');
  await page.getByRole('button', { name: 'Start training' }).click();
  await app.idle();
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds no serious violation in any room, ${colorScheme}`, async ({ browser }) => {
    const context = await browser.newContext({ colorScheme, viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    const app = new App(page);
    await app.openFew();
    for (const room of ROOMS) {
      await app.room(room);
      await scan(page, `${room}, untrained, ${colorScheme}`);
    }
    await trainShortly(page, app);
    for (const room of ROOMS) {
      await app.room(room);
      await scan(page, `${room}, trained, ${colorScheme}`);
    }
    await context.close();
  });
}

/** Moves the focus by Tab until an element of this role and name has it. */
async function tabTo(page: Page, role: string, name: RegExp): Promise<void> {
  for (let i = 0; i < 150; i++) {
    await page.keyboard.press('Tab');
    const target = page.getByRole(role as 'button', { name });
    const focused = await target.evaluateAll((all) =>
      all.some((element) => element === document.activeElement),
    );
    if (focused) return;
  }
  throw new Error(`Tab never reaches ${role} ${name}`);
}

test('the keyboard alone completes the loop', async ({ page }) => {
  const app = new App(page);
  await app.openFew();
  const press = async (role: string, name: RegExp) => {
    await tabTo(page, role, name);
    await page.keyboard.press('Enter');
  };
  await press('button', /^Train/);
  await press('button', /^Start training/);
  await app.idle();
  await press('button', /^Prune/);
  for (const group of ['conv1', 'conv2', 'conv3']) {
    await tabTo(page, 'slider', new RegExp(`^Threshold of ${group}`));
    await page.keyboard.press('Home');
    for (let i = 0; i < 5; i++) await page.keyboard.press('PageUp');
  }
  await press('button', /^Prune \d+ channels/);
  await app.idle();
  await expect(app.railState('Prune')).toContainText('% channels');
  await press('button', /^Fine-tune \d+ epochs/);
  await app.idle();
  await press('button', /^Explore/);
  await press('button', /^Restore/);
  await expect(app.railState('Prune')).toContainText('APoZ measured');
  await press('button', /^Copy link/);
  await expect(app.notice().last()).toContainText(/link/i);
});

test('the focus stays on the buttons of a training when they take the place of each other', async ({
  page,
}) => {
  const app = new App(page);
  await app.open();
  await app.room('Train');
  await page.getByLabel('Epochs', { exact: true }).fill('50');
  await page.getByLabel('Epochs', { exact: true }).press('Enter');
  const start = page.getByRole('button', { name: 'Start training' });
  await start.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Pause' })).toBeFocused({ timeout: 120_000 });
  const stop = page.getByRole('button', { name: 'Stop' });
  await expect(app.panel('This run')).toContainText(/batch \d+ of/);
  await stop.focus();
  await page.keyboard.press('Enter');
  const controls = page.getByRole('region', { name: 'Train', exact: true });
  await expect(controls.getByRole('button').first()).toHaveText(/epoch|training/, { timeout: 60_000 });
  await expect(controls.getByRole('button').first()).toBeFocused();
  await app.idle();
  const menu = page.getByLabel('Export: Rate schedule');
  await menu.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'CSV' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'CSV' })).toBeHidden();
  await expect(menu).toBeFocused();
});
