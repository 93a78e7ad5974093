/** The texts of the bench in English. */
export const benchEn = {
  title: 'Bench',
  open: 'Open the bench page',
}
