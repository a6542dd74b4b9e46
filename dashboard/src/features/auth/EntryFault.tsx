import { Alert } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { Problem } from "../../api/problem";

/** Why the door stayed shut. Says nothing when the fields say it already. */
export function EntryFault({ error, wait }: { error: Error | null; wait: number }) {
  if (error === null || (error instanceof Problem && Object.keys(error.fields).length > 0)) {
    return null;
  }

  const message = error instanceof Problem ? error.message : "That failed. Try again.";
  return (
    <Alert role="alert" color="sell" icon={<IconAlertTriangle size={18} aria-hidden />} p="xs">
      {message}
      {wait > 0 ? ` Next try in ${wait} s.` : null}
    </Alert>
  );
}
