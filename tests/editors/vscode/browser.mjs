// Runs VS Code in a browser that does what it is told, and ends both when nobody is left to tell it anything.
//
// Each line read is a JSON array: the name of one of the deeds below, and its arguments. Each line written is what came of
// it: {"result": ...} or {"error": "..."}. The first line written says that all is ready.
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const [driver, chromium, folder, ...codeServer] = process.argv.slice(2);
const playwright = createRequire(`${driver}/`)("playwright-core");
const child = spawn(codeServer[0], codeServer.slice(1), { stdio: ["ignore", "pipe", "inherit"] });
const childIsGone = new Promise((resolve) => child.on("exit", resolve));
let browser;

try {
  const url = await address(child.stdout);
  browser = await playwright.chromium.launch({
    executablePath: chromium,
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
  });
  const page = await browser.newPage({ viewport: { width: 1000, height: 640 } });
  page.setDefaultTimeout(10_000);
  await page.goto(`${url}/?folder=${encodeURIComponent(folder)}`, { timeout: 40_000 });
  await page.waitForSelector(".monaco-workbench", { timeout: 40_000 });
  say({ result: "ready" });
  for await (const line of createInterface({ input: process.stdin })) {
    say(await answer(page, JSON.parse(line)));
  }
} catch (error) {
  say({ error: String(error) });
} finally {
  await browser?.close();
  child.kill();
  await childIsGone;
}

async function answer(page, [name, ...args]) {
  const deeds = {
    press: (key) => page.keyboard.press(key),
    type: (text) => page.keyboard.type(text),
    click: (selector) => page.click(selector),
    picture: async (options) => void (await page.screenshot(options)),
    seen: (selector) => page.$$eval(selector, textsOfThoseThatCanBeSeen),
  };
  try {
    return { result: (await deeds[name](...args)) ?? null };
  } catch (error) {
    return { error: String(error) };
  }
}

function textsOfThoseThatCanBeSeen(elements) {
  const seen = elements.filter((element) => element.checkVisibility());
  return seen.map((element) => (element.ariaLabel || element.innerText).replaceAll("\u00a0", " "));
}

function say(message) {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

function address(output) {
  return new Promise((resolve, reject) => {
    let said = "";
    output.on("data", (data) => {
      said += data;
      const found = /listening on (http:\/\/[\w.:]+)/.exec(said);
      if (found) {
        resolve(found[1]);
      }
    });
    child.on("exit", () => reject(new Error(`code-server ended: ${said}`)));
  });
}
