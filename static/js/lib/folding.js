/**
 * Text as it is compared when people look for it: case, accents and punctuation do not matter. By the rules of
 * tracker/lib/folding.py; tests/lib/folding_cases.json holds both to them. Pure.
 */

/** @type {Record<string, string>} Letters that Unicode does not take apart, or that have two small forms. */
const LETTERS = {
  ø: "o",
  đ: "d",
  ł: "l",
  æ: "ae",
  œ: "oe",
  ı: "i",
  þ: "th",
  ð: "d",
  ħ: "h",
  ŧ: "t",
  ß: "ss",
  ς: "σ",
};
const LETTER = new RegExp(`[${Object.keys(LETTERS).join("")}]`, "gu");
const APOSTROPHES = /['’‘ʻʼʹ`´]/gu;
// Accents of Latin, Greek and Cyrillic, points of Hebrew and Arabic, and what chooses a picture.
const MARKS = new RegExp(
  "[\\u0300-\\u036f\\u0591-\\u05bd\\u05bf\\u05c1\\u05c2\\u05c4\\u05c5\\u05c7\\u0610-\\u061a\\u064b-\\u065f\\u0670" +
    "\\u06d6-\\u06dc\\u06df-\\u06e4\\u06e7\\u06e8\\u06ea-\\u06ed\\u1ab0-\\u1aff\\u1dc0-\\u1dff\\u20d0-\\u20ff" +
    "\\ufe00-\\ufe0f\\ufe20-\\ufe2f]",
  "gu",
);
const UNSEEN = /\p{Cf}/gu; // soft hyphens, joiners, what turns the direction
const BETWEEN_WORDS = /[\p{P}\p{Z}\p{Cc}\p{Cs}\p{Sm}\p{Sc}\p{Sk}]+/gu;

/**
 * `São João-d’El` as `sao joao del`: words in small letters without accents, one space between them.
 * @param {string} text
 */
export function folded(text) {
  return text
    .replace(APOSTROPHES, "")
    .normalize("NFKD")
    .replace(MARKS, "")
    .replace(APOSTROPHES, "")
    .toLowerCase()
    .replace(LETTER, (letter) => LETTERS[letter])
    .replace(UNSEEN, "")
    .replace(BETWEEN_WORDS, " ")
    .trim();
}

/**
 * The words that somebody looks for, each once.
 * @param {string} text
 */
export function wordsOf(text) {
  return [...new Set(folded(text).split(" ").filter(Boolean))];
}
