import type { PatchOperation } from "../config/config.ts";
import { nearest } from "../units/identifier.ts";
import { exactText, type Json } from "../yaml/json.ts";
import { isJsonObject } from "./json-object.ts";

export type Patched =
  | { readonly ok: true; readonly value: Json }
  /** `problem` says why in words; nothing of the patch holds. */
  | { readonly ok: false; readonly operation: PatchOperation; readonly problem: string };

type Step = { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly problem: string };

/** RFC 6902: the operations in their order, all of them or none. https://www.rfc-editor.org/rfc/rfc6902#section-4 */
export function jsonPatch(document: Json, operations: readonly PatchOperation[]): Patched {
  let value = document;
  for (const operation of operations) {
    const step = apply(value, operation);
    if (!step.ok) return { ok: false, operation, problem: step.problem };
    value = step.value;
  }
  return { ok: true, value };
}

function apply(document: Json, operation: PatchOperation): Step {
  const { path } = operation;
  switch (operation.op) {
    case "add":
      return add(document, path, operation.value);
    case "replace": {
      const { value } = operation;
      return edit(document, path, (parent, key) => replaceChild(parent, key, value));
    }
    case "remove":
      return path === "" ? failed("the whole object cannot be removed") : edit(document, path, removeChild);
    case "test": {
      const found = find(document, path);
      if (!found.ok || equalJson(found.value, operation.value)) return found.ok ? { ok: true, value: document } : found;
      return failed(`the value at \`${path}\` is another one`);
    }
    case "copy": {
      const found = find(document, operation.from);
      return found.ok ? add(document, path, found.value) : found;
    }
    case "move": {
      const { from } = operation;
      if (path.startsWith(`${from}/`)) return failed(`\`${from}\` cannot be moved into itself`);
      const found = find(document, from);
      if (!found.ok || path === from) return found.ok ? { ok: true, value: document } : found;
      if (from === "") return failed("the whole object cannot be moved");
      const without = edit(document, from, removeChild);
      return without.ok ? add(without.value, path, found.value) : without;
    }
  }
}

function add(document: Json, path: string, value: Json): Step {
  return edit(document, path, (parent, key) => {
    if (!isList(parent)) return done(withKey(parent, key, value));
    const index = key === "-" ? parent.length : listIndex(key);
    if (index === undefined || index > parent.length) return failed(noItem(parent, key));
    return done([...parent.slice(0, index), value, ...parent.slice(index)]);
  });
}

function replaceChild(parent: Container, key: string, value: Json): Step {
  if (childOf(parent, key) === undefined) return failed(nothingThere(parent, key));
  return done(isList(parent) ? parent.with(Number(key), value) : withKey(parent, key, value));
}

function removeChild(parent: Container, key: string): Step {
  if (childOf(parent, key) === undefined) return failed(nothingThere(parent, key));
  if (isList(parent)) return done(parent.filter((_, index) => index !== Number(key)));
  return done(Object.fromEntries(Object.entries(parent).filter(([name]) => name !== key)));
}

type Container = readonly Json[] | Readonly<Record<string, Json>>;

/** Rebuilds the document around the container that the pointer's last step names. */
function edit(document: Json, pointer: string, change: (parent: Container, key: string) => Step): Step {
  // RFC 6901: the empty pointer is the whole document, here the one child of a map around it.
  const around = editAt({ "": document }, ["", ...steps(pointer)], change);
  return around.ok && isJsonObject(around.value) ? done(around.value[""] ?? null) : around;
}

function editAt(node: Container, [key = "", ...rest]: readonly string[], change: (parent: Container, key: string) => Step): Step {
  if (rest.length === 0) return change(node, key);
  const child = childOf(node, key);
  if (!isContainer(child)) return failed(child === undefined ? nothingThere(node, key) : `\`${key}\` is neither a map nor a list`);
  const edited = editAt(child, rest, change);
  return edited.ok ? replaceChild(node, key, edited.value) : edited;
}

function find(document: Json, pointer: string): Step {
  let node = document;
  for (const key of steps(pointer)) {
    if (!isContainer(node)) return failed(`there is nothing at \`${pointer}\``);
    const child = childOf(node, key);
    if (child === undefined) return failed(nothingThere(node, key));
    node = child;
  }
  return done(node);
}

function steps(pointer: string): readonly string[] {
  return pointer
    .split("/")
    .slice(1)
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function childOf(parent: Container, key: string): Json | undefined {
  if (!isList(parent)) return Object.hasOwn(parent, key) ? parent[key] : undefined;
  const index = listIndex(key);
  return index === undefined ? undefined : parent[index];
}

function withKey(map: Readonly<Record<string, Json>>, key: string, value: Json): Json {
  return Object.fromEntries(new Map([...Object.entries(map), [key, value]]));
}

function listIndex(key: string): number | undefined {
  return /^(0|[1-9]\d{0,8})$/.test(key) ? Number(key) : undefined;
}

/** Equal as JSON: the order of keys does not count, and `3` is `3.0`. */
function equalJson(a: Json, b: Json): boolean {
  if (isList(a) && isList(b)) return a.length === b.length && a.every((item, index) => equalJson(item, b[index] ?? null));
  if (isJsonObject(a) && isJsonObject(b)) {
    const keys = Object.keys(a);
    return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && equalJson(a[key] ?? null, b[key] ?? null));
  }
  const [left, right] = [numberOf(a), numberOf(b)];
  return left === undefined || right === undefined ? a === b : left === right;
}

function numberOf(value: Json): number | undefined {
  const exact = exactText(value);
  return exact !== undefined ? Number(exact) : typeof value === "number" ? value : undefined;
}

function isContainer(value: Json | undefined): value is Container {
  return isList(value) || isJsonObject(value);
}

/** `Array.isArray` does not narrow to readonly arrays. */
function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

function nothingThere(parent: Container, key: string): string {
  if (isList(parent)) return noItem(parent, key);
  const suggestion = nearest(key, Object.keys(parent));
  return `there is no \`${key}\`${suggestion === undefined ? "" : `; did you mean \`${suggestion}\`?`}`;
}

function noItem(list: readonly Json[], key: string): string {
  return `\`${key}\` is no index of a list of ${list.length}`;
}

function done(value: Json): Step {
  return { ok: true, value };
}

function failed(problem: string): Step {
  return { ok: false, problem };
}
