import { expect, test } from "vitest";
import { pressWithSpace } from "./press";

test("the space bar presses a link called a button and no other", () => {
  document.body.innerHTML = `<a href="#1" role="button" id="button">Добавить</a><a href="#2" id="link">Журнал</a>`;
  const pressed: string[] = [];
  document.addEventListener("click", (event) => pressed.push((event.target as Element).id));
  pressWithSpace(document);
  for (const id of ["button", "link"]) {
    const event = new KeyboardEvent("keydown", { key: " ", bubbles: true, cancelable: true });
    document.getElementById(id)?.dispatchEvent(event);
    expect(event.defaultPrevented).toBe(id === "button");
  }
  expect(pressed).toEqual(["button"]);
});
