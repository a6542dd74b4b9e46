import { Button, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useLocation } from "@tanstack/react-router";
import { answered, gateway } from "../../api/client";
import { minimumPassword, passwordFault } from "../../lib/credentials";
import { AppLink } from "../../ui/AppLink";
import { AuthFrame } from "./AuthFrame";
import { EntryFault } from "./EntryFault";
import { useEntry } from "./useEntry";

/** Where the link leads that an admin gave. Its code stands behind the #, which browsers send to nobody. */
export function SetPasswordPage() {
  const given = useLocation({ select: ({ hash }) => hash });
  const form = useForm({
    mode: "uncontrolled",
    initialValues: { code: given, newPassword: "" },
    validate: { code: (code) => (code.trim() === "" ? "Write the code you were given." : null), newPassword: passwordFault },
  });
  const entry = useEntry(
    (body: { code: string; newPassword: string }) => answered(gateway.POST("/api/auth/set-password", { body })),
    undefined,
    form.setErrors,
  );

  return (
    <AuthFrame
      title="Set your password"
      lead="It signs you out everywhere else and revokes your API keys."
      foot={
        <>
          You know your password?{" "}
          <AppLink to="/signin" underline="always">
            Sign in
          </AppLink>
        </>
      }
    >
      <form noValidate onSubmit={form.onSubmit((fields) => entry.enter({ ...fields, code: fields.code.trim() }))}>
        <Stack gap="sm">
          {given === "" ? (
            <TextInput label="Code" autoComplete="one-time-code" key={form.key("code")} {...form.getInputProps("code")} />
          ) : null}
          <PasswordInput
            label="New password"
            description={`At least ${minimumPassword} characters.`}
            autoComplete="new-password"
            visibilityToggleButtonProps={{ "aria-label": "Show or hide the password", tabIndex: 0 }}
            key={form.key("newPassword")}
            {...form.getInputProps("newPassword")}
          />
          <EntryFault error={entry.error} wait={entry.wait} />
          <Button type="submit" fullWidth loading={entry.busy} disabled={entry.wait > 0}>
            Set the password
          </Button>
        </Stack>
      </form>
    </AuthFrame>
  );
}
