import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, expect, it } from "vitest";
import { SkipLink } from "./SkipLink";

afterEach(cleanup);

it("moves the focus and leaves the address alone", () => {
  render(
    <>
      <SkipLink to="page" />
      <main id="page" tabIndex={-1} />
    </>,
  );

  const followed = fireEvent.click(screen.getByRole("link", { name: "Skip to the page" }));

  expect(followed).toBe(false);
  expect(document.activeElement).toBe(screen.getByRole("main"));
});
