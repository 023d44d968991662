/**
 * Buttons that copy a field: `<button data-copy="id" data-done="…" data-failed="…" hidden>`, and `[data-copy-said]`
 * beside it says what came of it. Without the script the field can still be selected by hand.
 */
export function installCopy(page: Document, clipboard: Pick<Clipboard, "writeText"> | undefined): void {
  for (const button of page.querySelectorAll<HTMLButtonElement>("button[data-copy]")) {
    const field = page.querySelector<HTMLInputElement>(`#${button.dataset.copy}`);
    const said = button.closest(".field")?.querySelector("[data-copy-said]");
    if (!field || !said) continue;
    button.hidden = false;
    button.addEventListener("click", async () => {
      field.select();
      said.textContent = "";
      said.textContent = (await copied(field.value, clipboard)) ? (button.dataset.done ?? "") : (button.dataset.failed ?? "");
    });
  }
}

/** Whether it is on the clipboard; an intranet address without HTTPS has none. */
async function copied(text: string, clipboard: Pick<Clipboard, "writeText"> | undefined): Promise<boolean> {
  try {
    if (clipboard === undefined) return false;
    await clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
