import { Button, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQuery } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import { AppLink } from "../../ui/AppLink";
import { answered, gateway } from "../../api/client";
import { registrationQuery } from "../../api/queries";
import { AuthFrame } from "./AuthFrame";
import { EntryFault } from "./EntryFault";
import { emailFault, minimumPassword, passwordFault, usernameFault } from "../../lib/credentials";
import { useEntry } from "./useEntry";

interface Fields {
  email: string;
  username: string;
  password: string;
}

export function RegisterPage() {
  const { returnTo } = useSearch({ from: "/register" });
  const { data: registration, isPending } = useQuery(registrationQuery);
  const foot = (
    <>
      Registered already?{" "}
      <AppLink to="/signin" underline="always" search={returnTo === undefined ? {} : { returnTo }}>
        Sign in
      </AppLink>
    </>
  );

  if (registration?.open === false) {
    return (
      <AuthFrame
        title="Register"
        lead="Nobody can register here by themselves. Ask whoever runs this platform: they open an account for you and give you a link to set its password."
        foot={foot}
      />
    );
  }

  return (
    <AuthFrame title="Register" lead="You get a virtual portfolio of your own, with play money to trade." foot={foot}>
      {/* No form that would be taken away again. Where nobody says, the gateway refuses what it has to. */}
      {isPending ? null : <RegisterForm returnTo={returnTo} />}
    </AuthFrame>
  );
}

function RegisterForm({ returnTo }: { returnTo: string | undefined }) {
  const form = useForm<Fields>({
    mode: "uncontrolled",
    initialValues: { email: "", username: "", password: "" },
    validate: { email: emailFault, username: usernameFault, password: passwordFault },
  });
  const entry = useEntry(
    (body: Fields) => answered(gateway.POST("/api/auth/register", { body })),
    returnTo,
    form.setErrors,
  );

  return (
    <form
      noValidate
      onSubmit={form.onSubmit(({ email, username, password }) =>
        entry.enter({ email: email.trim(), username: username.trim(), password }),
      )}
    >
      <Stack gap="sm">
        <TextInput label="Email" type="email" autoComplete="email" key={form.key("email")} {...form.getInputProps("email")} />
        <TextInput label="Name" autoComplete="nickname" key={form.key("username")} {...form.getInputProps("username")} />
        <PasswordInput
          label="Password"
          description={`At least ${minimumPassword} characters.`}
          autoComplete="new-password"
          visibilityToggleButtonProps={{ "aria-label": "Show or hide the password", tabIndex: 0 }}
          key={form.key("password")}
          {...form.getInputProps("password")}
        />
        <EntryFault error={entry.error} wait={entry.wait} />
        <Button type="submit" fullWidth loading={entry.busy} disabled={entry.wait > 0}>
          Register
        </Button>
      </Stack>
    </form>
  );
}
