// texts/words.ts - a list of words that may be asked for by any name: what it lists must stand in every catalogue.
export type Words<K extends string> = Record<K, string> & Record<string, string | undefined>;
export const words = <K extends string>(list: Record<K, string>) => list as Words<K>;
