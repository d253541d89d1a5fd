import { expect, type Locator, type Page } from '@playwright/test';
import { defaultDesign } from '../src/core/exploration/defaultDesign.ts';
import { encodeLink } from '../src/formats/design/link.ts';

type Room = 'Data' | 'Network' | 'Train' | 'Prune' | 'Hardware' | 'Explore';

/** A link to the default design with other numbers of images: they are drawn, and an epoch is trained, as much faster. */
function linkWith(imageCount: number): string {
  const design = defaultDesign();
  const source = { kind: 'land-cover', imageCount, seed: 1 } as const;
  return encodeLink({ ...design, data: { ...design.data, source } });
}

/** The page as its users see it: rooms, scoreboard, jobs. Found by role and label. */
export class App {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  /** Opens the page, with a fragment where a link is tested, and waits until nothing runs. */
  async open(fragment = ''): Promise<void> {
    await this.#page.goto(`./${fragment}`);
    await expect(this.#page.getByRole('heading', { name: 'Sweetspot' })).toBeVisible();
    await this.idle();
  }

  /** As {@link open}, with few images: for what does not depend on how well a network is trained. */
  openFew(imageCount = 400): Promise<void> {
    return this.open(linkWith(imageCount));
  }

  /** No running job, and the hardware numbers are there. */
  async idle(timeout = 200_000): Promise<void> {
    const jobs = this.#page.getByRole('region', { name: 'Running jobs' });
    await expect(async () => {
      await expect(jobs).toHaveAttribute('data-idle', 'true', { timeout: 1000 });
    }).toPass({ timeout, intervals: [200] });
    await expect(this.score('Throughput')).not.toHaveText('–');
  }

  async room(name: Room): Promise<void> {
    await this.#page
      .getByRole('navigation', { name: 'Rooms' })
      .getByRole('button', { name: new RegExp(`^${name}`) })
      .click();
  }

  /** A page of the Hardware room. */
  async hardware(
    page:
      | 'Layers'
      | 'Rooflines'
      | 'FINN folding'
      | 'FINN FIFOs'
      | 'DPU'
      | 'Liu engine'
      | 'How far off is this?',
  ) {
    await this.room('Hardware');
    await this.#page.getByRole('tab', { name: page }).click();
  }

  /** A room's one-line state in the rail. */
  railState(name: Room): Locator {
    return this.#page
      .getByRole('navigation', { name: 'Rooms' })
      .getByRole('button', { name: new RegExp(`^${name}`) })
      .locator('.rail-state');
  }

  /** The value of one score of the scoreboard. */
  score(name: string): Locator {
    return this.#page
      .getByRole('region', { name: /Scoreboard/ })
      .locator('.score')
      .filter({ has: this.#page.getByText(name, { exact: true }) })
      .locator('.score-value');
  }

  async scores(): Promise<Record<string, string>> {
    const board = this.#page.getByRole('region', { name: /Scoreboard/ });
    const names = await board.locator('dt').allInnerTexts();
    const values = await board.locator('.score-value').allInnerTexts();
    return Object.fromEntries(names.map((name, i) => [name, values[i] ?? '']));
  }

  notice(): Locator {
    return this.#page.locator('.notice p');
  }

  panel(name: string | RegExp): Locator {
    return this.#page.getByRole('region', { name });
  }

  /** The accuracy shown, 0..100. */
  async accuracy(): Promise<number> {
    return Number.parseFloat((await this.score('Accuracy').innerText()).replace('%', ''));
  }
}
