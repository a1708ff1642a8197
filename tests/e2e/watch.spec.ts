/** That `expectClean` sees what it is there to see. */
import { expect, expectClean, test } from "./fixture/test.ts";

const FAULTS: Record<string, { fault: () => void; seen: RegExp }> = {
  "too little contrast": {
    fault: () => document.body.insertAdjacentHTML("beforeend", "<main><p id=faint>faint</p></main>"),
    seen: /color-contrast/,
  },
  "something too wide": {
    fault: () => document.body.insertAdjacentHTML("beforeend", "<main><p id=wide>wide</p></main>"),
    seen: /sideways: P/,
  },
  "a script that the policy forbids": {
    fault: () => {
      const script = document.createElement("script");
      script.text = "window.ran = true";
      document.body.append(script);
    },
    seen: /the policy was violated: script-src/,
  },
  "an error in the console": { fault: () => console.error("owl"), seen: /owl/ },
  "an error that nobody catches": {
    fault: () => setTimeout(() => Promise.reject(new Error("mouse"))),
    seen: /mouse/,
  },
};

for (const [name, { fault, seen }] of Object.entries(FAULTS)) {
  test(`it sees ${name}`, async ({ page }) => {
    await page.goto("/");
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await page.evaluate(fault);
    await page.evaluate(() => {
      document.getElementById("faint")?.style.setProperty("color", "#ddd");
      document.getElementById("faint")?.style.setProperty("background", "#fff");
      document.getElementById("wide")?.style.setProperty("width", "3000px");
    });
    // The browser reports some of them a moment later.
    await expect.poll(() => expectClean(page).then(() => "clean", String)).toMatch(seen);
  });
}
