import { expect, test } from '@playwright/test';
import { App } from './app.ts';

test('the Data room offers three generated sets and says that they are synthetic', async ({ page }) => {
  const app = new App(page);
  await app.open();
  await app.room('Data');
  const images = app.panel('Images by class');
  for (const [button, said, classes] of [
    [/^Flowers, synthetic/, 'Synthetic flowers: 2,000 images, 64x64x3, synthetic', 14],
    [/^Logos, synthetic/, 'Synthetic logos, cut out: 2,000 images, 32x32x3, synthetic', 2],
    [/^Land cover, synthetic/, 'Synthetic land cover: 2,000 images, 64x64x3, synthetic', 10],
  ] as const) {
    const choice = page.getByRole('button', { name: button });
    await choice.click();
    await expect(choice).toHaveAttribute('aria-pressed', 'true');
    await app.idle();
    await expect(images).toContainText(said);
    await expect(images.getByRole('img', { name: /^12 sample images of / })).toHaveCount(classes);
  }
});
