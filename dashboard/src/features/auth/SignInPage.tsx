import { Button, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQuery } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import { AppLink } from "../../ui/AppLink";
import { answered, gateway } from "../../api/client";
import { registrationQuery } from "../../api/queries";
import { AuthFrame } from "./AuthFrame";
import { EntryFault } from "./EntryFault";
import { emailFault } from "../../lib/credentials";
import { useEntry } from "./useEntry";

export function SignInPage() {
  const { returnTo } = useSearch({ from: "/signin" });
  const { data: registration } = useQuery(registrationQuery);
  const form = useForm({
    mode: "uncontrolled",
    initialValues: { email: "", password: "" },
    validate: { email: emailFault, password: (password) => (password === "" ? "Write your password." : null) },
  });
  const entry = useEntry(
    (body: { email: string; password: string }) => answered(gateway.POST("/api/auth/login", { body })),
    returnTo,
    form.setErrors,
  );

  return (
    <AuthFrame
      title="Sign in"
      lead="To your virtual portfolio."
      foot={
        registration?.open === false ? (
          "No account yet, or your password forgotten? Ask whoever runs this platform."
        ) : (
          <>
            No account yet?{" "}
            <AppLink to="/register" underline="always" search={returnTo === undefined ? {} : { returnTo }}>
              Register
            </AppLink>
          </>
        )
      }
    >
      <form noValidate onSubmit={form.onSubmit((fields) => entry.enter({ ...fields, email: fields.email.trim() }))}>
        <Stack gap="sm">
          <TextInput
            label="Email"
            type="email"
            autoComplete="username"
            key={form.key("email")}
            {...form.getInputProps("email")}
          />
          <PasswordInput
            label="Password"
            autoComplete="current-password"
            visibilityToggleButtonProps={{ "aria-label": "Show or hide the password", tabIndex: 0 }}
            key={form.key("password")}
            {...form.getInputProps("password")}
          />
          <EntryFault error={entry.error} wait={entry.wait} />
          <Button type="submit" fullWidth loading={entry.busy} disabled={entry.wait > 0}>
            Sign in
          </Button>
        </Stack>
      </form>
    </AuthFrame>
  );
}
