import { useWords } from '../words/words.tsx'

/** Figures as people read them, in the page's language. */
export function useFigureTexts() {
  const { locale } = useWords()
  const number = (value: number, digits = 0) =>
    value.toLocaleString(locale, { minimumFractionDigits: 0, maximumFractionDigits: digits })
  return {
    number,
    /** A dash where there is no share. Never rounded up: 99.96 % is not all. */
    percent: (share: number | undefined) =>
      share === undefined ? '–' : `${number(Math.floor(share * 1_000) / 10, 1)} %`,
    /** `+12 %`, `−3 %`, `±0 %`. */
    change: (share: number) =>
      `${share.toLocaleString(locale, { style: 'percent', signDisplay: 'exceptZero', maximumFractionDigits: 0 })}`,
  }
}
