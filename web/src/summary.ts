/** Moves the focus to the summary of mistakes, if the page has one, so that it is read first. */
export function focusSummary(page: Document): void {
  page.querySelector<HTMLElement>("[data-focus]")?.focus();
}
