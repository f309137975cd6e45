// The whole client: starts the program named in the settings and hands it the Markdown files.
const vscode = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

let client;

exports.activate = async () => {
  const [command, ...args] = vscode.workspace.getConfiguration("notes-lsp").get("command");
  client = new LanguageClient("notes-lsp", "notes-lsp", { command, args }, {
    documentSelector: [{ scheme: "file", language: "markdown" }],
    middleware: { executeCommand: runCommand },
  });
  await client.start();
};

exports.deactivate = () => client?.stop();

// A code lens comes with the places it counted; VS Code has a list of its own for them.
function runCommand(command, args, next) {
  if (command !== "notes.showReferences") {
    return next(command, args);
  }
  const [uri, position, locations] = args;
  const convert = client.protocol2CodeConverter;
  return vscode.commands.executeCommand(
    "editor.action.showReferences",
    convert.asUri(uri),
    convert.asPosition(position),
    locations.map((location) => convert.asLocation(location)),
  );
}
