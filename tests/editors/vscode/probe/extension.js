// Answers questions about a running VS Code, one line of JSON each, on the socket that PROBE names. For tests only.
const net = require("node:net");
const readline = require("node:readline");
const vscode = require("vscode");

const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor;

exports.activate = (context) => {
  const server = net.createServer((socket) => {
    socket.on("error", () => socket.destroy());
    readline.createInterface({ input: socket }).on("line", async (line) => {
      socket.write(`${JSON.stringify(await answer(JSON.parse(line)))}\n`);
    });
  });
  server.listen(process.env.PROBE);
  context.subscriptions.push({ dispose: () => server.close() });
};

async function answer({ code, values }) {
  try {
    return { result: (await new AsyncFunction("vscode", "values", code)(vscode, values)) ?? null };
  } catch (error) {
    return { error: String(error?.stack ?? error) };
  }
}
