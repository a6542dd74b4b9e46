import { Input, SegmentedControl, type SegmentedControlProps } from "@mantine/core";
import { useId } from "react";

/** A choice of a few, side by side, under a label like those of other fields. */
export function Choice({ label, ...control }: SegmentedControlProps & { label: string }) {
  const id = useId();
  return (
    <div>
      <Input.Label labelElement="div" id={id}>
        {label}
      </Input.Label>
      <SegmentedControl aria-labelledby={id} {...control} />
    </div>
  );
}
