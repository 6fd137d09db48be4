/** The words of the cards that are no entity's: those are Home Assistant's to translate. */

import { de } from "./de";
import { en, type Words } from "./en";
import { es } from "./es";
import { fr } from "./fr";

export type Word = keyof Words;
export const LANGUAGES: Record<string, Words> = { en, de, es, fr };

/** A text in a language (`de`, `de-CH`), in English where there is no such; with what stands for its placeholders. */
export const say = (language: string, word: Word, placeholders: Record<string, string | number> = {}): string => {
  const words = LANGUAGES[language] ?? LANGUAGES[language.split("-")[0] ?? ""] ?? en;
  return words[word].replace(/\{(\w+)\}/g, (unfilled, name: string) => String(placeholders[name] ?? unfilled));
};
