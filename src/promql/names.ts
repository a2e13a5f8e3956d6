/** Words that are read as part of the syntax, so that no series of that name can be written without quotes. */
const RESERVED = new Set(["atan2", "bool", "group_left", "group_right", "ignoring", "inf", "nan", "on"]);

const METRIC_NAME = /^[A-Za-z_:][A-Za-z0-9_:]*$/;
const LABEL_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Keywords are read in any case. */
export function isReserved(word: string): boolean {
  return RESERVED.has(word.toLowerCase());
}

/** True if the series can be written as `name{...}` rather than `{"name", ...}`. */
export function isBareMetricName(name: string): boolean {
  return METRIC_NAME.test(name) && !isReserved(name);
}

/** True if the label needs no quotes. */
export function isBareLabelName(name: string): boolean {
  return LABEL_NAME.test(name);
}
