/** East Asian wide and full-width characters, and emoji that are drawn as pictures. https://www.unicode.org/reports/tr11/ */
const WIDE =
  /[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\u3247\u3250-\u4dbf\u4e00-\ua4c6\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6b\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18cff}\u{1aff0}-\u{1b2fb}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
const ZERO_WIDTH = /[\p{Mn}\p{Me}\p{Cf}\p{Cc}]/u;

/** Whole emoji, joined ones and flags included. Its making costs milliseconds, so that only texts that need it pay. */
let emoji: RegExp | undefined;

/** The columns that a text takes in a terminal; control characters take none, so expand tabs first. */
export function displayWidth(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length;
  emoji ??= new RegExp("\\p{RGI_Emoji}", "gv");
  let width = 0;
  const rest = text.replace(emoji, () => {
    width += 2;
    return "";
  });
  for (const char of rest) width += ZERO_WIDTH.test(char) ? 0 : WIDE.test(char) ? 2 : 1;
  return width;
}
