// Checks pages as a reader meets them: valid HTML and CSS (Nu checker), accessible in light and dark (axe), no sideways
// scrolling from 320 px up, no request, readable without scripts; long listings can be sorted and filtered under the
// page's own policy.
//
//     npm ci --prefix scripts && node scripts/check-pages.mjs out
//
// Takes HTML files and folders, prints each problem with its file and place, and ends with 1 on any. Needs Java and
// Chromium (`CHROMIUM`, else /usr/bin/chromium).

import { execFile } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const WIDTHS = [320, 768, 1280];
const HEIGHT = 900;
const require = createRequire(import.meta.url);
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const vnu = require.resolve("vnu-jar/build/dist/vnu.jar");

const files = process.argv.slice(2).flatMap(pages);
if (files.length === 0) {
  console.error("usage: node check-pages.mjs FILE.html|FOLDER...");
  process.exit(2);
}
const problems = (await Promise.all([markup(files), inBrowser(files)])).flat();
for (const { file, place, text } of problems) {
  console.log(`${file}:${place}: ${text}`);
}
console.log(`${files.length} pages, ${problems.length} problems`);
process.exit(problems.length === 0 ? 0 : 1);

function pages(path) {
  if (!statSync(path).isDirectory()) return [resolve(path)];
  return readdirSync(path, { recursive: true })
    .filter((name) => name.endsWith(".html"))
    .sort()
    .map((name) => resolve(path, name));
}

/** What the Nu checker says about all pages; starting it takes longer than a page does. */
async function markup(files) {
  const args = ["-jar", vnu, "--errors-only", "--format", "json", "--exit-zero-always", ...files];
  const report = await new Promise((done, failed) =>
    execFile("java", args, { maxBuffer: 1 << 28 }, (error, _, stderr) => {
      if (error) failed(new Error(`java: ${error.message}`));
      else done(JSON.parse(stderr));
    }),
  );
  return report.messages.map(({ url, lastLine = 0, firstColumn = 0, message, extract = "" }) => ({
    file: fileURLToPath(url),
    place: `${lastLine}:${firstColumn}`,
    text: `${message} (${extract.trim()})`,
  }));
}

async function inBrowser(files) {
  const problems = [];
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
  });
  try {
    for (const file of files) {
      const say = (place, text) => problems.push({ file, place, text });
      await accessible(browser, file, say);
      await quietAndNarrow(browser, file, say);
      await listings(browser, file, say);
    }
  } finally {
    await browser.close();
  }
  return problems;
}

/** axe runs inside the page, which the page's own policy would forbid. Once as on a desktop, once as on a phone. */
async function accessible(browser, file, say) {
  const context = await browser.newContext({ bypassCSP: true, reducedMotion: "reduce" });
  const page = await context.newPage();
  await page.goto(pathToFileURL(file).href);
  await page.evaluate(axe);
  for (const [colorScheme, width] of [["light", WIDTHS.at(-1)], ["dark", WIDTHS[0]]]) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: HEIGHT });
    const { violations } = await page.evaluate(() => window.axe.run(document, { preload: false }));
    for (const { id, help, nodes } of violations) {
      for (const { target, failureSummary } of nodes) {
        const summary = failureSummary.replace(/\s+/g, " ");
        say(target.join(" "), `${colorScheme}, ${width}px: ${id}: ${help}. ${summary}`);
      }
    }
  }
  await context.close();
}

/** Without scripts: the page asks for nothing, shows its content and does not scroll sideways. */
async function quietAndNarrow(browser, file, say) {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  const own = pathToFileURL(file).href;
  page.on("request", (request) => {
    if (request.url() !== own && !request.url().startsWith("data:")) say("page", `requests ${request.url()}`);
  });
  await page.goto(own);
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: HEIGHT });
    const { scrollWidth, text } = await page.evaluate(() => ({
      scrollWidth: document.documentElement.scrollWidth,
      text: document.querySelector("main")?.innerText ?? "",
    }));
    if (scrollWidth > width) say(`${width}px`, `scrolls sideways, the content is ${scrollWidth} px wide`);
    if (text.trim() === "") say(`${width}px`, "main shows nothing without scripts");
  }
  await context.close();
}

/** With scripts, under the page's own policy: every long listing sorts either way, goes back, and filters. */
async function listings(browser, file, say) {
  const context = await browser.newContext();
  const page = await context.newPage();
  page.on("console", (message) => say("script", message.text()));
  page.on("pageerror", (error) => say("script", String(error)));
  await page.goto(pathToFileURL(file).href);
  const tables = page.locator("table[data-long]");
  for (let at = 0; at < (await tables.count()); at += 1) {
    const table = tables.nth(at);
    const place = `listing ${at + 1}`;
    const tools = page.locator(".tools").nth(at);
    const rows = () => table.locator("tbody tr:visible").allInnerTexts();
    const cells = (column) =>
      table.locator("tbody tr").evaluateAll((all, index) => all.map((row) => row.cells[index].textContent.trim()), column);
    const before = await rows();
    const heads = table.locator("thead tr > *");
    for (let column = 0; column < (await heads.count()); column += 1) {
      const button = heads.nth(column).locator("button");
      if ((await button.count()) === 0) continue;
      for (const direction of ["ascending", "descending"]) {
        await button.click();
        const said = await heads.nth(column).getAttribute("aria-sort");
        if (said !== direction) say(place, `column ${column + 1} says ${said}, expected ${direction}`);
        const found = await cells(column);
        if (!isSorted(found, direction)) say(place, `column ${column + 1} is not ${direction}: ${found.join(" | ")}`);
      }
      await button.click();
      if (String(await rows()) !== String(before)) say(place, `column ${column + 1} does not go back to the first order`);
    }
    const input = tools.locator("input");
    await input.fill((await cells(0))[0].toUpperCase());
    const filtered = await rows();
    if (filtered[0] !== before[0]) say(place, "filtering for the first row does not show it");
    const status = await tools.locator("[role=status]").innerText();
    if (!status.includes(String(filtered.length)) || !status.includes(String(before.length))) {
      say(place, `"${status}" does not tell ${filtered.length} of ${before.length}`);
    }
    await input.fill("no row has this");
    if ((await rows()).length !== 0) say(place, "filtering for nothing shows rows");
    await page.emulateMedia({ media: "print" });
    if ((await rows()).length !== before.length || (await tools.isVisible())) say(place, "print hides rows or shows controls");
    await page.emulateMedia({ media: "screen" });
    await input.press("Escape");
    if ((await rows()).length !== before.length) say(place, "Escape does not show all rows again");
  }
  await context.close();
}

/** Numbers by value, times by their ISO form, texts somehow; compared only where two cells are of one sort. */
function isSorted(cells, direction) {
  const value = (cell) => {
    if (/^\d{4}-\d\d-\d\d/.test(cell)) return cell;
    const number = cell.replace(/^NT\$|[,\s%]/g, "");
    return /^-?\d+(\.\d+)?$/.test(number) ? Number(number) : null;
  };
  return cells.map(value).every((one, at, all) => {
    const next = all[at + 1];
    if (one === null || next === null || next === undefined || typeof one !== typeof next) return true;
    return direction === "ascending" ? next >= one : one >= next;
  });
}
