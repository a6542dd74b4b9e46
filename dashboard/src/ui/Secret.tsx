import { Button, Group } from "@mantine/core";
import { useRef, useState } from "react";
import classes from "./Secret.module.css";

/** Something that is shown once, with a button that copies it. */
export function Secret({ text }: { text: string }) {
  const shown = useRef<HTMLPreElement>(null);
  const [said, setSaid] = useState("");
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setSaid("Copied.");
    } catch {
      // Browsers have no clipboard for pages that come over plain HTTP from another machine.
      if (shown.current !== null) {
        getSelection()?.selectAllChildren(shown.current);
      }

      setSaid("Selected. Copy it with the keyboard or the menu.");
    }
  };

  return (
    <>
      <pre ref={shown} className={classes.secret}>
        {text}
      </pre>
      <Group gap="xs">
        <Button size="compact-sm" variant="default" onClick={() => void copy()}>
          Copy
        </Button>
        <span className="sf-dimmed" role="status">
          {said}
        </span>
      </Group>
    </>
  );
}
