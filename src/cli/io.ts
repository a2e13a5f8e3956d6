import type * as fs from "node:fs";

/** Everything a command may touch. A test gives its own. */
export interface Io {
  /** Absolute. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly fs: FileSystem;
  readonly stdout: Stream;
  readonly stderr: Stream;
  /** Opens a conversation with the person at the terminal; absent where there is none. */
  readonly converse?: (() => Conversation) | undefined;
  readonly readStdin: () => Promise<Uint8Array>;
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  /** Milliseconds from any fixed moment. */
  readonly now: () => number;
  /** Calls back whenever something happens in one of the folders, absolute, to a path that counts; comes back once it is watching. */
  readonly watch: (folders: readonly string[], counts: (path: string) => boolean, onEvent: () => void) => Promise<Watcher>;
  /** Comes back at the first Ctrl-C from now on, which then does not end the process. */
  readonly interrupted: () => Promise<void>;
  /** Milliseconds. */
  readonly sleep: (time: number) => Promise<void>;
  /** Holds slogen's own `templates/` and `schemas/`. */
  readonly packageRoot: string;
}

export interface Watcher {
  readonly close: () => Promise<void>;
}

export interface Conversation {
  /** The answer, without its line end; undefined once the person has left. */
  readonly ask: (question: string) => Promise<string | undefined>;
  readonly say: (text: string) => void;
  readonly end: () => void;
}

export interface Stream {
  readonly write: (text: string) => void;
  readonly isTerminal: boolean;
}

export type FileSystem = Pick<
  typeof fs,
  | "existsSync"
  | "mkdirSync"
  | "readdirSync"
  | "readFileSync"
  | "realpathSync"
  | "renameSync"
  | "rmdirSync"
  | "rmSync"
  | "statSync"
  | "writeFileSync"
>;

/** The system's word for why a call failed, such as `EACCES`; any other failure is a bug and thrown on. */
export function errorCode(error: unknown): string {
  if (error instanceof Error && "code" in error && typeof error.code === "string" && "syscall" in error) return error.code;
  throw error;
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "the system does not permit it",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
  ENOENT: "it does not exist",
  ENOTDIR: "part of its path is a file, not a folder",
  EISDIR: "it is a folder",
  EMFILE: "too many files are open",
  ELOOP: "its links lead in a circle",
  ENAMETOOLONG: "its name is too long",
};

export function reasonOf(error: unknown): string {
  const code = errorCode(error);
  return REASONS[code] ?? code;
}
