/** A link that is called a button is pressed with the space bar too, as buttons are. */
export function pressWithSpace(page: Document): void {
  page.addEventListener("keydown", (event) => {
    const link = event.target;
    if (event.key !== " " || !(link instanceof HTMLAnchorElement) || link.getAttribute("role") !== "button") return;
    event.preventDefault();
    link.click();
  });
}
