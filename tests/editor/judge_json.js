// Judge the JSON files named as arguments as VS Code does, by the $schema in each; print what is marked, as JSON.
const { readFileSync } = require("fs");
const { fileURLToPath, pathToFileURL } = require("url");
const { getLanguageService, TextDocument } = require("vscode-json-languageservice");

const service = getLanguageService({
  schemaRequestService: async (uri) => readFileSync(fileURLToPath(uri), "utf8"),
  workspaceContext: { resolveRelativePath: (path, resource) => new URL(path, resource).href },
});

async function judged(file) {
  const document = TextDocument.create(pathToFileURL(file).href, "json", 1, readFileSync(file, "utf8"));
  const found = await service.doValidation(document, service.parseJSONDocument(document));
  return found.map((each) => [each.range.start.line + 1, each.message]);
}

Promise.all(process.argv.slice(2).map(judged)).then((all) => console.log(JSON.stringify(all)));
