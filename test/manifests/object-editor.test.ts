import assert from "node:assert/strict";
import { test } from "node:test";
import { readObjects } from "../../src/manifests/documents.ts";
import type { Piece } from "../../src/manifests/edit.ts";
import { hasMarker } from "../../src/manifests/marker.ts";
import { readNamedFiles } from "../../src/manifests/named-files.ts";
import { ObjectEditor } from "../../src/manifests/object-editor.ts";
import { plain } from "../../src/manifests/plain.ts";
import { exactNumber, type JsonObject } from "../../src/yaml/json.ts";

interface Edited {
  readonly text?: string;
  readonly refused: readonly string[];
}

function edit(text: string, change: (editor: ObjectEditor) => void): Edited {
  const objects = readObjects({ path: "a.yaml", text }, ({ message }) => assert.fail(message)) ?? assert.fail();
  const refused: string[] = [];
  const editor = new ObjectEditor(objects.at(-1) ?? assert.fail(), objects, { near: ["spec"], refuse: (what) => refused.push(what) });
  change(editor);
  const edited = editor.finish();
  return { refused, ...(edited !== undefined && { text: edited }) };
}

const items = (wanted: readonly JsonObject[], marks?: "items") => ({
  key: "list",
  name: "name",
  wanted,
  isOurs: hasMarker,
  conflict: () => undefined,
  ...(marks && { marks }),
});

test("an entry is set in its place or at the end, and removed with its lines", () => {
  const text = "spec: # s\n  a: 1 # one\n  # two\n  b: 2\n";
  const rows: readonly (readonly [string, (editor: ObjectEditor) => void, string])[] = [
    [
      "in its place",
      (editor) => {
        editor.setEntry(["spec"], "a", 3);
      },
      "spec: # s\n  # one\n  a: 3 # slogen\n  # two\n  b: 2\n",
    ],
    [
      "at the end",
      (editor) => {
        editor.setEntry(["spec"], "c", [1, 2]);
      },
      `${text}  c: [1, 2] # slogen\n`,
    ],
    [
      "removed",
      (editor) => {
        editor.removeEntry(["spec"], "b");
      },
      "spec: # s\n  a: 1 # one\n  # two\n",
    ],
    ["nothing", () => undefined, text],
    [
      "twice",
      (editor) => {
        editor.setEntry(["spec"], "c", 1);
        editor.setEntry(["spec"], "c", 2);
      },
      `${text}  c: 2 # slogen\n`,
    ],
  ];
  for (const [name, change, want] of rows) assert.deepEqual(edit(text, change), { text: want, refused: [] }, name);
});

test("an entry whose key changes is another one, though its value is the same", () => {
  const pieces: readonly Piece[] = [{ key: "b", put: 1, marker: "# slogen", over: 0 }];
  for (const [text, want] of [
    ["spec: {a: 1}\n", `spec: {"b": 1}\n`],
    ["spec:\n  a: 1 # slogen\n", "spec:\n  b: 1 # slogen\n"],
  ] as const)
    assert.deepEqual(
      edit(text, (editor) => {
        editor.change(["spec"], pieces);
      }),
      { text: want, refused: [] },
    );
});

test("a list that is not there is marked at its key or at its items, and goes with its last item", () => {
  const text = "spec:\n  a: 1\n";
  const ours = [{ name: "x" }, { name: "y", z: 1 }];
  const byKey = edit(text, (editor) => {
    editor.mergeItems(["spec"], items(ours));
  });
  assert.equal(byKey.text, `${text}  list: # slogen\n    - name: x\n    - name: "y"\n      z: 1\n`);
  const byItem =
    edit(text, (editor) => {
      editor.mergeItems(["spec"], items(ours, "items"));
    }).text ?? assert.fail();
  assert.equal(byItem, `${text}  list:\n    - name: x # slogen\n    - name: "y" # slogen\n      z: 1\n`);
  assert.equal(
    edit(byItem, (editor) => {
      editor.mergeItems(["spec"], items(ours, "items"));
    }).text,
    byItem,
  );
  assert.equal(
    edit(byItem, (editor) => {
      editor.mergeItems(["spec"], items([], "items"));
    }).text,
    text,
  );
});

test("an item of the user's with a wanted name and another content refuses the whole", () => {
  const conflicts: string[] = [];
  const text = "spec:\n  list:\n    - { name: x, mine: true }\n    - name: z\n";
  const merge = (wanted: readonly JsonObject[]): Edited =>
    edit(text, (editor) => {
      editor.mergeItems(["spec"], { ...items(wanted), conflict: (_, name) => conflicts.push(name) });
    });
  assert.deepEqual([merge([{ name: "x" }]), conflicts], [{ refused: [] }, ["x"]]);
  assert.deepEqual(merge([{ name: "x", mine: true }]), { text, refused: [] });
});

test("what another place of the file also means is refused, once", () => {
  const rows = [
    ["through an alias", "metadata: &m { a: 1 }\nspec: *m\n"],
    ["through a merge key", "x: &m { a: 1 }\nspec:\n  <<: *m\n"],
    ["an anchor that others read", "spec:\n  a: &one 1\nother: *one\n"],
    ["brackets with comments", "spec: {\n  a: 1, # one\n  b: 2 }\n"],
  ] as const;
  for (const [name, text] of rows) {
    const { text: edited, refused } = edit(text, (editor) => {
      editor.setEntry(["spec"], "a", 5);
      editor.setEntry(["spec"], "a", 6);
    });
    assert.deepEqual([edited, refused.length], [undefined, 1], name);
  }
});

test("the other documents of a file keep their bytes", () => {
  const other = "# first\nkind: Service\nmetadata: {name: 'a'}\n---\n";
  assert.equal(
    edit(`${other}spec:\n  a: 1\n`, (editor) => {
      editor.setEntry(["spec"], "b", 2);
    }).text,
    `${other}spec:\n  a: 1\n  b: 2 # slogen\n`,
  );
});

test("a typed object becomes a plain one, exact numbers too", () => {
  assert.deepEqual(plain({ a: exactNumber("14.4"), b: undefined, c: [{ d: "e" }] }), { a: 14.4, c: [{ d: "e" }] });
});

test("a path may be written with dots, and a file that cannot be read leaves the list open", () => {
  const sources = [
    { path: "deploy/a.yaml", text: "kind: A\n" },
    { path: "b.yaml", text: "[" },
  ];
  const read = (...paths: readonly string[]): readonly unknown[] => {
    const { objects, complete } = readNamedFiles(
      paths.map((path) => ({ path })),
      sources,
      () => undefined,
    );
    return [objects.map(({ kind }) => kind), complete];
  };
  assert.deepEqual(read("./x/../deploy//a.yaml"), [["A"], true]);
  assert.deepEqual(read("deploy/a.yaml", "b.yaml"), [["A"], false]);
});
