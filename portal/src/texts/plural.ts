// texts/plural.ts - "1 alert", "2 alerts": the right form and the number in the language's own digits and groups.
export function pluralOf(locale: string) {
  const rules = new Intl.PluralRules(locale);
  const digits = new Intl.NumberFormat(locale);
  return (n: number, one: string, other: string): string => (rules.select(n) === 'one' ? one : other).replace('#', digits.format(n));
}
