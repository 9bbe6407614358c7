/** What every browser test starts from. */
import { AxeBuilder } from "@axe-core/playwright";
import { expect, test as base, type Page } from "@playwright/test";
import { Bridge } from "./bridge.ts";

export { expect };

export const test = base.extend<{ bridge: Bridge }>({
  bridge: async ({}, use) => {
    const bridge = await Bridge.start();
    await use(bridge);
    await bridge.stop();
  },
  page: async ({ page, bridge }, use) => {
    // What the page complains about in its console fails the test, except what the engine has refused.
    const complaints: string[] = [];
    page.on("console", (message) => {
      if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) {
        complaints.push(message.text());
      }
    });
    page.on("pageerror", (error) => complaints.push(error.message));
    await page.goto(bridge.address);
    await expect(page.getByTestId("screen-start")).toBeVisible();
    await use(page);
    expect(complaints, "what the page complained about").toEqual([]);
  },
});

export async function openSample(page: Page): Promise<void> {
  await page.getByTestId("sample-chinook").click();
  await expect(page.getByTestId("screen-mapper")).toBeVisible();
  await expect(page.getByTestId("source-table-Album")).toBeVisible();
  await expect(page.getByTestId("target-table-album")).toBeVisible();
}

/** Nothing that keeps a person with a disability from using the screen. */
export async function expectAccessible(page: Page, screen: string): Promise<void> {
  // What fades in has colours of its own for a moment.
  await page.evaluate(() => Promise.all(document.getAnimations().map((each) => each.finished.catch(() => undefined))));
  const { violations } = await new AxeBuilder({ page }).analyze();
  const serious = violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => ({ id, where: nodes.map((node) => node.target.join(" ")), why: nodes[0]?.failureSummary }));
  expect(serious, `what axe finds on the ${screen} screen`).toEqual([]);
}

export async function setColors(page: Page, wanted: "light" | "dark"): Promise<void> {
  for (let i = 0; i < 3; i += 1) {
    const now = await page.locator("html").getAttribute("data-mantine-color-scheme");
    const chosen = await page.getByTestId("color-scheme").getAttribute("aria-label");
    if (now === wanted && chosen?.startsWith(`Colours: ${wanted}`)) return;
    await page.getByTestId("color-scheme").click();
  }
  await expect(page.locator("html")).toHaveAttribute("data-mantine-color-scheme", wanted);
}
