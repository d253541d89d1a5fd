import { expect, type Page, test } from '@playwright/test';
import { App } from './app.ts';

const PROTOTXT = `name: "Pasted"
layer { name: "data" type: "Input" top: "data" input_param { shape: { dim: 1 dim: 3 dim: 32 dim: 32 } } }
layer { name: "conv1" type: "Convolution" bottom: "data" top: "conv1" convolution_param { num_output: 8 kernel_size: 3 pad: 1 } }
layer { name: "relu1" type: "ReLU" bottom: "conv1" top: "conv1" }
layer { name: "pool" type: "Pooling" bottom: "conv1" top: "pool" pooling_param { pool: AVE global_pooling: true } }
layer { name: "fc" type: "InnerProduct" bottom: "pool" top: "fc" inner_product_param { num_output: 10 } }
`;

async function paste(page: Page, text: string): Promise<void> {
  await page.evaluate((pasted) => {
    const data = new DataTransfer();
    data.setData('text/plain', pasted);
    document.body.dispatchEvent(
      new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }),
    );
  }, text);
}

async function drop(page: Page, name: string, text: string): Promise<void> {
  const transfer = await page.evaluateHandle(
    ([file, content]) => {
      const data = new DataTransfer();
      data.items.add(new File([content], file));
      return data;
    },
    [name, text] as const,
  );
  await page.dispatchEvent('body', 'dragenter', { dataTransfer: transfer });
  await expect(page.getByText('Drop to open')).toBeVisible();
  await page.dispatchEvent('body', 'drop', { dataTransfer: transfer });
  await expect(page.getByText('Drop to open')).toBeHidden();
}

test('a model is dropped anywhere, in any room', async ({ page }) => {
  const app = new App(page);
  await app.openFew();
  await app.room('Explore');
  await drop(page, 'small.prototxt', PROTOTXT);
  await app.idle();
  await expect(app.notice()).toContainText(
    /small.prototxt: Caffe prototxt, without weights. It reads 32x32x3 images/,
  );
  await expect(app.railState('Network')).toContainText('Pasted');
});

test('a text is pasted: a prototxt, a design link, and nonsense, which is told', async ({ page }) => {
  const app = new App(page);
  await app.openFew();
  await paste(page, PROTOTXT);
  await app.idle();
  await expect(app.railState('Network')).toContainText('Pasted');
  await paste(page, 'a shopping list');
  await expect(app.notice().last()).toContainText('pasted text is a text, but no network that is known here');
  await expect(app.railState('Network')).toContainText('Pasted');
  await paste(page, 'https://example.org/sweetspot/#d=1.broken');
  await expect(app.notice().last()).toContainText('The pasted link:');
  await expect(app.railState('Network')).toContainText('Pasted');
});

test('a design saved as a file opens with all its choices', async ({ page }, info) => {
  const app = new App(page);
  await app.openFew();
  await app.room('Network');
  await page.getByRole('button', { name: /^CNV/ }).click();
  await app.idle();
  const scores = await app.scores();
  await page.getByLabel('Save as').selectOption({ label: 'Sweetspot design, .json' });
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  const path = info.outputPath('cnv-design.json');
  await (await download).saveAs(path);
  await page.getByRole('button', { name: /^Tiny CNN/ }).click();
  await app.idle();
  await page.getByLabel('Open a model').setInputFiles(path);
  await app.idle();
  await expect(app.notice().last()).toContainText('a Sweetspot design with all its choices');
  expect(await app.scores()).toEqual(scores);
});

test.describe('?url=', () => {
  const MODEL = 'https://models.example/net/small.prototxt';

  test('asks before anything is fetched', async ({ page }) => {
    const asked: string[] = [];
    await page.route('https://models.example/**', (route) => {
      asked.push(route.request().url());
      return route.fulfill({ body: PROTOTXT, headers: { 'access-control-allow-origin': '*' } });
    });
    const app = new App(page);
    await app.open(`?url=${encodeURIComponent(MODEL)}`);
    const question = app.panel('A file to open');
    await expect(question).toContainText('models.example');
    expect(asked).toEqual([]);
    expect(page.url()).not.toContain('models.example');
    await question.getByRole('button', { name: 'Fetch and open' }).click();
    await app.idle();
    expect(asked).toEqual([MODEL]);
    await expect(app.railState('Network')).toContainText('Pasted');
    await expect(question).toBeHidden();
  });

  test('left alone fetches nothing, and a host that gives nothing is told', async ({ page }) => {
    await page.route('https://models.example/**', (route) =>
      route.fulfill({ status: 404, headers: { 'access-control-allow-origin': '*' } }),
    );
    const app = new App(page);
    await app.open(`?url=${encodeURIComponent(MODEL)}`);
    await page.getByRole('button', { name: 'Leave it' }).click();
    await expect(app.panel('A file to open')).toBeHidden();
    await app.room('Network');
    await page.getByLabel('Or from an address').fill(MODEL);
    await page.getByRole('button', { name: 'Fetch', exact: true }).click();
    await expect(app.notice().last()).toContainText('models.example answered 404 for small.prototxt');
    await page.getByLabel('Or from an address').fill('file:///etc/passwd');
    await page.getByRole('button', { name: 'Fetch', exact: true }).click();
    await expect(app.panel('Model file')).toContainText("file: addresses can't be opened");
  });
});
