import { Alert } from "@mantine/core";
import { Problem } from "../api/problem";

/** Why a form was not taken. Says nothing when the fields say it already. */
export function FormFault({ error }: { error: Error | null }) {
  return error === null || (error instanceof Problem && Object.keys(error.fields).length > 0) ? null : (
    <Alert role="alert" color="sell" p="xs">
      {error instanceof Problem ? error.message : "That failed. Try again."}
    </Alert>
  );
}
