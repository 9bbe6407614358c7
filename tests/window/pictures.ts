/** Pictures of the window: where `cargo xtask screenshots` wants them, otherwise beside the results. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "@playwright/test";
import type { WebDriver } from "./webdriver.ts";

export async function picture(window: WebDriver, name: string): Promise<void> {
  const folder = process.env.ROWFERRY_SCREENSHOTS ?? join(import.meta.dirname, "out");
  mkdirSync(folder, { recursive: true });
  const image = await window.screenshot();
  expect(image.subarray(1, 4).toString()).toBe("PNG");
  writeFileSync(join(folder, `${name}.png`), image);
}

export type Colors = "light" | "dark";

/** Presses the header's button until the window has these colours; also from behind something that covers it. */
export async function setColors(window: WebDriver, wanted: Colors): Promise<void> {
  await window.until(`${wanted} colours`, () =>
    window.script<boolean>(
      `const button = document.querySelector('[data-testid="color-scheme"]');
       if (!button.getAttribute("aria-label").startsWith("Colours: " + arguments[0] + ".")) {
         button.click();
         return false;
       }
       return document.documentElement.dataset.mantineColorScheme === arguments[0]
         && document.querySelector(".mantine-Loader-root") === null;`,
      wanted,
    ),
  );
}

/** The screen in both colours; light is left. `still`: nothing on it moves by itself. */
export async function inBoth(window: WebDriver, name: string, { still = true } = {}): Promise<void> {
  // A hint under the pointer would stand in the picture.
  await window.moveTo({ x: 1436, y: 640 });
  for (const colors of ["dark", "light"] as const) {
    await setColors(window, colors);
    if (still) await window.settled();
    await picture(window, colors === "light" ? name : `${name}-dark`);
  }
}
